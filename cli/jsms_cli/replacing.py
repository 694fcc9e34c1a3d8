"""A file that is written whole or not at all, for nobody's eyes but its owner's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


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


@contextmanager
def replacing(file: Path, encoding: str) -> Generator[TextIO]:
    """What becomes the file once all is written; until then, and where that fails, what was there stays.

    Args:
        file: Its name.
        encoding: Its encoding.

    Raises:
        OSError: It cannot be written.
    """
    if file.exists() and not file.is_file():
        # A terminal or a pipe, which has a reader already.
        with file.open("w", encoding=encoding, newline="") as output:
            yield output
        return
    # Where a link leads to, so that the link stays one.
    target = file.resolve()
    # Made for its owner alone.
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, newline="") as output:
            yield output
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


__all__ = ["is_one_of", "replacing"]
