"""The store's steps as SQL, the same for every database."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from jsms_client.errors import StoreError
from jsms_client.store._backend import Entry, Leased
from jsms_client.store._database import Database, Execute, migrate

_T = TypeVar("_T")
# How often a process removes entries whose time is over, in seconds.
_CLEANING = 600.0
# How often an entry is added in the place of one that another process removes at the same moment.
_ATTEMPTS = 5


class SQLBackend:
    """The store's steps in an SQL database: each is atomic, and safe to call from any thread and process.

    Names of entries and queues are texts of 64 characters. Times are measured by the database's clock.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now = database.dialect.now
        self._ready = False
        self._cleaned = time.monotonic()

    def put(self, name: str, entry: Entry, seconds: float) -> Entry | None:
        """Keep an entry for so many seconds, unless another owner has one; gives the one that was there before."""
        dialect = self.database.dialect
        delete = f"DELETE FROM jsms_entries WHERE id = :id AND (owner = :owner OR expires <= {self._now})"
        insert = (
            f"{dialect.insert_new} jsms_entries (id, owner, value, expires)"
            f" VALUES (:id, :owner, :value, {self._now} + :seconds) {dialect.unless_there}"
        )

        def work(execute: Execute) -> Entry | None:
            self._clean(execute)
            for _ in range(_ATTEMPTS):
                found = self._get(execute, name)
                if found is not None and found.owner != entry.owner:
                    return found
                execute(delete, id=name, owner=entry.owner)
                if execute(insert, id=name, owner=entry.owner, value=entry.value, seconds=seconds).changed:
                    return found
                # Another process was first: its entry is there, unless it was removed meanwhile.
            raise StoreError("the store took no entry, and has none")

        return self._run_again(work)

    def get(self, name: str) -> Entry | None:
        """Return the entry; None where there is none, or its time is over."""
        return self._run_again(lambda execute: self._get(execute, name))

    def remove(self, name: str, owner: str | None = None) -> None:
        """Remove an entry, of this owner alone where one is given."""
        condition = "" if owner is None else " AND owner = :owner"
        parameters = {"id": name} if owner is None else {"id": name, "owner": owner}
        self._run_again(lambda execute: execute(f"DELETE FROM jsms_entries WHERE id = :id{condition}", **parameters))

    def reserve(self, name: str, seconds: float) -> float:
        """Reserve the next free stretch of time, that long; gives the seconds until it begins."""
        dialect = self.database.dialect
        insert = (
            f"{dialect.insert_new} jsms_entries (id, owner, value, expires)"
            f" VALUES (:id, '', '', {self._now}) {dialect.unless_there}"
        )
        begins = f"CASE WHEN expires > {self._now} THEN expires ELSE {self._now} END"
        update = f"UPDATE jsms_entries SET expires = {begins} + :seconds WHERE id = :id"

        def work(execute: Execute) -> float:
            if not execute(update, id=name, seconds=seconds).changed:
                execute(insert, id=name)
                execute(update, id=name, seconds=seconds)
            rows = execute(f"SELECT expires - {self._now} FROM jsms_entries WHERE id = :id", id=name).rows
            return max(0.0, float(str(rows[0][0])) - seconds)

        return self._run(work)

    def push(self, queue: str, values: Sequence[str]) -> None:
        """Append items to a queue, all or none."""
        insert = "INSERT INTO jsms_items (queue, value, owner, leased) VALUES (:queue, :value, '', 0)"

        def work(execute: Execute) -> None:
            for value in values:
                execute(insert, queue=queue, value=value)

        self._run(work)

    def lease(self, queue: str, owner: str, seconds: float) -> Leased | None:
        """Return the first item that no consumer has, for so many seconds; None where there is none."""
        select = (
            f"SELECT number, value FROM jsms_items WHERE queue = :queue AND leased <= {self._now}"
            f" ORDER BY leased, number LIMIT 1 {self.database.dialect.skip_locked}"
        )
        update = f"UPDATE jsms_items SET owner = :owner, leased = {self._now} + :seconds WHERE number = :number"

        def work(execute: Execute) -> Leased | None:
            rows = execute(select, queue=queue).rows
            if not rows:
                return None
            number, value = rows[0]
            execute(update, owner=owner, seconds=seconds, number=number)
            return Leased(int(str(number)), str(value))

        return self._run(work)

    def finish(self, queue: str, number: int, owner: str) -> None:
        """Remove an item that its consumer is done with; does nothing where its time was over."""
        statement = "DELETE FROM jsms_items WHERE number = :number AND queue = :queue AND owner = :owner"
        self._run_again(lambda execute: execute(statement, number=number, queue=queue, owner=owner))

    def close(self) -> None:
        """Close this process's connections."""
        self.database.close()

    def _run(self, work: Callable[[Execute], _T], *, repeatable: bool = False) -> _T:
        if not self._ready:
            migrate(self.database)
            self._ready = True
        return self.database.run(work, repeatable=repeatable)

    def _run_again(self, work: Callable[[Execute], _T]) -> _T:
        """Run what gives the same when it is run twice."""
        return self._run(work, repeatable=True)

    def _get(self, execute: Execute, name: str) -> Entry | None:
        rows = execute(f"SELECT owner, value FROM jsms_entries WHERE id = :id AND expires > {self._now}", id=name).rows
        return Entry(str(rows[0][0]), str(rows[0][1])) if rows else None

    def _clean(self, execute: Execute) -> None:
        if time.monotonic() - self._cleaned > _CLEANING:
            self._cleaned = time.monotonic()
            execute(f"DELETE FROM jsms_entries WHERE expires <= {self._now}")
