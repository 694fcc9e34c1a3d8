"""Tables of an older version are migrated; those of a newer one are not changed."""

# pyright: reportPrivateUsage=false
from __future__ import annotations

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import TypeVar

import pytest

from engines.fixtures import SHARED, SQL_STORES, Started
from jsms_client import Store, StoreError
from jsms_client.store import _database
from jsms_client.store._backend import Entry
from jsms_client.store._database import Execute, Rows, migrate
from jsms_client.store._sqlalchemy import SQLAlchemyDatabase
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import by_threads
from .store_faults import MINE, database_of, outcome

T = TypeVar("T")


def versions(store: Store) -> list[object]:
    rows = database_of(store).run(lambda execute: execute("SELECT version FROM jsms_schema ORDER BY version")).rows
    return [row[0] for row in rows]


@pytest.mark.parametrize("name", SQL_STORES)
def test_tables_of_an_older_version_are_migrated_with_what_is_in_them(
    name: str, started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = started_engines.address(name, tmp_path)
    with monkeypatch.context() as patch, Store(address) as older:
        patch.setattr(_database, "_MIGRATIONS", _database._MIGRATIONS[:1])
        first = outcome(jsms_sandbox, older, "1")
        with Store(address) as newer:
            patch.undo()
            assert outcome(jsms_sandbox, newer, "1") == first
            assert versions(newer) == list(range(1, len(_database._MIGRATIONS) + 1))
        # One that is still running goes on.
        assert outcome(jsms_sandbox, older, "1") == first
    assert len(jsms_sandbox.messages) == 1


@pytest.mark.parametrize("name", SQL_STORES)
def test_tables_of_a_newer_version_are_left_as_they_are(
    name: str, started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    address = started_engines.address(name, tmp_path)
    with Store(address) as newer:
        newer.backend.put("n" * 64, Entry(MINE), 60)
        database_of(newer).run(lambda execute: execute("INSERT INTO jsms_schema VALUES (999)"))
        with Store(address) as older:
            with pytest.raises(StoreError, match="version 999.*update jsms-client; nothing was sent") as caught:
                by_threads("sendCode", jsms_sandbox.settings, store=older, once="1")
            assert caught.value.operation == "sendCode"
            with pytest.raises(StoreError, match="update jsms-client"):
                older.backend.push("q" * 64, ["1"])
        counts = "SELECT (SELECT count(*) FROM jsms_entries), (SELECT count(*) FROM jsms_items)"
        assert [tuple(row) for row in database_of(newer).run(lambda execute: execute(counts)).rows] == [(1, 0)]
    assert jsms_sandbox.requests == []


@pytest.mark.parametrize("engine", SHARED)
def test_a_process_that_cannot_make_the_tables_keeps_no_other_one_waiting(
    engine: str, started_engines: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = started_engines.address(engine, tmp_path)
    failing, other = SQLAlchemyDatabase(address), SQLAlchemyDatabase(address)
    with monkeypatch.context() as patch:
        patch.setattr(_database, "_MIGRATIONS", (("CREATE TABLE of_no_use",),))
        with pytest.raises(StoreError):
            migrate(failing)
    began = time.monotonic()
    migrate(other)
    # It would wait for 30 s, and then go on without the lock.
    assert time.monotonic() - began < 15
    failing.close()
    other.close()


def test_a_connection_lost_while_the_tables_are_made_is_what_the_error_says(
    started_engines: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = SQLAlchemyDatabase(started_engines.address("MariaDB", tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(_database, "_MIGRATIONS", (("KILL CONNECTION_ID()",),))
        with pytest.raises(StoreError) as caught:
            migrate(database)
    assert "RELEASE_LOCK" not in str(caught.value.__cause__)
    migrate(database)
    database.close()


def test_what_a_signal_handler_raises_while_the_lock_is_released_passes(
    started_engines: Started, tmp_path: Path
) -> None:
    def handler(number: int, frame: FrameType | None) -> None:
        raise TimeoutError("of the app")

    database = SQLAlchemyDatabase(started_engines.address("MariaDB", tmp_path))

    def step(execute: Execute) -> int:
        def interrupted(statement: str, /, **parameters: object) -> Rows:
            if statement == database.dialect.unlock:
                signal.raise_signal(signal.SIGUSR1)
            return execute(statement, **parameters)

        return _database._migrate(interrupted, database.dialect)

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with pytest.raises(TimeoutError, match="of the app"):
            database.run(step)
    finally:
        signal.signal(signal.SIGUSR1, before)
    database.close()


class Recorded:
    """A database whose statements are written down."""

    def __init__(self, address: str, executed: list[str]) -> None:
        self._database = SQLAlchemyDatabase(address)
        self._executed = executed
        self.dialect = self._database.dialect

    def run(self, work: Callable[[Execute], T], *, repeatable: bool = False) -> T:
        def recorded(execute: Execute) -> T:
            def note(statement: str, /, **parameters: object) -> Rows:
                self._executed.append(statement)
                return execute(statement, **parameters)

            return work(note)

        return self._database.run(recorded, repeatable=repeatable)

    def close(self) -> None:
        self._database.close()


@pytest.mark.parametrize("engine", SHARED)
def test_of_processes_that_begin_at_once_one_makes_the_tables(
    engine: str, started_engines: Started, tmp_path: Path
) -> None:
    address, executed = started_engines.address(engine, tmp_path), list[str]()
    databases = [Recorded(address, executed) for _ in range(6)]
    with ThreadPoolExecutor(len(databases)) as threads:
        list(threads.map(migrate, databases))
    for each in databases:
        each.close()
    # Another one that changes a table meanwhile would be in a deadlock with those that use it already.
    altered = [statement for statement in executed if statement.startswith("ALTER TABLE")]
    assert len(altered) == len(set(altered)) > 0
