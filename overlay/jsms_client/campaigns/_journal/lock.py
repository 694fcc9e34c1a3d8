"""The lock on a journal's file: for one process, until that ends, however it ends."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import tempfile
import time
import weakref
from contextlib import suppress
from io import FileIO
from pathlib import Path

from jsms_client.campaigns._errors import JournalError
from jsms_client.campaigns._journal.database import in_use

if sys.platform != "win32":  # pragma: no branch
    import fcntl


_LOOK_AGAIN = 0.02
_HELD = (errno.EACCES, errno.EAGAIN)


class JournalLock:
    """The locks of one journal; released when it is no longer used, whatever happened in between."""

    # Files of Python, not descriptors: they close themselves where an interrupt comes between two statements.
    _files: list[tuple[Path, FileIO]]

    def __init__(self) -> None:
        self._files = []
        self._release = weakref.finalize(self, _release, self._files, os.getpid())
        # At the end of the process the system does it.
        self._release.atexit = False
        _locks.add(self)

    def take(self, path: Path) -> bool:
        """Lock a file, unless another process has.

        Args:
            path: The file, which is made where there is none.

        Raises:
            OSError: It cannot be made.
        """
        file = FileIO(path, "a+", opener=_open_private)
        if not (_locked(file, exclusive=True) and _is_at(file, path)):
            file.close()
            return False
        self._files.append((path, file))
        return True

    def release(self) -> None:
        """Let others have it."""
        self._release()

    def close_inherited(self) -> None:
        """Close what a child inherited: the lock is its parent's, and ends with that."""
        for _, file in self._files:
            file.close()
        self._files.clear()


_locks: weakref.WeakSet[JournalLock] = weakref.WeakSet()


def _close_inherited() -> None:
    for lock in list(_locks):
        lock.close_inherited()


if hasattr(os, "register_at_fork"):  # pragma: no branch
    os.register_at_fork(after_in_child=_close_inherited)


def _release(files: list[tuple[Path, FileIO]], process: int) -> None:
    while files and os.getpid() == process:
        path, file = files.pop()
        # The name first: a process that has the file open already notices that it is no longer the one.
        with suppress(OSError):
            path.unlink()
        file.close()


def acquire(path: Path, patience: float) -> JournalLock:
    """Lock a journal, whether it exists already or not.

    Args:
        path: The journal.
        patience: How many seconds to wait for the process that holds it.

    Raises:
        JournalLockedError: Another process holds it.
        JournalError: The file that is to be locked cannot be made.
    """
    lock = JournalLock()
    if sys.platform == "win32":  # pragma: no cover - closing a file drops no other lock there
        return lock
    until = time.monotonic() + patience
    while True:
        try:
            taken = _take_by_path(lock, path) and lock.take(_beside(path))
        except OSError as error:
            raise JournalError(f"{path} cannot be used: {error.strerror}") from error
        if taken:
            return lock
        lock.release()
        if time.monotonic() >= until:
            raise in_use(str(path))
        time.sleep(_LOOK_AGAIN)
        lock = JournalLock()


def _take_by_path(lock: JournalLock, path: Path) -> bool:
    try:
        return lock.take(_by_path(path))
    except OSError:
        # A system without such a folder has the other lock.
        return True


def check_free(path: Path) -> None:
    """Check that no process uses a journal.

    Args:
        path: The journal.

    Raises:
        JournalLockedError: Somebody does.
    """
    if sys.platform == "win32":  # pragma: no cover - as above
        return
    try:
        file = FileIO(_beside(path))
    except OSError:
        return
    with file:
        if not _locked(file, exclusive=False):
            raise in_use(str(path))


def _beside(path: Path) -> Path:
    # Through links: the file is one, whatever it is called.
    folder, name = os.path.split(os.path.realpath(path))
    return Path(folder, f".{name}.lock")


def _by_path(path: Path) -> Path:
    name = hashlib.sha256(os.path.realpath(path).encode(errors="surrogateescape")).hexdigest()[:32]
    return Path(tempfile.gettempdir(), f".jsms-{os.getuid()}-{name}.lock")


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _locked(file: FileIO, *, exclusive: bool) -> bool:
    try:
        fcntl.flock(file.fileno(), (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError as error:
        # A file system that has no such locks leaves it to SQLite's.
        return error.errno not in _HELD
    return True


def _is_at(file: FileIO, path: Path) -> bool:
    """Whether a file still has its name: the process that had it before may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
