"""The file of a journal: made whole or not at all, opened by one at a time, and checked before it is believed."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from jsms_client.campaigns.errors import JournalDamagedError, JournalError
from jsms_client.campaigns.journal.lock import check_free, in_use
from jsms_client.campaigns.journal.schema import APPLICATION, TABLES, VERSION
from jsms_client.campaigns.settings import CampaignSettings

LOCK_PATIENCE = 1.0
"""Seconds to wait for whoever only looks something up."""

_CACHE = "PRAGMA cache_size = -16000"  # KiB: flat, however long the list is


@contextmanager
def told_apart(path: Path | None) -> Generator[None]:
    """Make of SQLite's errors what they mean for a journal.

    Args:
        path: The file; None where there is none.

    Raises:
        JournalLockedError: Somebody else has it.
        JournalDamagedError: It is not what was written into it.
        JournalError: Anything else, such as a full disk.
    """
    name = called(path)
    try:
        yield
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise in_use(name) from error
        if code == sqlite3.SQLITE_ERROR:
            raise damaged(path, str(error)) from error
        raise JournalError(f"{name} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, str(error)) from error


def called(path: Path | None) -> str:
    """What a message calls the file.

    Args:
        path: The file; None where there is none.
    """
    return "the temporary journal" if path is None else str(path)


def damaged(path: Path | None, what: str) -> JournalDamagedError:
    """The error for a file that cannot be believed.

    Args:
        path: The file; None where there is none.
        what: What is wrong with it.
    """
    return JournalDamagedError(
        f"{called(path)} is damaged, or no journal of a campaign ({what}); restore it from a copy, or "
        "begin a new journal with a list of those who are surely still to be sent to"
    )


def open_temporary(settings: CampaignSettings) -> sqlite3.Connection:
    """A journal that nobody else sees and that is gone when it is closed: SQLite keeps what is much in a nameless file.

    Args:
        settings: What the campaign sends.
    """
    with told_apart(None):
        connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for pragma in (_CACHE, "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"):
            connection.execute(pragma)
        _fill(connection, settings)
    return connection


def open_exclusively(path: Path) -> sqlite3.Connection:
    """Open a journal for nobody else, until it is closed or the process ends, however it ends.

    A rollback journal, not a write-ahead log: what is committed is in this one file, so that a copy of it is a copy of
    what is known. Every commit is on the disk before it returns: while the file is locked, SQLite ends a commit by
    overwriting its log, and waits for the disk to have that too.

    Args:
        path: The file.

    Raises:
        JournalError: It is locked, damaged, or cannot be used.
    """
    connection = _connect(path)
    try:
        with told_apart(path):
            for pragma in (
                "PRAGMA locking_mode = EXCLUSIVE",
                "PRAGMA journal_mode = DELETE",
                "PRAGMA synchronous = FULL",
                _CACHE,
            ):
                connection.execute(pragma)
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            check_head(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def open_to_look(path: Path) -> sqlite3.Connection:
    """Open a journal to read it; nobody is locked out for longer than a page takes.

    Args:
        path: The file.

    Raises:
        JournalError: It is locked, damaged, or cannot be used.
    """
    check_free(path)
    connection = _connect(path)
    try:
        with told_apart(path):
            check_head(connection, path)
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    try:
        empty = path.stat().st_size == 0
    except FileNotFoundError as error:
        raise JournalError(f"there is no journal at {path}") from error
    except OSError as error:
        raise JournalError(f"{path} cannot be used: {error.strerror}") from error
    if empty:
        # None is ever made empty: the disk has lost what was in it, and with it who was sent to.
        raise damaged(path, "it is empty")
    with told_apart(path):
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=LOCK_PATIENCE)


def check_head(connection: sqlite3.Connection, path: Path) -> None:
    """Check whose file it is.

    Raises:
        JournalDamagedError: Not ours.
        JournalError: Of another version.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise damaged(path, "it was not written by this library")
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != VERSION:
        raise JournalError(f"{path} is a journal of format {version}; this version of jsms-client reads {VERSION}")


def create(path: Path, settings: CampaignSettings) -> None:
    """Make the file of a new journal, unless there is one; a kill leaves all of it or nothing.

    Args:
        path: The file.
        settings: What the campaign sends.

    Raises:
        JournalError: It cannot be made.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    _remove(beside)
    try:
        # It has people's numbers: for nobody's eyes but its owner's. SQLite's own files beside it are as this one is.
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with told_apart(path):
            connection = sqlite3.connect(beside, isolation_level=None)
            try:
                _fill(connection, settings)
            finally:
                connection.close()
        _put(beside, path)
        _keep_name(path.parent)
    except OSError as error:
        raise JournalError(f"{path} cannot be made: {error.strerror}") from error
    finally:
        _remove(beside)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _fill(connection: sqlite3.Connection, settings: CampaignSettings) -> None:
    connection.execute("BEGIN")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for table in TABLES:
        connection.execute(table)
    connection.execute(
        "INSERT INTO campaign (one, settings, made_at) VALUES (1, ?, ?)", (settings.to_text(), time.time())
    )
    connection.execute("COMMIT")


def _put(made: Path, path: Path) -> None:
    """Give a file its name, unless another one has it."""
    try:
        os.link(made, path)
    except FileExistsError:
        return
    except OSError:
        # A file system without links; whoever asks for the journal holds it already.
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


__all__ = [
    "LOCK_PATIENCE",
    "called",
    "create",
    "damaged",
    "open_exclusively",
    "open_temporary",
    "open_to_look",
    "told_apart",
]
