"""Reports and replies in a store: shared by consumers, polled by one at a time, and not lost with a process."""

# Five seconds between polls would make every test take as long.
# pyright: reportPrivateUsage=false
from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from jsms_client import JSMS, AsyncJSMS, Store, StoreError
from jsms_client.errors import MissingMobileError
from jsms_client.results import DeliveryReport
from overlay.drivers import async_client, sync_client
from overlay.receipt_server import ReceiptServer, refuse, report, reports, respond

PACE = 0.2


@contextmanager
def polling(server: ReceiptServer) -> Generator[JSMS]:
    """Make a client that does not wait five seconds between polls."""
    with sync_client(server.base_url) as client:
        for feed in client.receipts._feeds.values():
            feed.get().seconds = PACE
        yield client


def take(client: JSMS, store: Store | str | Path, count: int) -> list[str]:
    """So many reports, all of them handled."""
    with client.receipts.iter_reports(store=store) as stream:
        return [record.msg_id for record in itertools.islice(stream, count)]


def test_records_that_were_fetched_wait_in_the_store_for_another_process(store_address: str) -> None:
    with ReceiptServer(reports(1, 2, 3)) as server, Store(store_address) as store:
        with polling(server) as first:
            assert take(first, store, 1) == ["1"]
        with polling(server) as second:
            assert take(second, store, 2) == ["2", "3"]
        assert len(server.polls) == 1


def test_a_report_is_the_same_with_and_without_a_store(tmp_path: Path) -> None:
    odd = {**report(1), "receiveTime": "not a time", "status": 4999, "new": {"field": ["值"]}}
    with ReceiptServer(respond([odd]), respond([odd])) as server, polling(server) as client:
        stored = next(client.receipts.iter_reports(store=tmp_path / "jsms.db"))
        assert stored == next(client.receipts.iter_reports())
        assert isinstance(stored, DeliveryReport)


def test_replies_are_kept_apart_from_reports_and_by_app(tmp_path: Path) -> None:
    reply = {"phone": "13800138000", "replyTime": 1492150800000, "content": "退订 TD"}
    with ReceiptServer(respond([reply]), reports(1)) as server, polling(server) as client:
        store = tmp_path / "jsms.db"
        assert next(client.receipts.iter_replies(store=store)).content == "退订 TD"
        assert take(client, store, 1) == ["1"]
        with JSMS("b" * 24, "c" * 24, base_url=server.base_url) as other:
            stream = other.receipts.iter_reports(store=store)
            stream.stop()
            assert list(stream) == []


def test_the_clients_own_store_is_used(tmp_path: Path) -> None:
    async def by_tasks() -> list[str]:
        async with AsyncJSMS("b" * 24, "c" * 24, base_url=server.base_url, store=tmp_path / "jsms.db") as client:
            found: list[str] = []
            async with client.receipts.iter_reports() as stream:
                async for record in stream:
                    found.append(record.msg_id)
                    if len(found) == 2:
                        break
            return found

    with ReceiptServer(reports(1, 2, 3)) as server:
        assert asyncio.run(by_tasks()) == ["1", "2"]
        with closing(sqlite3.connect(tmp_path / "jsms.db")) as connection:
            assert connection.execute("SELECT count(*) FROM jsms_items").fetchall() == [(1,)]


def test_a_record_whose_handling_failed_is_handed_out_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "jsms.db", lease=0.3)
    with ReceiptServer(reports(1, 2)) as server, polling(server) as client:
        with pytest.raises(LookupError), client.receipts.iter_reports(store=store) as stream:
            for record in stream:
                raise LookupError(record.msg_id)
        time.sleep(0.4)
        assert sorted(take(client, store, 2)) == ["1", "2"]


def test_consumers_share_the_records_and_one_of_them_polls_at_a_time(store_address: str) -> None:
    async def consume(client: AsyncJSMS, found: list[str], everything: asyncio.Event) -> None:
        async with client.receipts.iter_reports() as stream:
            watcher = asyncio.create_task(everything.wait())
            watcher.add_done_callback(lambda _: stream.stop())
            async for record in stream:
                found.append(record.msg_id)
                if len(found) == 30:
                    everything.set()

    async def run(server: ReceiptServer) -> list[str]:
        found: list[str] = []
        everything = asyncio.Event()
        clients = [async_client(server.base_url) for _ in range(3)]
        with Store(store_address) as store:
            for client in clients:
                client.store = client._executor.store = store
                client.receipts._feeds["pollReports"].get().seconds = PACE
            async with asyncio.timeout(30):
                await asyncio.gather(*(consume(client, found, everything) for client in clients))
        for client in clients:
            await client.aclose()
        return found

    with ReceiptServer(reports(*range(10)), reports(*range(10, 20)), reports(*range(20, 30))) as server:
        assert sorted(asyncio.run(run(server)), key=int) == [str(number) for number in range(30)]
        times = [moment for moment, _ in server.polls]
    assert all(later - earlier >= PACE for earlier, later in itertools.pairwise(times))


def consume_until_killed(server: ReceiptServer, address: str, seen: Path) -> None:
    """Take records; be killed at every sixth, twice, and end when all were seen."""
    with polling(server) as client, Store(address, lease=1.0) as store:
        for record in client.receipts.iter_reports(store=store):
            with seen.open("a") as file:
                file.write(f"{record.msg_id}\n")
            # Not each time: on a slow machine their leases would end before anyone came to the others.
            if int(record.msg_id) % 6 == 5 and seen.read_text().split().count(record.msg_id) <= 2:
                os.kill(os.getpid(), signal.SIGKILL)
            if len(set(seen.read_text().split())) == 40:
                os._exit(0)


def test_a_consumer_that_is_killed_again_and_again_loses_no_record(store_address: str, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    seen.touch()
    with ReceiptServer(*(reports(*range(start, start + 10)) for start in range(0, 40, 10))) as server:
        while len(set(seen.read_text().split())) < 40:
            child = os.fork()
            if child == 0:
                try:
                    consume_until_killed(server, store_address, seen)
                finally:
                    os._exit(1)
            assert os.waitpid(child, 0)[1] in (0, signal.SIGKILL), seen.read_text()
    times = Counter(seen.read_text().split())
    # What the killed ones had in hand came once more, and nothing else did.
    assert {number for number, count in times.items() if count > 1} <= {str(n) for n in range(40) if n % 6 == 5}


def test_a_record_that_cannot_be_read_costs_none_of_the_others(tmp_path: Path) -> None:
    with (
        ReceiptServer(respond([report(1), {"phone": "13800138000"}, 7, report(2)])) as server,
        polling(server) as client,
        client.receipts.iter_reports(store=tmp_path / "jsms.db") as stream,
    ):
        assert [next(stream).msg_id, next(stream).msg_id] == ["1", "2"]
        assert [each.raw for each in stream.malformed] == [{"phone": "13800138000"}, 7]


def test_what_a_poll_fails_with_is_raised_once_and_the_iterator_goes_on(tmp_path: Path) -> None:
    with ReceiptServer(refuse(50004, 401), reports(1)) as server, polling(server) as client:
        stream = client.receipts.iter_reports(store=tmp_path / "jsms.db")
        with pytest.raises(MissingMobileError):
            next(stream)
        assert next(stream).msg_id == "1"


def test_records_that_cannot_be_written_are_handed_out_from_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from jsms_client.store._sql import SQLBackend

    def fail(*_: object) -> None:
        raise StoreError("the store is full")

    with ReceiptServer(reports(1, 2)) as server, polling(server) as client:
        stream = client.receipts.iter_reports(store=tmp_path / "jsms.db")
        with monkeypatch.context() as patch:
            patch.setattr(SQLBackend, "push", fail)
            assert next(stream).msg_id == "1"
        assert next(stream).msg_id == "2"
    assert "kept in memory alone, as the store is full" in caplog.text


def test_a_store_that_is_not_reached_fetches_nothing(tmp_path: Path) -> None:
    with ReceiptServer(reports(1)) as server, polling(server) as client:
        stream = client.receipts.iter_reports(store=tmp_path / "missing" / "jsms.db")
        with pytest.raises(StoreError):
            next(stream)
        assert server.polls == []


def test_the_async_client_does_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from jsms_client.store._sql import SQLBackend

    def fail(*_: object) -> None:
        raise StoreError("the store is full")

    async def run(server: ReceiptServer, store: Store) -> None:
        async with async_client(server.base_url) as client:
            for feed in client.receipts._feeds.values():
                feed.get().seconds = PACE
            stream = client.receipts.iter_reports(store=store)
            assert [(await anext(stream)).msg_id for _ in range(2)] == ["1", "2"]
            assert [each.raw for each in stream.malformed] == [7]
            with pytest.raises(LookupError):
                async with client.receipts.iter_reports(store=store) as failing:
                    async for record in failing:
                        raise LookupError(record.msg_id)
            with monkeypatch.context() as patch:
                patch.setattr(SQLBackend, "push", fail)
                assert (await anext(stream)).msg_id == "4"
            stream.stop()
            with pytest.raises(StopAsyncIteration):
                await anext(stream)
            assert (await anext(client.receipts.iter_replies(store=store))).content == "TD"

    reply = {"phone": "13800138000", "replyTime": 1492150800000, "content": "TD"}
    acts = (respond([report(1), 7, report(2), report(3)]), reports(4), respond([reply]))
    with ReceiptServer(*acts) as server:
        asyncio.run(run(server, Store(tmp_path / "jsms.db")))
    assert "kept in memory alone" in caplog.text
