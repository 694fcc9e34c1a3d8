"""Entries that another version or another program wrote, or that are cut off: a typed error, and nothing is sent."""

# pyright: reportPrivateUsage=false
from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from engines.fixtures import Started
from jsms_client import Store, StoreError, UnknownOutcomeError
from jsms_sandbox.pytest_plugin import Sandbox
from overlay.drivers import sync_client
from overlay.receipt_server import ReceiptServer, reports

from .drivers import DRIVERS
from .store_faults import database_of, outcome, redis_command

NAME = "n" * 64


def overwrite(store: Store, table: str, text: str) -> str:
    """Put a text into the place of the values of a table; gives the first that was there."""
    kept = database_of(store).run(lambda execute: execute(f"SELECT value FROM {table}")).rows
    database_of(store).run(lambda execute: execute(f"UPDATE {table} SET value = :value", value=text))
    return str(kept[0][0])


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("", id="empty"),
        pytest.param('{"request": "00", "resp', id="cut off"),
        pytest.param("[" * 100_000, id="nested"),
        pytest.param("7", id="a number"),
        pytest.param("[]", id="a list"),
        pytest.param('{"request": "%s", "answer": [200, {"msg_id": "1"}]}', id="an earlier version"),
        pytest.param('{"request": "%s", "response": 7}', id="a response that is a number"),
        pytest.param('{"request": "%s", "response": []}', id="an empty response"),
        pytest.param('{"request": "%s", "response": ["x", {"msg_id": "1"}]}', id="a status that is a text"),
        pytest.param('{"request": "%s", "response": [200, {"id": 1}]}', id="a result of another contract"),
        pytest.param('{"request": "%s", "response": [200, null]}', id="no result"),
        pytest.param("值", id="not ASCII"),
    ],
)
@pytest.mark.parametrize("driver", DRIVERS)
def test_a_key_whose_entry_cannot_be_read_is_in_doubt(
    driver: str, written: str, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    send = DRIVERS[driver]
    with Store(tmp_path / "jsms.db") as store:
        send("sendCode", jsms_sandbox.settings, store=store, once="login-42")
        kept = json.loads(overwrite(store, "jsms_entries", ""))
        overwrite(store, "jsms_entries", written.replace("%s", kept["request"]))
        with pytest.raises(UnknownOutcomeError, match="cannot be read; nothing was sent now") as caught:
            send("sendCode", jsms_sandbox.settings, store=store, once="login-42")
    assert (caught.value.operation, caught.value.attempts) == ("sendCode", 0)
    assert len(jsms_sandbox.requests) == 1


@pytest.mark.parametrize(
    "written",
    ['{"msgId": "1", "pho', "[" * 100_000, "7", "[]", "null", '{"id": "1"}', '{"": {"problem": "p"}}', "值\n"],
    ids=lambda written: repr(written[:20]),
)
def test_a_record_in_the_store_that_cannot_be_read_costs_none_of_the_others(written: str, tmp_path: Path) -> None:
    with (
        Store(tmp_path / "jsms.db") as store,
        ReceiptServer(reports(1), reports(2)) as server,
        sync_client(server.base_url) as client,
    ):
        client.receipts._feeds["pollReports"].get().seconds = 0.1
        with pytest.raises(LookupError), client.receipts.iter_reports(store=store) as failing:
            raise LookupError(next(failing).msg_id)
        overwrite(store, "jsms_items", written)
        database_of(store).run(lambda execute: execute("UPDATE jsms_items SET leased = 0"))
        with client.receipts.iter_reports(store=store) as stream:
            assert next(stream).msg_id == "2"
            assert len(stream.malformed) == 1
        assert database_of(store).run(lambda execute: execute("SELECT value FROM jsms_items")).rows == []


def test_what_another_program_keeps_in_redis_in_the_place_of_a_key_lets_nothing_leave(
    started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    address = started_engines.address("Redis", tmp_path)
    with Store(address) as store:
        assert isinstance(outcome(jsms_sandbox, store, "1"), str)
        (key,) = cast("list[str]", redis_command(address, "KEYS", "jsms:*"))
        redis_command(address, "SET", key, b"\xff\xfe")
        assert outcome(jsms_sandbox, store, "1") is UnknownOutcomeError
        redis_command(address, "DEL", key)
        redis_command(address, "RPUSH", key, "1")
        assert outcome(jsms_sandbox, store, "1") is StoreError
    assert len(jsms_sandbox.requests) == 1


def test_a_queue_whose_values_redis_evicted_goes_on_with_the_next_item(
    started_engines: Started, tmp_path: Path
) -> None:
    address = started_engines.address("Redis", tmp_path)
    with Store(address) as store:
        store.backend.push(NAME, ["1", "2"])
        redis_command(address, "HDEL", f"jsms:{{{NAME}}}:values", "1")
        found = store.backend.lease(NAME, "m" * 32, 60)
        assert found is not None
        assert found.value == "2"
        assert store.backend.lease(NAME, "m" * 32, 60) is None
