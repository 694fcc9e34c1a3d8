"""A connection to a journal's file whose errors say what they mean for the journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from jsms_client.campaigns._errors import JournalDamagedError, JournalError
from jsms_client.campaigns._journal.lock import in_use

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
    """What a message calls the file.

    Args:
        path: The file; None for a temporary journal.
    """
    return "the temporary journal" if path is None else str(path)


def damaged(path: Path | None, what: str) -> JournalDamagedError:
    """The error for a file that cannot be believed.

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
        """The next row; None where there is none.

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
        """A cursor whose errors are those of a journal."""
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


__all__ = ["Connection", "called", "connect", "damaged", "translating"]
