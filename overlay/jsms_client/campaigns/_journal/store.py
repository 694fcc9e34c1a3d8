"""The file of a journal: made whole or not at all, opened by one at a time, and watched while it is in use."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from jsms_client.campaigns._errors import JournalDamagedError, JournalError
from jsms_client.campaigns._journal.connection import Connection, check_free, connect, damaged, in_use
from jsms_client.campaigns._journal.integrity import APPLICATION, COLUMNS, TABLES, VERSION, Head, check_all, read_head
from jsms_client.campaigns._options import CampaignSettings, Service

LOCK_PATIENCE = 1.0
"""Seconds to wait for another process that only reads."""

_READ_AGAIN = 0.02

_CACHE = "PRAGMA cache_size = -16000"  # KiB: flat, however long the list is


class Watch:
    """Sees whether the file at a path is still the journal that is open, and has what was last written into it.

    It has a descriptor of its own, to be closed after the connection: closing one drops SQLite's lock on the file.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb", buffering=0)
        self._offset = self._page = 0

    def begin(self, connection: Connection) -> None:
        """Find the place of the campaign's row.

        Args:
            connection: To the file.
        """
        (self._page,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'campaign'").fetchone()
        self._offset = (root - 1) * self._page

    @property
    def is_moved(self) -> bool:
        """Whether the path leads to another file, or to none."""
        try:
            return not os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except OSError:
            return True

    def is_overwritten(self, seal: str, pages: int) -> bool:
        """Whether the open file has something else in it than what was last written.

        Args:
            seal: The seal that was last written.
            pages: How many pages it has.
        """
        self._file.seek(self._offset)
        page = self._file.read(self._page)
        return seal.encode() not in page or os.fstat(self._file.fileno()).st_size < pages * self._page

    def close(self) -> None:
        """Close it, after the connection."""
        self._file.close()


def rescued(path: Path) -> Path:
    """Where the state of a journal is written whose file is gone.

    Args:
        path: The journal.
    """
    return path.with_name(f"{path.name}.rescued")


def open_temporary(settings: CampaignSettings, service: Service) -> Connection:
    """Return a private journal that is gone when it is closed: SQLite keeps large ones in a nameless file.

    Args:
        settings: What the campaign sends.
        service: Where.
    """
    connection = connect("", None, timeout=LOCK_PATIENCE)
    for pragma in (_CACHE, "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"):
        connection.execute(pragma)
    _fill(connection, settings, service)
    return connection


def open_exclusively(path: Path) -> Connection:
    """Open a journal exclusively, until it is closed or the process ends, however it ends.

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
        for pragma in (
            "PRAGMA locking_mode = EXCLUSIVE",
            "PRAGMA journal_mode = DELETE",
            "PRAGMA synchronous = FULL",
            _CACHE,
        ):
            connection.execute(pragma)
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
        check_format(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def open_to_read(path: Path) -> Connection:
    """Open a journal to read it; writers are locked out no longer than a page takes.

    Args:
        path: The file.

    Raises:
        JournalError: It is locked, damaged, or cannot be used.
    """
    check_free(path)
    connection = _connect(path)
    try:
        check_format(connection, path)
        connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def read_running(path: Path) -> Head:
    """Return what a journal says of the campaign as a whole while another call writes it, which is not disturbed.

    The file is read as it is. Its seal tells where that was in the middle of a write.

    Args:
        path: The file.

    Raises:
        JournalLockedError: It was being written all the time.
        JournalError: It cannot be used.
    """
    until = time.monotonic() + LOCK_PATIENCE
    address = f"{path.as_uri()}?mode=ro&immutable=1"
    while True:
        try:
            with closing(connect(address, path, timeout=LOCK_PATIENCE, uri=True)) as connection:
                check_format(connection, path)
                return read_head(connection, path)
        except JournalDamagedError:
            if time.monotonic() >= until:
                raise in_use(str(path)) from None
            time.sleep(_READ_AGAIN)


def _connect(path: Path) -> Connection:
    try:
        empty = path.stat().st_size == 0
    except FileNotFoundError as error:
        raise JournalError(f"there is no journal at {path}") from error
    except OSError as error:
        raise JournalError(f"{path} cannot be used: {error.strerror}") from error
    if empty:
        # None is ever made empty: the disk has lost what was in it, and with it who was sent to.
        raise damaged(path, "it is empty")
    return connect(path, path, timeout=LOCK_PATIENCE)


def check_format(connection: Connection, path: Path) -> None:
    """Check whose file it is.

    Raises:
        JournalDamagedError: Not ours.
        JournalError: Of another version.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise damaged(path, "it was not written by this library")
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != VERSION:
        raise JournalError(
            f"{path} is a journal of format {version}; this version of jsms-client reads {VERSION}: finish it with the "
            "version that began it"
        )


def create(path: Path, settings: CampaignSettings, service: Service) -> None:
    """Make the file of a new journal, unless there is one; a kill leaves all of it or nothing.

    Args:
        path: The file.
        settings: What the campaign sends.
        service: Where.

    Raises:
        JournalError: It cannot be made.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    _remove(beside)
    try:
        # It has phone numbers: only its owner may read it. SQLite's own files beside it are as this one is.
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(connect(beside, path, timeout=LOCK_PATIENCE)) as connection:
            _fill(connection, settings, service)
        _put(beside, path)
        _keep_name(path.parent)
    except OSError as error:
        raise JournalError(f"{path} cannot be made: {error.strerror}") from error
    finally:
        _remove(beside)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def save_copy(connection: sqlite3.Connection, target: Path) -> None:
    """Write all that a connection has into a file of its own, whole or not at all, over one that is there.

    Args:
        connection: The connection.
        target: The file.

    Raises:
        OSError: It cannot be written.
        sqlite3.Error: As above.
        JournalError: What the connection has is damaged.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    _remove(beside)
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(connect(beside, target, timeout=LOCK_PATIENCE)) as copy:
            connection.backup(copy)
            check_all(copy, target)
        beside.replace(target)
        _keep_name(target.parent)
    finally:
        _remove(beside)


def _fill(connection: Connection, settings: CampaignSettings, service: Service) -> None:
    now = time.time()
    head = Head(secrets.token_hex(16), 0, settings.to_text(), service.url, service.app, now, now)
    connection.execute("BEGIN")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for table in TABLES:
        connection.execute(table)
    marks = ", ".join("?" * len(COLUMNS))
    query = f"INSERT INTO campaign (one, seal, {', '.join(COLUMNS)}) VALUES (1, ?, {marks})"  # noqa: S608 - our own names
    connection.execute(query, (head.seal, *head.values))
    connection.execute("COMMIT")


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
