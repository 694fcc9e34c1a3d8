"""Run the command, and look at its output."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from contract_tools.cli import main

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "contract" / "documents" / "small.yaml"


def run(*arguments: str | Path) -> int:
    """Run the command in this process."""
    return main([str(argument) for argument in arguments])


def command(*arguments: str | Path, python: str | Path = sys.executable) -> list[str]:
    """Return the command line that runs the command as a process."""
    start = f"import sys; sys.path.insert(0, {str(ROOT / 'scripts')!r}); from contract_tools.cli import main"
    return [str(python), "-c", f"{start}; sys.exit(main())", *map(str, arguments)]


def tree(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def python_with(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a new Python that imports the generated packages of a folder; return its output."""
    start = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    return subprocess.run([sys.executable, "-I", "-B", "-c", start + code], capture_output=True, text=True, check=False)
