"""The file of a journal: made whole or not at all, and opened by one at a time."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import closing, suppress
from pathlib import Path

from jsms_client.campaigns._errors import JournalDamagedError, JournalError
from jsms_client.campaigns._journal.database import (
    APPLICATION,
    COLUMNS,
    TABLES,
    VERSION,
    Database,
    Head,
    damaged,
    in_use,
)
from jsms_client.campaigns._journal.integrity import check_all
from jsms_client.campaigns._journal.lock import check_free
from jsms_client.campaigns._options import CampaignSettings, Service

LOCK_PATIENCE = 1.0
"""Seconds to wait for another process that only reads."""

_READ_AGAIN = 0.02

_CACHE = "PRAGMA cache_size = -16000"  # KiB: flat, however long the list is


def rescued(path: Path) -> Path:
    """Where the state of a journal is written whose file is gone.

    Args:
        path: The journal.
    """
    return path.with_name(f"{path.name}.rescued")


def open_temporary(settings: CampaignSettings, service: Service) -> Database:
    """Return a private journal that is gone when it is closed: SQLite keeps large ones in a nameless file.

    Args:
        settings: What the campaign sends.
        service: Where.
    """
    database = Database("", None, timeout=LOCK_PATIENCE)
    for pragma in (_CACHE, "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"):
        database.change(pragma)
    _fill(database, settings, service)
    return database


def open_exclusively(path: Path) -> Database:
    """Open a journal exclusively, until it is closed or the process ends, however it ends.

    A rollback journal, not a write-ahead log: what is committed is in this one file, so that a copy of it is a copy of
    what is known. Every commit is on the disk before it returns: while the file is locked, SQLite ends a commit by
    overwriting its log, and waits for the disk to have that too.

    Args:
        path: The file.

    Raises:
        JournalError: It is locked, damaged, or cannot be used.
    """
    database = _connect(path)
    try:
        for pragma in (
            "PRAGMA locking_mode = EXCLUSIVE",
            "PRAGMA journal_mode = DELETE",
            "PRAGMA synchronous = FULL",
            _CACHE,
        ):
            database.change(pragma)
        database.change("BEGIN EXCLUSIVE")
        database.change("COMMIT")
        database.check_format()
    except BaseException:
        database.close()
        raise
    return database


def open_to_read(path: Path) -> Database:
    """Open a journal to read it; writers are locked out no longer than a page takes.

    Args:
        path: The file.

    Raises:
        JournalError: It is locked, damaged, or cannot be used.
    """
    check_free(path)
    database = _connect(path)
    try:
        database.check_format()
        database.change("PRAGMA query_only = ON")
    except BaseException:
        database.close()
        raise
    return database


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
            with closing(Database(address, path, timeout=LOCK_PATIENCE, uri=True)) as database:
                database.check_format()
                return database.head()
        except JournalDamagedError:
            if time.monotonic() >= until:
                raise in_use(str(path)) from None
            time.sleep(_READ_AGAIN)


def _connect(path: Path) -> Database:
    try:
        empty = path.stat().st_size == 0
    except FileNotFoundError as error:
        raise JournalError(f"there is no journal at {path}") from error
    except OSError as error:
        raise JournalError(f"{path} cannot be used: {error.strerror}") from error
    if empty:
        # None is ever made empty: the disk has lost what was in it, and with it who was sent to.
        raise damaged(path, "it is empty")
    return Database(path, path, timeout=LOCK_PATIENCE)


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
        with closing(Database(beside, path, timeout=LOCK_PATIENCE)) as database:
            _fill(database, settings, service)
        _put(beside, path)
        _keep_name(path.parent)
    except OSError as error:
        raise JournalError(f"{path} cannot be made: {error.strerror}") from error
    finally:
        _remove(beside)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def save_copy(database: Database, target: Path) -> None:
    """Write all that an open journal has into a file of its own, whole or not at all, over one that is there.

    Args:
        database: The open journal.
        target: The file.

    Raises:
        OSError: It cannot be written.
        sqlite3.Error: As above.
        JournalError: What it has is damaged.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    _remove(beside)
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(Database(beside, target, timeout=LOCK_PATIENCE)) as copy:
            database.connection.backup(copy.connection)
            check_all(copy)
        beside.replace(target)
        _keep_name(target.parent)
    finally:
        _remove(beside)


def _fill(database: Database, settings: CampaignSettings, service: Service) -> None:
    now = time.time()
    head = Head(secrets.token_hex(16), 0, settings.to_text(), service.url, service.app, now, now)
    database.change("BEGIN")
    database.change(f"PRAGMA application_id = {APPLICATION}")
    database.change(f"PRAGMA user_version = {VERSION}")
    for table in TABLES:
        database.change(table)
    marks = ", ".join("?" * len(COLUMNS))
    query = f"INSERT INTO campaign (one, seal, {', '.join(COLUMNS)}) VALUES (1, ?, {marks})"  # noqa: S608 - our own names
    database.change(query, (head.seal, *head.values))
    database.change("COMMIT")


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
