"""README and tutorial in an empty folder and environment, each block run as it is copied."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.markdown import Block, blocks

from .conftest import ROOT

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif("JSMS_COMPLETE" not in os.environ, reason="installs everything twice; --complete runs it"),
]
START = 'jsms-sandbox & sandbox=$!; trap "kill $sandbox; wait" EXIT; jsms-sandbox readyz --wait 60'
"""What starting the sandbox in a terminal of its own is in a script."""
WRONG_CODE = "no\n"


def follow(page: Path, folder: Path) -> str:
    """Do what a page says, in one shell, up to what is for those who work on the project.

    Returns:
        What was printed.
    """
    (folder / "jsms-client").symlink_to(ROOT)
    script = "\n".join(["set -e", *_commands(page, folder)])
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JSMS_", "PYTHON", "COV"))}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=clean | {"JSMS_SANDBOX_PORT": str(port), "PIP_QUIET": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        input=WRONG_CODE,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _commands(page: Path, folder: Path) -> Iterator[str]:
    end = page.read_text(encoding="utf-8").partition("\n## Work on it")[0].count("\n")
    for number, block in enumerate(each for each in blocks(page) if each.line <= end):
        if block.language == "bash":
            yield from (START if line == "jsms-sandbox" else line for line in block.code.splitlines())
        elif block.title not in {"Output", ""}:
            (folder / block.title).write_text(block.code, encoding="utf-8")
        elif block.language == "python":
            yield _saved(block, folder, number)


def _saved(block: Block, folder: Path, number: int) -> str:
    is_test = "def test_" in block.code
    name = f"{'test_' if is_test else ''}saved_{number}.py"
    (folder / name).write_text(block.code, encoding="utf-8")
    return shlex.join(["pytest", "-q", name] if is_test else ["python", name])


def test_the_readme_works_as_it_is_copied(tmp_path: Path) -> None:
    printed = follow(ROOT / "README.md", tmp_path)
    assert "\nno: wrong\ntop up the account: " in printed
    assert re.search(r"\n2 passed", printed)


def test_the_tutorial_works_as_it_is_copied(tmp_path: Path) -> None:
    page = ROOT / "docs" / "tutorial.md"
    printed = follow(page, tmp_path)
    assert "not valid: wrong" in printed
    assert next(block.code for block in blocks(page) if block.title == "Output") in printed
    assert printed.count("accepted: 3") == 2
    assert re.search(r"\n=+ 2 passed", printed)
