"""Whether two names are of one file."""

from __future__ import annotations

from pathlib import Path


def is_one_of(file: Path, *others: Path) -> bool:
    """Whether a name means one of some files, by whichever way, or would once that is there.

    Args:
        file: The name.
        others: The files.
    """
    for other in others:
        if file.resolve() == other.resolve() or (file.exists() and other.exists() and file.samefile(other)):
            return True
    return False


__all__ = ["is_one_of"]
