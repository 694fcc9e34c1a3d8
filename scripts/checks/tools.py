"""Running a tool as a check: silent when all is well, its own words when not."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_SCRIPTS = Path(sysconfig.get_path("scripts"))


def installed(tool: str, *arguments: str) -> list[str]:
    """The command for a tool that requirements/dev.txt has brought."""
    return [str(_SCRIPTS / tool), *arguments]


def quietly(command: Sequence[str]) -> int:
    """Run a command from the project's root, and show what it said only when it fails.

    Returns:
        Its exit code.
    """
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        print(done.stdout.rstrip(), flush=True)
    return done.returncode


def openly(command: Sequence[str]) -> int:
    """Run a command from the project's root, and show what it says as it says it.

    Returns:
        Its exit code.
    """
    return subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode


def _environment() -> dict[str, str]:
    """The caller's, but for what would let the checks see other credentials, packages or messages than they mean."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("JSMS_") and name != "PYTHONPATH"}
    return {**ours, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "PYTHONUTF8": "1"}


def python() -> str:
    """The interpreter that runs the checks."""
    return sys.executable
