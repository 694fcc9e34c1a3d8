"""A connection to a journal's file: locked for one process, with errors that say what they mean for the journal."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import sys
import tempfile
import time
import weakref
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import Any, cast

from jsms_client.campaigns._errors import JournalDamagedError, JournalError, JournalLockedError

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


def in_use(name: str) -> JournalLockedError:
    """Return the error for a journal that another call has.

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


_UNUSABLE = frozenset(
    (
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOLFS,
    )
)
"""What says nothing of the file's content: the disk or the system fails."""


def called(path: Path | None) -> str:
    """Return what a message calls the file.

    Args:
        path: The file; None for a temporary journal.
    """
    return "the temporary journal" if path is None else str(path)


def damaged(path: Path | None, what: str) -> JournalDamagedError:
    """Return the error for a file that cannot be believed.

    Args:
        path: The file; None for a temporary journal.
        what: What is wrong with it, without a number or a parameter of a recipient.
    """
    return JournalDamagedError(
        f"{called(path)} is damaged, or no journal of a campaign ({what}). Nothing is sent with it. Restore it from a "
        f"copy, and then run `jsms campaign restored {called(path)}` (in code `mark_restored`) before anything else: "
        "those who were sent to after the copy was made would be sent to again otherwise"
    )


@contextmanager
def translating(path: Path | None) -> Generator[None]:
    """Raise what SQLite's errors mean for a journal.

    Args:
        path: The file; None for a temporary journal.

    Raises:
        JournalLockedError: Another process uses it.
        JournalDamagedError: It is not what was written into it.
        JournalError: Anything else, such as a full disk.
    """
    try:
        yield
    except sqlite3.ProgrammingError as error:
        raise JournalError(f"{called(path)} was closed") from error
    except UnicodeDecodeError:
        # SQLite's message quotes the file.
        raise damaged(path, "its tables are none") from None
    except sqlite3.Error as error:
        # Errors of Python's own have no code; they quote what the file has, such as a number.
        code: int | None = getattr(error, "sqlite_errorcode", None)
        if code is None:
            raise damaged(path, "it has a text that is none") from None
        if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise in_use(called(path)) from error
        if code & 0xFF in _UNUSABLE and code != sqlite3.SQLITE_IOERR_SHORT_READ:
            raise JournalError(f"{called(path)} cannot be used: {error}") from error
        raise damaged(path, f"{error.sqlite_errorname}") from error


class Cursor(sqlite3.Cursor):
    """A cursor of a `Connection`."""

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        """Carry out one statement.

        Raises:
            JournalError: See `translating`.
        """
        with self._translating():
            return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """Carry out one statement for each row.

        Raises:
            JournalError: See `translating`.
        """
        with self._translating():
            return super().executemany(sql, parameters)

    def fetchone(self) -> Any:
        """Return the next row; None where there is none.

        Raises:
            JournalError: See `translating`.
        """
        with self._translating():
            return super().fetchone()

    def fetchall(self) -> list[Any]:
        """All rows.

        Raises:
            JournalError: See `translating`.
        """
        with self._translating():
            return super().fetchall()

    @contextmanager
    def _translating(self) -> Generator[None]:
        try:
            with translating(cast("Connection", self.connection).path):
                yield
        except BaseException:
            # A traceback keeps the cursor, and a cursor the lock on the file, beyond the end of the connection.
            self.close()
            raise


class Connection(sqlite3.Connection):
    """A connection whose errors are those of a journal.

    Attributes:
        path: The file; None for a temporary journal.
    """

    path: Path | None = None

    def cursor(self, factory: Any = Cursor, /) -> Any:
        """Return a cursor whose errors are those of a journal."""
        with translating(self.path):
            return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        """Carry out one statement.

        Raises:
            JournalError: See `translating`.
        """
        cursor: Cursor = self.cursor()
        return cursor.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """Carry out one statement for each row.

        Raises:
            JournalError: See `translating`.
        """
        cursor: Cursor = self.cursor()
        return cursor.executemany(sql, parameters)


def connect(database: str | Path, path: Path | None, *, timeout: float, uri: bool = False) -> Connection:
    """Open a file.

    Args:
        database: What SQLite opens.
        path: What messages call it; None for a temporary journal.
        timeout: Seconds to wait for another process that reads it.
        uri: Whether ``database`` is a URI.

    Raises:
        JournalError: See `translating`.
    """
    with translating(path):
        connection = sqlite3.connect(
            database, isolation_level=None, check_same_thread=False, timeout=timeout, uri=uri, factory=Connection
        )
    connection.path = path
    return connection
