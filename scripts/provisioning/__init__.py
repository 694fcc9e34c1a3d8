"""What the checks need and no Python package brings: Debian's packages, and npm's below the project."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class NotInstalledError(Exception):
    """The packages could not be installed; the message says why, and what to do."""


def run(
    command: Sequence[str], problem: str, *, folder: Path | None = None, env: Mapping[str, str] | None = None
) -> None:
    """Run a tool to its end, silently.

    Raises:
        NotInstalledError: It failed; the message is the problem and what it printed.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise NotInstalledError(f"{problem}:\n{done.stdout.rstrip()}")
