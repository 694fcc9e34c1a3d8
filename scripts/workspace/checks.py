"""The command ``scripts/test``: nox with the checks of noxfile.py, in an environment of its own making."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_EXAMPLES = """\
examples:
  scripts/test                            every check
  scripts/test lint mypy                  these checks
  scripts/test tests -- tests/callbacks   a part of the tests; pytest gets what follows --
  scripts/test --complete                 what CI runs: nothing may be left out
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the checks; the exit code is nox's own."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    end = given.index("--") if "--" in given else len(given)
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        description="Run every check of this project, or those that are named.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("checks", nargs="*", metavar="CHECK", help="its name, as --list shows it")
    parser.add_argument("--complete", action="store_true", help="install what is missing, and leave nothing out")
    parser.add_argument("--list", action="store_true", help="show what each check holds")
    options = parser.parse_args(given[:end])
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # As under nohup or in a shell's background: the tests' own processes would inherit it, and outlive Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "nox", "--noxfile", str(ROOT / "noxfile.py")]
    if options.list:
        command.append("--list")
    elif options.checks:
        command += ["--sessions", *options.checks]
    return subprocess.run(
        [*command, *given[end:]], cwd=ROOT, env=_environment(os.environ, complete=options.complete), check=False
    ).returncode


# Without bytecode on the disk, each of the hundreds of processes that tests start would compile all it imports.
_LEFT_OUT = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")


def _environment(variables: Mapping[str, str], *, complete: bool) -> dict[str, str]:
    """Copy the caller's variables, without credentials and paths that would change what the checks see."""
    ours = {name: value for name, value in variables.items() if not name.startswith("JSMS_") and name not in _LEFT_OUT}
    if complete:
        ours["JSMS_COMPLETE"] = "1"
    # The tools of .venv first; last, the Pythons that the checks ask for by version.
    folders = (sysconfig.get_path("scripts"), ours.get("PATH", os.defpath), *map(str, _pyenv_folders(variables)))
    ours["PATH"] = os.pathsep.join(folders)
    return {**ours, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "PYTHONUTF8": "1"}


def _pyenv_folders(variables: Mapping[str, str]) -> list[Path]:
    """Find pyenv's Pythons, the newest of each version first."""
    versions = Path(variables.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [path for path in versions.glob("3.*") if re.fullmatch(r"3\.\d+\.\d+", path.name)]
    newest_first = sorted(found, key=lambda path: [int(part) for part in path.name.split(".")], reverse=True)
    return [path / "bin" for path in newest_first]
