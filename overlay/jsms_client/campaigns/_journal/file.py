"""The file of a journal: locked for one process, made whole or not at all, and connected to."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import sys
import tempfile
import time
import weakref
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import TypeAlias

from jsms_client.campaigns._errors import (
    SQLITE_ERRORS,
    JournalError,
    damaged,
    in_use,
    journal_errors,
    raise_journal_error,
)
from jsms_client.campaigns._journal.schema import APPLICATION, TABLES, VERSION

if sys.platform != "win32":  # pragma: no branch
    import fcntl

LOCK_PATIENCE = 1.0
"""Seconds to wait for another process that only reads."""
_LOOK_AGAIN = 0.02
_HELD = (errno.EACCES, errno.EAGAIN)
_CACHE = "PRAGMA cache_size = -16000"  # KiB: flat, however long the list is

Statement: TypeAlias = tuple[str, Sequence[object]]
"""A statement and its values."""


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
        """Lock a file, which is made where there is none; False where another process has locked it."""
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
    """Lock a journal, whether it exists already or not; wait so many seconds for the process that holds it."""
    lock = JournalLock()
    if sys.platform == "win32":  # pragma: no cover - closing a file drops no other lock there
        return lock
    until = time.monotonic() + patience
    while True:
        try:
            taken = _take_by_path(lock, path) and lock.take(_beside(path))
        except OSError as error:
            lock.release()
            raise JournalError(f"{path} cannot be used: {error.strerror}") from error
        if taken:
            return lock
        lock.release()
        if time.monotonic() >= until:
            raise in_use(path)
        time.sleep(_LOOK_AGAIN)
        lock = JournalLock()


def _take_by_path(lock: JournalLock, path: Path) -> bool:
    try:
        return lock.take(_by_path(path))
    except OSError:
        # A system without such a folder has the other lock.
        return True


def _check_free(path: Path) -> None:
    """Refuse a journal that another process uses."""
    if sys.platform == "win32":  # pragma: no cover - as above
        return
    try:
        file = FileIO(_beside(path))
    except OSError:
        return
    with file:
        if not _locked(file, exclusive=False):
            raise in_use(path)


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


class Connection(sqlite3.Connection):
    """A connection to a journal's file; ``path`` is None for a temporary journal."""

    path: Path | None = None


def connect(path: Path | None, target: str | Path, *, uri: bool = False) -> Connection:
    """Open what SQLite has at a target, for the journal at a path."""
    try:
        connection = sqlite3.connect(
            target, isolation_level=None, check_same_thread=False, timeout=LOCK_PATIENCE, uri=uri, factory=Connection
        )
    except sqlite3.Error as error:
        raise_journal_error(path, error)
    connection.path = path
    return connection


def open_temporary(head: Statement) -> Connection:
    """Open a private journal that is gone when it is closed: SQLite keeps large ones in a nameless file."""
    connection = connect(None, "")
    with journal_errors(None):
        for statement in (_CACHE, "PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF"):
            connection.execute(statement)
    _fill(connection, head)
    return connection


def open_exclusively(path: Path) -> Connection:
    """Open a journal exclusively, until it is closed or the process ends, however it ends.

    A rollback journal, not a write-ahead log: what is committed is in this one file, so that a copy of it is a copy of
    what is known. Every commit is on the disk before it returns: while the file is locked, SQLite ends a commit by
    overwriting its log, and waits for the disk to have that too.
    """
    return _open(
        path,
        "PRAGMA locking_mode = EXCLUSIVE",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA synchronous = FULL",
        _CACHE,
        "BEGIN EXCLUSIVE",
        "COMMIT",
    )


def open_to_read(path: Path) -> Connection:
    """Open a journal to read it; writers are locked out no longer than a page takes."""
    _check_free(path)
    return _open(path, "PRAGMA query_only = ON")


def _open(path: Path, *statements: str) -> Connection:
    try:
        empty = path.stat().st_size == 0
    except FileNotFoundError as error:
        raise JournalError(f"there is no journal at {path}") from error
    except OSError as error:
        raise JournalError(f"{path} cannot be used: {error.strerror}") from error
    if empty:
        # None is ever made empty: the disk has lost what was in it, and with it who was sent to.
        raise damaged(path, "it is empty")
    connection = connect(path, path)
    try:
        for statement in statements:
            connection.execute(statement)
        check_format(connection)
    except SQLITE_ERRORS as error:
        connection.close()
        raise_journal_error(path, error)
    except BaseException:
        connection.close()
        raise
    return connection


def check_format(connection: Connection) -> None:
    """Refuse a file that is not ours, or of another version."""
    if connection.execute("PRAGMA application_id").fetchall() != [(APPLICATION,)]:
        raise damaged(connection.path, "it was not written by this library")
    [(version,)] = connection.execute("PRAGMA user_version").fetchall()
    if version != VERSION:
        raise JournalError(
            f"{connection.path} is a journal of format {version}; this version of jsms-client reads {VERSION}: finish "
            "it with the version that began it"
        )


def create(path: Path, head: Statement) -> None:
    """Make the file of a new journal, unless there is one; a kill leaves all of it or nothing."""
    try:
        with beside(path) as made:
            with closing(connect(path, made)) as connection:
                _fill(connection, head)
            _put(made, path)
            _keep_name(path.parent)
    except OSError as error:
        raise JournalError(f"{path} cannot be made: {error.strerror}") from error


def rescued(path: Path) -> Path:
    """Where the state of a journal is written whose file is gone."""
    return path.with_name(f"{path.name}.rescued")


def save_copy(connection: Connection, target: Path, check: Callable[[Connection], object]) -> None:
    """Write all that an open journal has into a file of its own, whole or not at all, over one that is there."""
    with beside(target) as made:
        with closing(connect(target, made)) as copy:
            connection.backup(copy)
            check(copy)
        made.replace(target)
        _keep_name(target.parent)


@contextmanager
def beside(path: Path) -> Generator[Path]:
    """Make an empty file beside a path, to be filled and moved there; it is gone at the end where it was not."""
    # It has phone numbers: only its owner may read it. SQLite's own files beside it are as this one is.
    descriptor, name = tempfile.mkstemp(".new", f".{path.name}.", path.parent)
    os.close(descriptor)
    made = Path(name)
    try:
        yield made
    finally:
        with suppress(OSError):
            made.unlink()


def _fill(connection: Connection, head: Statement) -> None:
    try:
        connection.execute("BEGIN")
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        for table in TABLES:
            connection.execute(table)
        connection.execute(*head)
        connection.execute("COMMIT")
    except SQLITE_ERRORS as error:
        raise_journal_error(connection.path, error)


def _put(made: Path, path: Path) -> None:
    """Give a file its name, unless the name is taken."""
    try:
        os.link(made, path)
    except FileExistsError:
        return
    except OSError:
        # A file system without links; the caller holds the journal's lock already.
        if not path.exists():
            made.rename(path)


def _keep_name(folder: Path) -> None:
    """Have the new name on the disk too, where the system can be asked for that."""
    if os.name == "posix":  # pragma: no branch
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
