"""The other Pythons of this machine that the project supports, and an environment for each."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from workspace.environment import SetUpError, prepare, python_in

from .check import Outcome, Result
from .suite import imported_by_apps
from .tools import ROOT, openly

_UV = (sys.executable, "-m", "uv", "pip", "install", "--quiet")  # seconds where pip takes most of a minute
SUPPORTED = ("3.11", "3.12", "3.13")


class OtherPython:
    """One supported Python beside the one that runs the checks; its environment is made while other checks run."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._home = ROOT / f".venv-{version}"
        self._problem = ""
        self._preparing: threading.Thread | None = None

    def prepare(self) -> None:
        """Begin to make the environment, where this Python is present."""
        found = _find(self.version)
        if found is None:
            self._problem = f"there is no Python {self.version} here"
            return
        self._preparing = threading.Thread(target=self._prepare, args=(found,), daemon=True)
        self._preparing.start()

    def run(self, arguments: tuple[str, ...]) -> Outcome:
        """Run the tests of what apps import with it."""
        if self._preparing is None:
            return Outcome(Result.ABSENT, self._problem)
        self._preparing.join()
        if self._problem:
            print(self._problem, flush=True)
            return Outcome(Result.FAILED, "its environment could not be made")
        return Outcome.of(openly(imported_by_apps(str(python_in(self._home)), *arguments)))

    def _prepare(self, base: str) -> None:
        try:
            prepare(ROOT, self._home, base, say=lambda _: None, faster=_UV)
        except (SetUpError, OSError) as error:
            self._problem = str(error)


def others() -> list[OtherPython]:
    """Every supported Python but the running one, present or not."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    return [OtherPython(version) for version in SUPPORTED if version != running]


def _find(version: str) -> str | None:
    """An interpreter of that version: on the PATH, or among those of pyenv."""
    candidates = [shutil.which(f"python{version}")]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    if pyenv.is_dir():
        installed = [path for path in pyenv.iterdir() if re.fullmatch(rf"{re.escape(version)}\.\d+", path.name)]
        newest_first = sorted(installed, key=lambda path: int(path.name.rpartition(".")[2]), reverse=True)
        candidates += [str(path / "bin" / "python3") for path in newest_first]
    return next((found for found in candidates if found and _is(found, version)), None)


def _is(python: str, version: str) -> bool:
    """Whether it starts, is that version, and can make environments."""
    probe = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", probe], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() == version
