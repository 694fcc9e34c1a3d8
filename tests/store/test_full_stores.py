"""A full store sends nothing twice, and loses no key, report or callback."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest

from callbacks.signed_posts import APP_KEY, MASTER_SECRET, REPORT, encoded, form
from engines import ENGINES, Engine
from engines.fixtures import SQLITE, Started, require
from engines.small_disk import SmallDisk
from jsms_client import JSMS, Store, StoreError, UnknownOutcomeError
from jsms_client.callbacks import CallbackReceiver
from jsms_client.campaigns import Campaign, JournalError
from jsms_client.store._backend import Entry
from jsms_sandbox.pytest_plugin import Sandbox
from overlay.drivers import sync_client
from overlay.receipt_server import Act, ReceiptServer, reports

from .drivers import by_threads
from .store_faults import MINE, After, outcome, redis_command

MEGABYTES = {SQLITE: 1, "PostgreSQL": 80, "MariaDB": 200, "Redis": 8}


def then(act: Act, do: Callable[[], object]) -> Act:
    """Do something before the response of a poll."""

    def acting(handler: BaseHTTPRequestHandler) -> None:
        do()
        act(handler)

    return acting


@contextmanager
def full_store(name: str) -> Generator[tuple[Store, SmallDisk, Engine | None]]:
    """Yield a store with a message in it, on a disk of its own that is still free."""
    with SmallDisk(MEGABYTES[name]) as disk:
        if name == SQLITE:
            yield Store(disk.folder / "jsms.db"), disk, None
            return
        require(name)
        with ENGINES[name](disk.folder) as engine, Store(engine.database()) as store:
            yield store, disk, engine


def fill(store: Store, disk: SmallDisk) -> None:
    """Fill the disk and what the store has reserved on it."""
    disk.fill()
    for length in (20_000, 10):
        with pytest.raises(StoreError):
            for number in range(5000):
                store.backend.put(f"{length:032}{number:032}", Entry(MINE, "x" * length), 600)


@pytest.mark.parametrize("name", MEGABYTES)
def test_a_full_disk_sends_nothing_twice_and_loses_no_key(
    name: str, jsms_sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with full_store(name) as (store, disk, engine):
        first = outcome(jsms_sandbox, store, "0")
        fill(store, disk)
        keys = [str(number) for number in range(1, 4)]
        full = {key: outcome(jsms_sandbox, store, key) for key in keys}
        assert StoreError in full.values()
        assert outcome(jsms_sandbox, store, "0") in (first, StoreError)  # MariaDB and Redis end when the disk is full
        disk.free()
        if engine is not None and not engine.is_ready():
            engine.kill()
            engine.start()
        assert outcome(jsms_sandbox, store, "0") == first
        free = {key: outcome(jsms_sandbox, store, key) for key in keys}
    sent = [message.msg_id for message in jsms_sandbox.messages]
    known = {key: {full[key], free[key]} & set(sent) for key in keys}
    assert all(len(ids) <= 1 for ids in known.values())
    in_doubt = [key for key in keys if not known[key]]
    assert [free[key] for key in in_doubt] == [UnknownOutcomeError] * len(in_doubt)
    assert 1 + len(keys) - len(in_doubt) <= len(sent) <= 1 + len(keys)


def test_a_disk_that_is_full_when_the_response_comes_costs_no_result(
    jsms_sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with full_store(SQLITE) as (store, disk, _), httpx.Client(transport=After(disk.fill)) as http_client:
        settings = jsms_sandbox.settings
        assert by_threads("sendCode", settings, store=store, once="1", http_client=http_client)
        assert "disk is full" in caplog.text
        disk.free()
        assert outcome(jsms_sandbox, store, "1") is UnknownOutcomeError
    assert len(jsms_sandbox.messages) == 1


def test_a_full_disk_loses_no_report_and_lets_no_callback_pass(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with full_store(SQLITE) as (store, disk, _):
        receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, nonce_store=store)
        with ReceiptServer(reports(1, 2)) as server, sync_client(server.base_url) as client:
            stream = client.receipts.iter_reports(store=store)
            store.backend.get(MINE)
            server.acts[0] = then(server.acts[0], disk.fill)
            assert [next(stream).msg_id, next(stream).msg_id] == ["1", "2"]
            assert "kept in memory alone" in caplog.text
        with (
            pytest.raises(StoreError, match="full"),
            receiver.accept(encoded(form([REPORT], timestamp=round(time.time() * 1000)))),
        ):
            pytest.fail("handled, and nothing remembers that")
        disk.free()
        with receiver.accept(encoded(form([REPORT], timestamp=round(time.time() * 1000)))) as callback:
            assert callback.events


def test_a_redis_without_memory_sends_nothing(started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path) -> None:
    address = started_engines.address("Redis", tmp_path)
    with Store(address) as store:
        first = outcome(jsms_sandbox, store, "1")
        redis_command(address, "CONFIG", "SET", "maxmemory", "1")
        try:
            with pytest.raises(StoreError, match="OutOfMemoryError.*nothing was sent"):
                by_threads("sendCode", jsms_sandbox.settings, store=store, once="2")
            assert outcome(jsms_sandbox, store, "1") == first
        finally:
            redis_command(address, "CONFIG", "SET", "maxmemory", "0")
    assert [message.msg_id for message in jsms_sandbox.messages] == [first]


@pytest.mark.parametrize("name", ["PostgreSQL", SQLITE])
def test_a_campaign_whose_disk_is_full_stops_and_reaches_everyone_once_when_there_is_space(
    name: str, jsms_sandbox: Sandbox
) -> None:
    people = [(str(13800138000 + number), {"code": "1234"}) for number in range(3000)]
    with full_store(name) as (_, disk, engine), JSMS(**jsms_sandbox.settings) as jsms:
        journal = str(disk.folder / "spring.db") if engine is None else f"{engine.database()}?campaign=spring"

        def send() -> Campaign:
            return jsms.campaigns.send(people, temp_id=1, journal=journal)

        disk.fill()
        with pytest.raises(JournalError, match="full|No space"):
            send()
        disk.free()
        campaign = send()
    sent = [message.mobile for message in jsms_sandbox.messages]
    assert len(set(sent)) == len(sent)
    assert campaign.counts.accepted + campaign.counts.unknown == len(people)
