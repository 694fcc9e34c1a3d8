"""The workspace: .venv with everything that changing, checking and testing this project takes.

What every script here calls first: be in .venv, with all it needs, whatever Python started the script.

Standard library only, and in words that old Pythons can read, so that they can say what is missing.
"""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST = (3, 11)
TESTED = (13, 12, 11)
NEWER = (14, 15)


def run(module: str, function: str = "main") -> None:
    """Run a function of a module in an up-to-date .venv, and end with the exit code that it returns."""
    ensure_venv()
    sys.exit(getattr(importlib.import_module(module), function)())


def ensure_venv() -> None:
    """Continue in an up-to-date .venv: made, brought up to date and entered as needed.

    Where something cannot be done, the process ends with a sentence that says what to do about it.
    """
    if sys.version_info < OLDEST:
        go_on_with(_newest_suitable())
    from workspace.environment import enter

    enter(ROOT)


def _newest_suitable() -> str:
    for minor in TESTED + NEWER:
        found = shutil.which("python3.{}".format(minor))  # noqa: UP032 - for Pythons before 3.6 too
        if found and _works(found):
            return found
    sys.exit(
        "This needs Python 3.11 or newer, and {} is {}.{}. No newer one is on the PATH either: "
        "install one (python.org, pyenv, your system's packages), then run this again.".format(
            sys.executable or "this", *sys.version_info[:2]
        )
    )


def _works(python: str) -> bool:
    """Return whether it starts (the stand-ins of version managers do not always) and can make environments."""
    command = [python, "-c", "import ensurepip, venv"]
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def go_on_with(python: str) -> None:
    """Go on in this process with another Python, and the same arguments."""
    command = [python, *sys.argv]
    if os.name == "nt":  # there, a replaced process hands the terminal back before the new one ends
        sys.exit(subprocess.call(command))
    os.execv(python, command)
