"""What is special about receipts in async code: cancellation, tasks, and both event loops."""

# Five seconds between polls would make every test take as long.
# pyright: reportPrivateUsage=false
from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import threading
import time
import warnings
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import pytest
import trio

from jsms_client import AsyncJSMS
from jsms_client._concurrency import AsyncResettableEvent, ResettableEvent
from jsms_client.errors import ConnectionFailedError, UnknownOutcomeError
from servers.raw_socket_server import refusing_port

from .drivers import async_client
from .receipt_server import ReceiptServer, after, drop, refuse, report, reports, respond

PACE = 0.2

Test = Callable[[], Coroutine[object, object, None]]


def asyncio_run(test: Test) -> None:
    asyncio.run(_awaited(test))


async def _awaited(test: Test) -> None:
    await test()


both = pytest.mark.parametrize("run", [asyncio_run, trio.run])


@asynccontextmanager
async def polling(server: ReceiptServer, pace: float = PACE) -> AsyncGenerator[AsyncJSMS]:
    async with async_client(server.base_url) as client:
        client.receipts._feeds["pollReports"].get().seconds = pace
        yield client


@both
def test_records_come_one_by_one_across_polls(run: Callable[[Test], None]) -> None:
    async def test() -> None:
        with ReceiptServer(reports(1, 2), refuse(50009), reports(3)) as server:
            async with polling(server) as client, client.receipts.iter_reports() as stream:
                seen: list[str] = []
                async for record in stream:
                    seen.append(record.msg_id)
                    if len(seen) == 3:
                        stream.stop()
                assert seen == ["1", "2", "3"]

    run(test)


@both
def test_an_unknown_outcome_is_raised_and_the_iterator_goes_on(run: Callable[[Test], None]) -> None:
    async def test() -> None:
        with ReceiptServer(drop, reports(1)) as server:
            async with polling(server) as client:
                stream = client.receipts.iter_reports()
                with pytest.raises(UnknownOutcomeError):
                    await anext(stream)
                assert (await anext(stream)).msg_id == "1"

    run(test)


@both
def test_cancelling_a_poll_that_is_under_way_loses_no_record(run: Callable[[Test], None]) -> None:
    async def test() -> None:
        ready = threading.Event()
        with ReceiptServer(after(ready, reports(1, 2))) as server:
            async with polling(server) as client:
                stream = client.receipts.iter_reports()
                threading.Timer(0.4, ready.set).start()
                seen: list[str] = []
                with anyio.move_on_after(0.1):
                    seen.append((await anext(stream)).msg_id)
                while len(seen) < 2:
                    seen.append((await anext(stream)).msg_id)
                assert seen == ["1", "2"]
                assert len(server.polls) == 1

    run(test)


def test_a_task_that_is_cancelled_loses_no_record() -> None:
    async def test() -> None:
        ready = threading.Event()
        with ReceiptServer(after(ready, reports(1))) as server:
            async with polling(server) as client:
                stream = client.receipts.iter_reports()
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(stream), 0.1)
                ready.set()
                assert (await asyncio.wait_for(anext(stream), 30)).msg_id == "1"
                assert len(server.polls) == 1

    asyncio.run(test())


def test_what_a_cancelled_poll_failed_with_is_raised_by_the_next() -> None:
    async def test() -> None:
        ready = threading.Event()
        with ReceiptServer(after(ready, drop), reports(1)) as server:
            async with polling(server) as client:
                stream = client.receipts.iter_reports()
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(stream), 0.1)
                ready.set()
                with pytest.raises(UnknownOutcomeError):
                    await anext(stream)
                assert (await anext(stream)).msg_id == "1"

    asyncio.run(test())


@both
def test_stopping_from_another_thread_wakes_the_wait_at_once(run: Callable[[Test], None]) -> None:
    async def test() -> None:
        with ReceiptServer() as server:
            async with polling(server, 60) as client:
                stream = client.receipts.iter_reports()
                threading.Timer(0.2, stream.stop).start()
                started = time.monotonic()
                assert [record async for record in stream] == []
                assert time.monotonic() - started < 30

    run(test)


@both
def test_stopping_from_another_task_wakes_the_wait_at_once(run: Callable[[Test], None]) -> None:
    async def test() -> None:
        with ReceiptServer(reports(1)) as server:
            async with polling(server, 60) as client, anyio.create_task_group() as tasks:
                stream = client.receipts.iter_reports()

                async def stop() -> None:
                    await anyio.sleep(0.2)
                    stream.stop()

                tasks.start_soon(stop)
                assert [record.msg_id async for record in stream] == ["1"]

    run(test)


@both
def test_tasks_that_iterate_at_once_share_records_and_pace(run: Callable[[Test], None]) -> None:
    async def test() -> None:
        with ReceiptServer(reports(1, 2), reports(3, 4)) as server:
            async with polling(server) as client:
                streams = [client.receipts.iter_reports() for _ in range(3)]
                seen: list[str] = []

                async def consume(place: int) -> None:
                    async for record in streams[place]:
                        seen.append(record.msg_id)
                        if len(seen) == 4:
                            for stream in streams:
                                stream.stop()
                        await anyio.lowlevel.checkpoint()

                async with anyio.create_task_group() as tasks:
                    for place in range(3):
                        tasks.start_soon(consume, place)
                assert sorted(seen) == ["1", "2", "3", "4"]
                assert server.polls[1][0] - server.polls[0][0] > PACE * 0.9

    run(test)


def test_records_outlive_the_event_loop_that_fetched_them() -> None:
    with ReceiptServer(reports(1, 2)) as server, asyncio.Runner() as first, asyncio.Runner() as second:
        client = async_client(server.base_url)

        async def take() -> str:
            return (await anext(client.receipts.iter_reports())).msg_id

        assert first.run(take()) == "1"
        assert second.run(take()) == "2"
        first.run(client.aclose())
        second.run(client.aclose())


async def _give_up(client: AsyncJSMS, server: ReceiptServer) -> None:
    waiting = asyncio.ensure_future(anext(client.receipts.iter_reports()))
    while not server.asked.is_set():
        await asyncio.sleep(0.01)
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting


async def _take_and_close(client: AsyncJSMS) -> str:
    try:
        return (await anext(client.receipts.iter_reports())).msg_id
    finally:
        await client.aclose()


def test_a_loop_that_ends_in_the_middle_of_a_poll_does_not_block_the_next() -> None:
    with ReceiptServer(after(threading.Event(), drop), reports(1)) as server:
        client = async_client(server.base_url)
        client.receipts._feeds["pollReports"].get().seconds = PACE
        asyncio.run(_give_up(client, server))
        assert asyncio.run(_take_and_close(client)) == "1"
        del client
        with warnings.catch_warnings():
            # The connection of the first loop, which could not be closed after it ended.
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


def test_broken_records_are_kept_beside_the_others() -> None:
    async def test() -> None:
        with ReceiptServer(respond([report(1), {"phone": 1}])) as server:
            async with polling(server) as client:
                stream = client.receipts.iter_reports()
                assert (await anext(stream)).msg_id == "1"
                assert [malformed.problem for malformed in stream.malformed] == ["has no msgId"]
                assert len((await client.receipts.replies()).malformed) == 0

    asyncio.run(test())


def test_replies_are_iterated_over_too() -> None:
    reply = {"phone": "13800138000", "replyTime": 1492150800000, "content": "TD"}

    async def test() -> None:
        with ReceiptServer(respond([reply])) as server:
            async with polling(server) as client:
                stream = client.receipts.iter_replies()
                assert (await anext(stream)).content == "TD"
                stream.stop()
                assert repr(stream) == "<AsyncReceiptStream stopped>"

    asyncio.run(test())


def test_a_service_that_was_never_reached_is_raised() -> None:
    async def test() -> None:
        with refusing_port() as port:
            async with async_client(f"http://127.0.0.1:{port}/v1") as client:
                with pytest.raises(ConnectionFailedError):
                    await anext(client.receipts.iter_reports())

    asyncio.run(test())


def test_an_outage_is_waited_out_once_the_service_has_responded(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        with ReceiptServer(reports(1)) as server:
            port = server.port
            client = async_client(server.base_url)
            client.receipts._feeds["pollReports"].get().seconds = PACE
            stream = client.receipts.iter_reports()
            assert (await anext(stream)).msg_id == "1"
        async with client:
            waiting = asyncio.ensure_future(anext(stream))
            while "trying again" not in caplog.text:
                await asyncio.sleep(0.01)
            with ReceiptServer(reports(2), port=port):
                assert (await waiting).msg_id == "2"

    with caplog.at_level(logging.WARNING, "jsms_client"):
        asyncio.run(test())


def test_an_interrupted_poll_leaves_the_iterator_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupted() -> None:
        raise KeyboardInterrupt

    async def test() -> None:
        with ReceiptServer(reports(1)) as server:
            async with polling(server, 0) as client:
                stream = client.receipts.iter_reports()
                with monkeypatch.context() as patch:
                    patch.setattr(stream, "_poll", interrupted)
                    with pytest.raises(KeyboardInterrupt):
                        await anext(stream)
                assert (await anext(stream)).msg_id == "1"

    trio.run(test)


def test_waking_before_the_wait_ends_the_wait() -> None:
    async def test() -> None:
        event = AsyncResettableEvent()
        event.set()
        with anyio.fail_after(30):
            await event.wait(60)
            await event.wait(0.01)

    asyncio.run(test())
    event = ResettableEvent()
    event.set()
    event.set()
    started = time.monotonic()
    event.wait(60)
    assert time.monotonic() - started < 30
    event.wait(0.05)
    assert time.monotonic() - started > 0.04
