"""Putting a new tree in the place of an old one, all of it or nothing.

The new tree is written beside the old one, under a name that begins with a dot, and the two change places in a single
call of the operating system. Whoever looks, and whenever this stops, sees one of the two: what may be left behind has
another name, and the next run clears it away.

Where the system has no such call, two renames take its place. Between them the old tree stands under its other name;
a run that finds it there, and nothing in its place, puts it back first.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2
# What a system or a file system answers that cannot exchange two folders.
_NO_EXCHANGE = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


@contextmanager
def locked(target: Path, waiting: Callable[[], None]) -> Generator[None]:
    """Holds the only right to replace a tree, until the end of the block or of the process.

    Args:
        target: The tree; it need not exist.
        waiting: Called once when somebody else holds the right.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        import msvcrt

        with _beside(target, "lock").open("a+b") as file:
            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # gives up after ten seconds
                    break
                except OSError:
                    waiting()
            yield
        return
    import fcntl

    # The folder itself carries the lock: nothing to leave behind, and it ends with the process however that ends.
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def was_interrupted(target: Path) -> bool:
    """Whether a run stopped between two renames, so that the old tree has to be put back."""
    return not target.exists() and _beside(target, "old").is_dir()


def recover(target: Path) -> bool:
    """Clears away what interrupted runs have left; True where one left anything. Call it with the lock held."""
    left = was_interrupted(target)
    if left:
        _beside(target, "old").rename(target)
    for path in target.parent.iterdir():
        if path == _beside(target, "old") or path.name.startswith(f".{target.name}.new-"):
            _remove(path)
            left = True
    return left


def replace(target: Path, files: Mapping[str, bytes]) -> None:
    """Puts a tree of these files in the place of the target. Call it with the lock held.

    Raises:
        OSError: It could not be done, and the old tree stands.
    """
    new = _beside(target, f"new-{uuid.uuid4().hex}")
    try:
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if not target.exists():
            new.rename(target)
        elif not _exchange(new, target):
            _rename_twice(new, target)
    finally:
        # Either what was written in vain, or the tree that has just lost its place.
        _remove(new)


def set_aside(target: Path, names: Iterable[str]) -> Path:
    """Copies files that are about to lose their place into a folder beside the tree, and returns that folder."""
    kept = target.with_name(f"{target.name}.strays")
    for name in names:
        source, copy = target / name, kept / name
        number = 1
        while (copy.exists() or copy.is_symlink()) and not _same(source, copy):
            number += 1
            copy = (kept / name).with_name(f"{source.name}.{number}")
        if not copy.is_symlink():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy, follow_symlinks=False)
    return kept


def _same(one: Path, other: Path) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    return one.read_bytes() == other.read_bytes()


def _rename_twice(new: Path, target: Path) -> None:
    old = _beside(target, "old")
    target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    _remove(old)


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}.{what}")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _exchange(one: Path, other: Path) -> bool:
    """Lets two folders change names in one step; False where the system cannot."""
    names = (os.fsencode(one), os.fsencode(other))
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            failed = library.renamex_np(*names, ctypes.c_uint(_RENAME_SWAP))
        else:
            failed = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_RENAME_EXCHANGE))
    except (AttributeError, OSError, TypeError):
        return False  # an older C library, or Windows
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(other))
