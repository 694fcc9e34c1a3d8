"""The wheel and the source distribution, built once for all tests."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Built:
    """What the project's own build made from the working tree."""

    wheel: Path
    sdist: Path

    def in_wheel(self) -> dict[str, bytes]:
        """Return the wheel's files."""
        with zipfile.ZipFile(self.wheel) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def in_sdist(self) -> dict[str, bytes]:
        """Return the source distribution's files, named from its own folder on."""
        found: dict[str, bytes] = {}
        with tarfile.open(self.sdist) as archive:
            for member in archive.getmembers():
                file = archive.extractfile(member)
                if file is not None:
                    found[member.name.partition("/")[2]] = file.read()
        return found


def build(source: Path, output: Path, *what: str) -> None:
    """Run the build front end; the build back end is the one of requirements/dev.txt."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(output), *what, str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def install(wheel: Path, extras: str, home: Path) -> Path:
    """Make an environment with the wheel and its extras, and return its Python."""
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv = [sys.executable, "-m", "uv", "--quiet"]  # seconds where pip takes most of a minute
    subprocess.run([*uv, "venv", "--python", sys.executable, str(home)], check=True)
    pins = str(ROOT / "requirements" / "dev.txt")
    wanted = f"jsms-client[{extras}] @ {wheel.as_uri()}"
    command = [*uv, "pip", "install", "--python", str(python), "--constraint", pins, wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return python


def environment(**settings: str) -> dict[str, str]:
    """Return the variables of this process without those that change what an environment has."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JSMS_", "PYTHON", "COV"))}
    return clean | settings


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    output = tmp_path_factory.mktemp("dist")
    build(ROOT, output, "--wheel", "--sdist")
    (wheel,) = output.glob("*.whl")
    (sdist,) = output.glob("*.tar.gz")
    return Built(wheel, sdist)
