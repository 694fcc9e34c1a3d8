"""The command that takes the documentation's pictures."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.usefixtures("browser")
def test_the_pictures_are_taken_and_are_small(tmp_path: Path) -> None:
    command = [str(ROOT / "scripts" / "screenshots"), "--into", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=55, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    pictures = {file.name for file in (ROOT / "docs" / "images").glob("*.png")}
    assert {file.name for file in tmp_path.iterdir()} == pictures
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert content.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", content[16:24])
        assert file.name == "command.png" or (width, height) == (1280, 800)
        assert len(content) < 300_000
