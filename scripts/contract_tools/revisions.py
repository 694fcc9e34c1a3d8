"""The document as git keeps it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .document import Document, DocumentError, parse


def at_revision(path: Path, revision: str) -> Document:
    """A document as it was in a git revision of the repository around it.

    Raises:
        DocumentError: There is no such repository, revision, or document in it, or it cannot be read.
    """
    name = f"{revision}:{path.name}"
    commit = _git(path, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        problem = f"{revision} is no git revision here"
        raise DocumentError(name, 1, "#", problem, "name a commit, branch or tag that `git log` shows")
    content = _git(path, "show", f"{commit.decode().strip()}:./{path.name}")
    if content is None:
        problem = f"the revision has no {path.name} in this folder"
        raise DocumentError(name, 1, "#", problem, "name a later revision")
    # The name would decide how it is read, and it may not end as the file's does.
    return parse(content.decode("utf-8-sig", "replace"), name)


def text_at_revision(path: Path, revision: str) -> str:
    """A text file as it was in a git revision; empty where the revision does not have it."""
    return (_git(path, "show", f"{revision}:./{path.name}") or b"").decode("utf-8-sig", "replace")


def _git(path: Path, *arguments: str) -> bytes | None:
    try:
        finished = subprocess.run(
            ["git", "-C", str(path.parent), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return finished.stdout if finished.returncode == 0 else None
