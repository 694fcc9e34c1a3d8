"""The operations of a backend, the same in every store."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from jsms_client import StoreError
from jsms_client.store import Store, _sql
from jsms_client.store._backend import Entry, Leased
from jsms_client.store._database import Execute
from jsms_client.store._store import Backend

MINE, OTHER = "m" * 32, "o" * 32
NAME = "n" * 64


@pytest.fixture
def store(store_address: str) -> Iterator[Store]:
    with_connections = Store(store_address)
    yield with_connections
    with_connections.close()


@pytest.fixture
def backend(store: Store) -> Backend:
    return store.backend


def test_an_entry_is_kept_once(backend: Backend) -> None:
    assert backend.get(NAME) is None
    assert backend.put(NAME, Entry(MINE, "1"), 60) is None
    assert backend.put(NAME, Entry(OTHER, "2"), 60) == Entry(MINE, "1")
    assert backend.get(NAME) == Entry(MINE, "1")
    assert backend.get("x" * 64) is None


def test_only_its_owner_replaces_or_removes_an_entry(backend: Backend) -> None:
    backend.put(NAME, Entry(MINE, "1"), 60)
    assert backend.put(NAME, Entry(OTHER, "2"), 60) == Entry(MINE, "1")
    assert backend.put(NAME, Entry(MINE, "3"), 60) == Entry(MINE, "1")
    backend.remove(NAME, OTHER)
    assert backend.get(NAME) == Entry(MINE, "3")
    backend.remove(NAME, MINE)
    assert backend.get(NAME) is None
    backend.put(NAME, Entry(MINE, "1"), 60)
    backend.remove(NAME)
    assert backend.get(NAME) is None


def test_an_entry_is_gone_when_its_time_is_over(backend: Backend) -> None:
    backend.put(NAME, Entry(MINE, "1"), 60)
    assert backend.put(NAME, Entry(MINE, "2"), 0.05) == Entry(MINE, "1")
    time.sleep(0.1)
    assert backend.get(NAME) is None
    assert backend.put(NAME, Entry(OTHER, "3"), 60) is None
    assert backend.get(NAME) == Entry(OTHER, "3")


def test_long_values_come_back_as_they_were(backend: Backend) -> None:
    value = "{" + "x" * 300_000 + " :'\"%}"
    backend.put(NAME, Entry(MINE, value), 60)
    assert backend.get(NAME) == Entry(MINE, value)


def test_reserved_stretches_of_time_follow_each_other(backend: Backend) -> None:
    assert backend.reserve(NAME, 5) == pytest.approx(0, abs=0.01)
    assert backend.reserve(NAME, 10) == pytest.approx(5, abs=2)
    assert backend.reserve(NAME, 1) == pytest.approx(15, abs=4)
    assert backend.reserve("x" * 64, 1) == pytest.approx(0, abs=0.01)


def test_time_that_was_not_used_is_over(backend: Backend) -> None:
    backend.reserve(NAME, 0.02)
    time.sleep(0.1)
    assert backend.reserve(NAME, 1) == pytest.approx(0, abs=0.01)


def test_each_item_goes_to_one_consumer_and_is_removed_when_done(backend: Backend) -> None:
    backend.push(NAME, ["1", "2"])
    backend.push("x" * 64, ["3"])
    first, second = backend.lease(NAME, MINE, 60), backend.lease(NAME, OTHER, 60)
    assert (first and first.value, second and second.value) == ("1", "2")
    assert backend.lease(NAME, MINE, 60) is None
    assert isinstance(first, Leased)
    backend.finish(NAME, first.number, MINE)
    backend.push(NAME, ["4"])
    fourth = backend.lease(NAME, MINE, 60)
    assert fourth is not None
    assert fourth.value == "4"
    assert backend.lease(NAME, MINE, 60) is None


def test_an_item_goes_to_another_consumer_when_its_time_is_over(backend: Backend) -> None:
    backend.push(NAME, ["1"])
    first = backend.lease(NAME, MINE, 0.05)
    time.sleep(0.1)
    again = backend.lease(NAME, OTHER, 60)
    assert first is not None
    assert again == first
    backend.finish(NAME, first.number, MINE)  # too late to say so
    backend.finish(NAME, first.number, OTHER)
    assert backend.lease(NAME, MINE, 60) is None


def _take_all(address: str, owner: str) -> list[str]:
    store = Store(address)
    store.backend.put(NAME, Entry(owner), 60)
    taken: list[str] = []
    while (item := store.backend.lease("q" * 64, owner, 60)) is not None:
        taken.append(item.value)
        store.backend.finish("q" * 64, item.number, owner)
    store.close()
    return taken


def test_processes_that_start_at_once_make_the_tables_and_share_a_queue(store_address: str, store: Store) -> None:
    with get_context("fork").Pool(3) as pool:
        parts = pool.starmap_async(_take_all, [(store_address, letter * 32) for letter in "abc"])
        for _ in range(4):
            store.backend.push("q" * 64, [str(number) for number in range(10)])
        taken = [value for part in parts.get(60) for value in part]
    taken += _take_all(store_address, "d" * 32)
    assert sorted(taken) == sorted(str(number) for number in range(10) for _ in range(4))


def test_an_entry_that_the_database_does_not_take_is_an_error(tmp_path: Path) -> None:
    backend = Store(tmp_path / "jsms.db").backend
    backend.get(NAME)
    with closing(sqlite3.connect(tmp_path / "jsms.db")) as connection:
        connection.execute("CREATE TRIGGER t BEFORE INSERT ON jsms_entries BEGIN SELECT RAISE(IGNORE); END")
    with pytest.raises(StoreError, match="took no entry"):
        backend.put(NAME, Entry(MINE), 60)


def test_of_many_threads_one_adds_an_entry(backend: Backend) -> None:
    def add(number: int) -> Entry | None:
        return backend.put(NAME, Entry(f"{number:032}", "1"), 60)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(add, range(24)))
    assert found.count(None) == 1
    assert len(set(found)) == 2


def test_a_closed_store_opens_again_when_it_is_used(store: Store) -> None:
    store.close()
    store.close()
    assert store.backend.get(NAME) is None


def test_entries_whose_time_is_over_are_removed_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Store(tmp_path / "jsms.db").backend
    for number in range(3):
        backend.put(f"{number:064}", Entry(MINE), 0.01)
    time.sleep(0.05)
    monkeypatch.setattr(_sql, "_CLEANING", 0.0)
    backend.put(NAME, Entry(MINE), 60)
    with closing(sqlite3.connect(tmp_path / "jsms.db")) as connection:
        assert connection.execute("SELECT id FROM jsms_entries").fetchall() == [(NAME,)]


def test_a_transaction_that_lost_a_deadlock_is_run_again(sql_address: str) -> None:
    with Store(sql_address) as store:
        assert isinstance(store.backend, _sql.SQLBackend)
        database = store.backend.database
        names = ["1" * 64, "2" * 64]
        for name in names:
            store.backend.put(name, Entry(MINE, "0"), 60)
        together = threading.Barrier(2)

        def touch(first: str, second: str) -> int:
            runs = 0

            def work(execute: Execute) -> None:
                nonlocal runs
                runs += 1
                execute("UPDATE jsms_entries SET expires = expires + 1 WHERE id = :id", id=first)
                if runs == 1 and not together.broken:
                    together.wait(10)
                execute("UPDATE jsms_entries SET expires = expires + 1 WHERE id = :id", id=second)

            database.run(work)
            return runs

        with ThreadPoolExecutor(2) as threads:
            runs = list(threads.map(touch, names, reversed(names)))
    assert max(runs) >= 2  # PostgreSQL may end both, and one of them again
