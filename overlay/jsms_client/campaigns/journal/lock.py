"""Whose a journal is at the moment: a lock of its own, beside the one that SQLite has on the file.

On POSIX systems SQLite's lock is gone as soon as the process closes any descriptor of the file, as it does after
copying it. This lock is on a file of its own, and stays until it is let go of or the process ends. It is there before
the journal is, so that two that begin one together are told apart whatever the file system can do.
"""

from __future__ import annotations

import errno
import os
import sys
import time
import weakref
from contextlib import suppress
from pathlib import Path

from jsms_client.campaigns.errors import JournalError, JournalLockedError

if sys.platform != "win32":  # pragma: no branch
    import fcntl

_LOOK_AGAIN = 0.02
_HELD = (errno.EACCES, errno.EAGAIN)


class JournalLock:
    """A journal that is held.

    Args:
        path: The file that is locked.
        descriptor: What it is locked by; None where the system needs no such lock.
    """

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self._release = weakref.finalize(self, _release, path, descriptor)
        # At the end of the process the system does it, and a child that was forked is not the one to.
        self._release.atexit = False

    def release(self) -> None:
        """Let others have it."""
        self._release()


def _release(path: Path, descriptor: int | None) -> None:
    if descriptor is not None:  # pragma: no branch
        # The name first: whoever has the file open already notices that it is no longer the one.
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def acquire(path: Path, patience: float) -> JournalLock:
    """Have a journal for nobody else, whether it is there already or not.

    Args:
        path: The journal.
        patience: How many seconds to wait for whoever has it.

    Raises:
        JournalLockedError: Somebody else has it.
        JournalError: The file that is to be locked cannot be made.
    """
    beside = _beside(path)
    if sys.platform == "win32":  # pragma: no cover - closing a file drops no other lock there
        return JournalLock(beside, None)
    until = time.monotonic() + patience
    while True:
        try:
            descriptor = os.open(beside, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise JournalError(f"{path} cannot be used: {error.strerror}") from error
        if _locked(descriptor, fcntl.LOCK_EX) and _is_at(descriptor, beside):
            return JournalLock(beside, descriptor)
        os.close(descriptor)
        if time.monotonic() >= until:
            raise in_use(str(path))
        time.sleep(_LOOK_AGAIN)


def check_free(path: Path) -> None:
    """Check that nobody holds a journal.

    Args:
        path: The journal.

    Raises:
        JournalLockedError: Somebody does.
    """
    if sys.platform == "win32":  # pragma: no cover - as above
        return
    try:
        descriptor = os.open(_beside(path), os.O_RDONLY)
    except OSError:
        return
    free = _locked(descriptor, fcntl.LOCK_SH)
    os.close(descriptor)
    if not free:
        raise in_use(str(path))


def in_use(name: str) -> JournalLockedError:
    """The error for a journal that somebody else has.

    Args:
        name: What a message calls the file.
    """
    return JournalLockedError(
        f"{name} is in use by another campaign, in this process or another one; wait until that has ended"
    )


def _beside(path: Path) -> Path:
    # Through links: the file is one, whatever it is called.
    folder, name = os.path.split(os.path.realpath(path))
    return Path(folder, f".{name}.lock")


def _locked(descriptor: int, kind: int) -> bool:
    if sys.platform == "win32":  # pragma: no cover - as above
        return True
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as error:
        # A file system that has no such locks leaves it to SQLite's.
        return error.errno not in _HELD
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether a file still has its name: whoever had it before may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


__all__ = ["JournalLock", "acquire", "check_free", "in_use"]
