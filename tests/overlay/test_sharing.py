"""One client for many threads, tasks, event loops and processes, and what closing it means."""

from __future__ import annotations

import asyncio
import gc
import json
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, cast

import httpx
import pytest
import trio

from example_server import ExampleResponse, ExampleServer, RecordedRequest
from jsms_client import JSMS, AsyncJSMS, JSMSError
from jsms_client._transport import AsyncTransports
from jsms_client.errors import ClientClosedError
from servers.faults import http_response, sends
from servers.raw_socket_server import RawSocketServer

from .calls import CALLS
from .drivers import APP_KEY, MASTER_SECRET, async_client, sync_client

if TYPE_CHECKING:
    from multiprocessing.connection import Connection as Pipe

    from jsms_client.results import SentMessage

SENT = sends(http_response(200, b'{"msg_id": "1"}'))


def test_threads_share_a_client(example_server: ExampleServer) -> None:
    with sync_client(example_server.base_url) as client, ThreadPoolExecutor(16) as threads:
        for _ in range(4):
            for done in [threads.submit(call.on, client) for call in CALLS.values()]:
                done.result(timeout=30)
    assert example_server.violations == []
    assert len(example_server.requests) == 4 * len(CALLS)


def test_every_response_reaches_the_thread_that_asked(example_server: ExampleServer) -> None:
    def echo(request: RecordedRequest, _response: ExampleResponse) -> ExampleResponse:
        return ExampleResponse.of_json(200, {"msg_id": str(json.loads(request.body)["temp_id"])})

    example_server.hook = echo
    with sync_client(example_server.base_url) as client, ThreadPoolExecutor(16) as threads:

        def send(number: int) -> bool:
            return client.codes.send("13800138000", temp_id=number).msg_id == str(number)

        assert all(threads.map(send, range(1, 201)))


def test_threads_get_the_same_resource() -> None:
    for _ in range(20):
        client = sync_client("http://127.0.0.1:1/v1")
        barrier = threading.Barrier(8)

        def look(client: JSMS = client, barrier: threading.Barrier = barrier) -> int:
            barrier.wait()
            return id(client.codes)

        with ThreadPoolExecutor(8) as threads:
            assert len({done.result() for done in [threads.submit(look) for _ in range(8)]}) == 1


def test_tasks_share_a_client(example_server: ExampleServer) -> None:
    async def main() -> None:
        async with async_client(example_server.base_url) as client:
            for _ in range(4):
                async with asyncio.TaskGroup() as tasks:
                    for call in CALLS.values():
                        tasks.create_task(call.on_async(client))

    asyncio.run(main())
    assert example_server.violations == []
    assert len(example_server.requests) == 4 * len(CALLS)


def test_tasks_of_trio_share_a_client(example_server: ExampleServer) -> None:
    async def main() -> None:
        async with async_client(example_server.base_url) as client, trio.open_nursery() as tasks:
            for call in CALLS.values():
                tasks.start_soon(call.on_async, client)

    trio.run(main)
    assert len(example_server.requests) == len(CALLS)


# The connections of an event loop that is gone cannot be closed; Python closes them, with a warning.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_an_async_client_works_in_one_event_loop_after_another(example_server: ExampleServer) -> None:
    client = async_client(example_server.base_url)
    for _ in range(3):
        asyncio.run(CALLS["sendCode"].on_async(client))
    trio.run(CALLS["sendCode"].on_async, client)
    assert len(example_server.requests) == 4
    del client
    _collect()


def test_an_async_client_works_in_two_event_loops_at_once() -> None:
    with RawSocketServer() as server, asyncio.Runner() as one, asyncio.Runner() as other:
        counts = server.play(SENT)
        client = async_client(server.base_url)
        for runner in (one, other) * 3:
            runner.run(CALLS["sendCode"].on_async(client))
        assert (counts.connections, counts.whole) == (2, 6)
        one.run(client.aclose())
        other.run(client.aclose())


def test_an_async_client_works_in_the_event_loops_of_many_threads() -> None:
    before = sys.getswitchinterval()
    transports = AsyncTransports("http://127.0.0.1:1/v1", fast=False)

    def open_many() -> None:
        for _ in range(20):
            with ExitStack() as loops:
                for _ in range(20):
                    loops.enter_context(asyncio.Runner()).run(transports.get())

    # Threads take turns as often as they can.
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as threads:
            for done in [threads.submit(open_many) for _ in range(6)]:
                done.result(timeout=60)
    finally:
        sys.setswitchinterval(before)


def test_connections_are_kept_between_calls() -> None:
    with RawSocketServer() as server, sync_client(server.base_url) as client:
        counts = server.play(SENT)
        for _ in range(5):
            CALLS["sendCode"].on(client)
    assert (counts.connections, counts.whole) == (1, 5)


def test_a_cancelled_call_leaves_the_client_usable(example_server: ExampleServer) -> None:
    async def main() -> None:
        with RawSocketServer() as server:
            client = async_client(server.base_url)
            held = sends(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{", then=lambda connection: connection.hold())
            counts = server.play(held)
            task = asyncio.create_task(CALLS["sendCode"].on_async(client))
            while not counts.whole:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            again = server.play(SENT)
            await CALLS["sendCode"].on_async(client)
            assert (again.connections, again.whole, counts.whole) == (1, 1, 1)
            await client.aclose()

    asyncio.run(main())


def _send_and_report(client: JSMS, pipe: Pipe) -> None:
    try:
        pipe.send(repr(CALLS["sendCode"].on(client)))
        client.close()
    except BaseException as error:  # noqa: BLE001 - the parent looks at it
        pipe.send(repr(error))
    finally:
        pipe.close()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_client_works_on_both_sides_of_a_fork() -> None:
    with RawSocketServer() as server, sync_client(server.base_url) as client:
        counts = server.play(SENT)
        CALLS["sendCode"].on(client)
        context = multiprocessing.get_context("fork")
        for _ in range(3):
            here, there = context.Pipe()
            child = context.Process(target=_send_and_report, args=(client, there))
            child.start()
            assert here.recv().startswith("SentMessage(msg_id='1'")
            child.join(30)
            assert child.exitcode == 0
            CALLS["sendCode"].on(client)
    # The parent has kept its own connection throughout; each child has opened one.
    assert (counts.connections, counts.whole) == (4, 7)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_client_works_after_a_fork_in_the_middle_of_a_call() -> None:
    with RawSocketServer() as server, sync_client(server.base_url) as client:
        counts = server.play(sends(b"HTTP/1.1 200 OK\r\n", then=lambda connection: connection.hold()))
        busy = threading.Thread(target=_swallow, args=(client,), daemon=True)
        busy.start()
        while not counts.whole:
            server.stopping.wait(0.01)
        server.play(SENT)
        child = os.fork()
        if child == 0:
            signal.alarm(40)
            code = 1
            try:
                code = 0 if cast("SentMessage", CALLS["sendCode"].on(client)).msg_id == "1" else 2
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
    busy.join(30)


def _collect() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


def _swallow(client: JSMS) -> None:
    with suppress(JSMSError):  # it is held until the server stops
        CALLS["sendCode"].on(client)


def test_a_closed_client_says_so(example_server: ExampleServer) -> None:
    client = sync_client(example_server.base_url)
    CALLS["sendCode"].on(client)
    client.close()
    client.close()
    for call in CALLS.values():
        with pytest.raises(ClientClosedError):
            call.on(client)
    with pytest.raises(ClientClosedError), client:
        pass
    assert len(example_server.requests) == 1


def test_a_closed_async_client_says_so(example_server: ExampleServer) -> None:
    async def main() -> None:
        client = async_client(example_server.base_url)
        await CALLS["sendCode"].on_async(client)
        await client.aclose()
        await client.aclose()
        for call in CALLS.values():
            with pytest.raises(ClientClosedError):
                await call.on_async(client)
        with pytest.raises(ClientClosedError):
            async with client:
                pass

    asyncio.run(main())
    assert len(example_server.requests) == 1


def test_closing_leaves_no_socket_behind(example_server: ExampleServer) -> None:
    _collect()  # what other tests have left behind
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with sync_client(example_server.base_url) as client:
            CALLS["sendCode"].on(client)
        del client

        async def main() -> None:
            async with async_client(example_server.base_url) as other:
                await CALLS["sendCode"].on_async(other)

        asyncio.run(main())
        gc.collect()
    assert [str(each.message) for each in seen if issubclass(each.category, ResourceWarning)] == []


def test_a_client_of_the_callers_is_used_as_it_is_and_left_open(example_server: ExampleServer) -> None:
    with httpx.Client(headers={"X-Team": "parcels"}, trust_env=False) as own:
        with JSMS(APP_KEY, MASTER_SECRET, base_url=example_server.base_url, http_client=own) as client:
            CALLS["sendCode"].on(client)
            CALLS["createSign"].on(client)
        assert not own.is_closed
        assert own.get(example_server.base_url).status_code == 400
    assert [request.headers.get("x-team") for request in example_server.requests] == ["parcels"] * 3
    assert example_server.requests[0].violations == example_server.requests[1].violations == ()


def test_an_async_client_of_the_callers_is_used_as_it_is_and_left_open(example_server: ExampleServer) -> None:
    async def main() -> None:
        async with httpx.AsyncClient(headers={"X-Team": "parcels"}, trust_env=False) as own:
            base_url = example_server.base_url
            async with AsyncJSMS(APP_KEY, MASTER_SECRET, base_url=base_url, http_client=own) as client:
                await CALLS["sendCode"].on_async(client)
                await CALLS["createSign"].on_async(client)
            assert not own.is_closed

    asyncio.run(main())
    assert [request.headers.get("x-team") for request in example_server.requests] == ["parcels"] * 2
    assert example_server.violations == []


def test_a_hook_of_the_callers_changes_the_timeouts_of_one_request_alone() -> None:
    seen: list[float] = []

    def hook(request: httpx.Request) -> None:
        seen.append(request.extensions["timeout"]["read"])
        request.extensions["timeout"]["read"] = 9.0

    with RawSocketServer() as server, httpx.Client(event_hooks={"request": [hook]}, trust_env=False) as own:
        server.play(SENT)
        client = JSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url, http_client=own, timeout=3)
        for _ in range(2):
            CALLS["sendCode"].on(client)
    assert seen == [3, 3]


def test_a_client_of_the_callers_does_not_follow_redirects_and_keeps_its_credentials_out() -> None:
    with (
        RawSocketServer() as server,
        httpx.Client(follow_redirects=True, auth=("somebody", "else"), trust_env=False) as own,
    ):
        client = JSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url, http_client=own)
        counts = server.play(sends(http_response(307, b"", f"Location: {server.base_url}/elsewhere")))
        with pytest.raises(Exception, match="redirect"):
            CALLS["sendCode"].on(client)
    assert counts.deliveries == 1
