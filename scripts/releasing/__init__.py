"""Making a release: running tools, and failing with what they said."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class GateError(Exception):
    """A gate is not passed; the text says why, and what to do."""


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    timeout: float = 900,
) -> str:
    """Run a command to its end; return what it printed to standard output.

    Raises:
        GateError: It failed, or is not installed.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env=clean_environment() | dict(environment or {}),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise GateError(f"{words[0]} is not installed: start this with scripts/release.") from error
    except subprocess.TimeoutExpired as error:
        raise GateError(f"{' '.join(words)} did not end within {timeout:.0f} seconds.") from error
    if done.returncode:
        raise GateError(f"{' '.join(words)} failed:\n{(done.stdout + done.stderr).strip()}")
    return done.stdout


def clean_environment() -> dict[str, str]:
    """Copy the environment without what changes how Python and the project behave."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("JSMS_", "PYTHON", "PEX_"))}
