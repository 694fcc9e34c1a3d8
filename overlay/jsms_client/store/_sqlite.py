"""A store in one file, with Python's own sqlite3: for the processes of one machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from jsms_client.store._database import SQLITE, Execute, Rows
from jsms_client.store._failures import lost

_T = TypeVar("_T")
# Seconds that a transaction waits for those of other processes.
_PATIENCE = 30


class SQLiteDatabase:
    """Opens the file for each transaction, so that threads and forked processes share nothing but the file."""

    dialect = SQLITE

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._seen = False

    def run(self, work: Callable[[Execute], _T]) -> _T:
        """Run a transaction."""
        try:
            with closing(self._connect()) as connection:
                # Takes the lock at once: a transaction that reads first could not always wait for it.
                connection.execute("BEGIN IMMEDIATE")

                def execute(statement: str, /, **parameters: object) -> Rows:
                    cursor = connection.execute(statement, parameters)
                    return Rows(cursor.fetchall(), cursor.rowcount)

                result = work(execute)
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise lost(str(self._path), error) from error
        self._seen = True
        return result

    def close(self) -> None:
        """Nothing stays open."""

    def _connect(self) -> sqlite3.Connection:
        # A file that was removed meanwhile is missed, not made again empty: it said what has been sent.
        mode = "rw" if self._seen else "rwc"
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE, isolation_level=None
        )
        connection.execute("PRAGMA synchronous=FULL")
        return connection
