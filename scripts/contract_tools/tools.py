"""The generators and the formatter, run the same way everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

TOOLS = ("openapi-python-client", "datamodel-code-generator", "ruff")

# What a program needs from its surroundings. Everything else stays outside: RUFF_*, PYTHON*, locale and home all
# change what the tools write.
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
_LAST_LINES = 40


class ToolError(Exception):
    """A generator failed; the message holds what it said."""


def versions() -> dict[str, str]:
    """The versions of the tools whose output is kept."""
    return {tool: version(tool) for tool in TOOLS}


def run(module: str, arguments: Sequence[str], folder: Path) -> None:
    """Runs an installed Python tool in a folder, silently.

    Raises:
        ToolError: It failed; the message is the end of its output.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    finished = subprocess.run(
        [sys.executable, "-s", "-P", "-X", "utf8", "-m", module, *arguments],
        cwd=folder,
        env=kept | {"HOME": str(folder), "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "PYTHONHASHSEED": "0", "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if finished.returncode:
        said = "\n".join(f"    {line}" for line in finished.stdout.strip().splitlines()[-_LAST_LINES:])
        raise ToolError(f"{module} failed (exit {finished.returncode}):\n{said}")
