"""Tables of an older version are migrated; those of a newer one are not changed."""

# pyright: reportPrivateUsage=false
from __future__ import annotations

from pathlib import Path

import pytest

from engines.fixtures import SQL_STORES, Started
from jsms_client import Store, StoreError
from jsms_client.store import _database
from jsms_client.store._backend import Entry
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import by_threads
from .store_faults import MINE, database_of, outcome


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
