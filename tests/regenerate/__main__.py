"""Change the contract in a clone of the last commit, by the steps of docs/contract.md, and run the checks there.

``PYTHONPATH=tests .venv/bin/python -m regenerate FOLDER``: what follows FOLDER goes to scripts/test, as in
``… FOLDER overlay`` or ``… FOLDER --complete``. A clone that is there is brought up to date, and keeps its .venv.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .maintainer import ROOT, Names, edit

# The clone's own tests make the same edit by other names, on top of this one.
NAMES = Names(report="Usage", thing="Alert", code=50056)
AUTHOR = ("-c", "user.name=maintainer", "-c", "user.email=maintainer@example.com")


def main() -> int:
    """Run it.

    Returns:
        The exit code of the first step that failed, else 0.
    """
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    folder = Path(sys.argv[1]).resolve()
    if folder.exists():
        _run("git", "fetch", "--quiet", str(ROOT), "HEAD", folder=folder)
        _run("git", "reset", "--quiet", "--hard", "FETCH_HEAD", folder=folder)
    else:
        _run("git", "clone", "--quiet", str(ROOT), str(folder), folder=ROOT)
    edit(folder, NAMES)
    for script in ("scripts/regenerate", "scripts/document", "scripts/demo"):
        _run(f"./{script}", folder=folder)
    _run("git", "add", "--all", folder=folder)
    _run("git", *AUTHOR, "commit", "--quiet", "--message", "Edit the contract as a maintainer may", folder=folder)
    return subprocess.run(["./scripts/test", *sys.argv[2:]], cwd=folder, check=False).returncode


def _run(*command: str, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    raise SystemExit(main())
