"""Which connection a call uses, how many there are, and what happens to a broken one."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import FrameType
from typing import Any, Literal, cast

import anyio
import anyio.lowlevel
import httpcore
import httpx
import pytest

from jsms_client import ConnectionFailedError, RetryPolicy, Timeouts
from jsms_client._async.fast import AsyncFastConnection
from jsms_client._async.pool import AsyncConnection as AsyncConnections
from jsms_client._async.pool import AsyncNetwork
from jsms_client._concurrency import AsyncSlots, Slot, Slots
from jsms_client._sync.fast import FastConnection
from jsms_client._sync.pool import Connection as Connections
from jsms_client._sync.pool import ConnectionPool, Network
from jsms_client.errors import PoolTimeoutError, RequestTimeoutError
from servers.faults import http_response, sends
from servers.raw_socket_server import Connection, RawSocketServer, Script
from servers.tls import CERTIFICATE, encrypted, encrypted_together

from .calls import CALLS
from .drivers import DRIVERS, async_client, sync_client

SENT = http_response(200, b'{"msg_id": "1"}')
OWN = tuple(DRIVERS)
KEEPING = ("sync", "asyncio", "sync-fast", "asyncio-fast")
ONCE = RetryPolicy(attempts=1)


@pytest.fixture(autouse=True)
def two_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    for client in ("_async", "_sync"):
        monkeypatch.setattr(f"jsms_client.{client}.pool.MOST_CONNECTIONS", 2)


@pytest.mark.parametrize("flavour", KEEPING)
def test_one_call_after_another_uses_one_connection(server: RawSocketServer, flavour: str) -> None:
    counts = server.play(sends(SENT))
    driver = DRIVERS[flavour](server.base_url)
    for _ in range(5):
        driver.make(CALLS["sendCode"])
    driver.close()
    assert (counts.connections, counts.whole) == (1, 5)


@pytest.mark.parametrize("flavour", KEEPING)
def test_a_connection_that_was_idle_for_long_is_not_used(
    server: RawSocketServer, flavour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for client in ("_async", "_sync"):
        monkeypatch.setattr(f"jsms_client.{client}.pool.KEPT_FOR", 0.05)
    counts = server.play(sends(SENT))
    driver = DRIVERS[flavour](server.base_url)
    for _ in range(3):
        driver.make(CALLS["sendCode"])
        time.sleep(0.06)
    driver.close()
    assert counts.connections == 3


@pytest.mark.parametrize("flavour", KEEPING)
def test_a_connection_that_the_service_closed_meanwhile_is_not_used(server: RawSocketServer, flavour: str) -> None:
    counts = server.play(sends(SENT, then=Connection.close))
    driver = DRIVERS[flavour](server.base_url)
    for _ in range(10):
        driver.make(CALLS["sendCode"])
        server.settle()  # meanwhile an event loop is blocked
    driver.close()
    assert counts.whole == counts.connections == 10


@pytest.mark.parametrize("flavour", KEEPING)
@pytest.mark.parametrize("more", [b"\r\n", b"garbage", b"HTTP/1.1 20", http_response(200, b'{"msg_id": "2"}')])
def test_what_comes_behind_a_response_is_not_taken_for_the_next_one(
    server: RawSocketServer, flavour: str, more: bytes
) -> None:
    counts = server.play(sends(SENT + more))
    driver = DRIVERS[flavour](server.base_url)
    for _ in range(3):
        assert "msg_id='1'" in repr(driver.make(CALLS["sendCode"]))
        server.settle()
    driver.close()
    assert counts.whole == 3


@pytest.mark.parametrize("flavour", KEEPING)
def test_a_response_that_is_not_read_to_its_end_costs_its_connection(server: RawSocketServer, flavour: str) -> None:
    server.play(sends(http_response(200, b"x" * 1_000_000, "Content-Encoding: br")))
    driver = DRIVERS[flavour](server.base_url)
    with pytest.raises(Exception, match="not asked for"):
        driver.make(CALLS["sendCode"])
    counts = server.play(sends(SENT))
    driver.make(CALLS["sendCode"])
    driver.close()
    assert (counts.connections, counts.whole) == (1, 1)


def test_threads_that_find_no_free_connection_get_an_error_of_its_own(server: RawSocketServer) -> None:
    counts = server.play(Script(Connection.hold))
    with (
        sync_client(server.base_url, timeout=Timeouts(read=5, pool=0.1), retry=ONCE) as client,
        ThreadPoolExecutor(2) as threads,
    ):
        busy = [threads.submit(CALLS["getAppBalance"].on, client) for _ in range(2)]
        while counts.connections < 2:
            time.sleep(0.01)
        with pytest.raises(PoolTimeoutError, match="no connection was free in time") as caught:
            CALLS["sendCode"].on(client)
        server.stopping.set()
        assert all(isinstance(call.exception(), Exception) for call in busy)
    check_exhausted(caught.value)
    assert counts.connections == 2


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_tasks_that_find_no_free_connection_get_an_error_of_its_own(
    server: RawSocketServer, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = server.play(Script(Connection.hold))

    async def main() -> None:
        client = async_client(server.base_url, timeout=Timeouts(read=5, pool=0.1), retry=ONCE)
        async with client, anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(CALLS["getAppBalance"].on_async, client)
            while counts.connections < 2:
                await anyio.sleep(0.01)
            with pytest.raises(PoolTimeoutError, match="no connection was free in time") as caught:
                await CALLS["sendCode"].on_async(client)
            check_exhausted(caught.value)
            tasks.cancel_scope.cancel()

    anyio.run(main, backend=backend)
    assert counts.connections == 2


def check_exhausted(error: PoolTimeoutError) -> None:
    assert isinstance(error, ConnectionFailedError)
    assert isinstance(error, RequestTimeoutError)
    assert error.attempts == 0
    assert "not reached" not in str(error)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_calls_wait_for_their_turn_in_the_order_they_came(
    server: RawSocketServer, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jsms_client._async.pool.MOST_CONNECTIONS", 1)
    counts = server.play(sends(SENT))
    done: list[int] = []

    async def main() -> None:
        async with async_client(server.base_url) as client:

            async def call(number: int) -> None:
                await CALLS["sendCode"].on_async(client)
                done.append(number)

            async with anyio.create_task_group() as tasks:
                for number in range(10):
                    tasks.start_soon(call, number)
                    await anyio.sleep(0.002)

    anyio.run(main, backend=backend)
    assert done == list(range(10))
    assert counts.whole == 10


def test_many_threads_share_few_connections(server: RawSocketServer) -> None:
    counts = server.play(sends(SENT))
    with sync_client(server.base_url) as client, ThreadPoolExecutor(16) as threads:
        for call in [threads.submit(CALLS["sendCode"].on, client) for _ in range(200)]:
            call.result(timeout=30)
    assert counts.whole == 200
    assert counts.connections <= 2


@pytest.mark.parametrize("transport", ["httpx", "fast"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_what_comes_with_a_response_over_tls_is_not_taken_for_the_next_one(
    server: RawSocketServer, monkeypatch: pytest.MonkeyPatch, backend: str, transport: Literal["httpx", "fast"]
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    counts = server.play(encrypted_together(SENT, SENT.replace(b'"1"', b'"2"')))

    async def main() -> None:
        async with async_client(server.base_url.replace("http:", "https:"), transport=transport) as client:
            for _ in range(3):
                assert "msg_id='1'" in repr(await CALLS["sendCode"].on_async(client))

    anyio.run(main, backend=backend)
    assert counts.connections == 3


@pytest.mark.parametrize("transport", ["httpx", "fast"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_connection_with_tls_is_used_again(
    server: RawSocketServer, monkeypatch: pytest.MonkeyPatch, backend: str, transport: Literal["httpx", "fast"]
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    counts = server.play(encrypted_together(SENT))

    async def main() -> None:
        async with async_client(server.base_url.replace("http:", "https:"), transport=transport) as client:
            for _ in range(3):
                assert "msg_id='1'" in repr(await CALLS["sendCode"].on_async(client))

    anyio.run(main, backend=backend)
    assert counts.connections == 1


@pytest.mark.parametrize("transport", ["httpx", "fast"])
def test_a_blocking_connection_with_tls_is_used_again(
    server: RawSocketServer, monkeypatch: pytest.MonkeyPatch, transport: Literal["httpx", "fast"]
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    counts = server.play(encrypted_together(SENT))
    with sync_client(server.base_url.replace("http:", "https:"), transport=transport) as client:
        for _ in range(3):
            assert "msg_id='1'" in repr(CALLS["sendCode"].on(client))
    assert counts.connections == 1


def test_a_call_that_ends_after_its_client_was_closed_keeps_no_connection(server: RawSocketServer) -> None:
    ended = threading.Event()

    def act(connection: Connection) -> None:
        connection.read_request()
        connection.wait(0.2)
        connection.send(SENT)
        if not connection.socket.recv(1):
            ended.set()
        connection.close()

    counts = server.play(Script(act))
    client = sync_client(server.base_url)
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(CALLS["sendCode"].on, client)
        while not counts.whole:
            time.sleep(0.005)
        client.close()
        assert "msg_id='1'" in repr(call.result(timeout=30))
    assert ended.wait(30)


def test_a_whole_response_that_comes_unasked_is_not_taken_for_the_next_one_whatever_httpcore_says(
    server: RawSocketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def says_so(_: object) -> bool:
        return True

    for connection in (Connections, AsyncConnections):
        monkeypatch.setattr(connection, "is_clean", says_so)
    for flavour in ("sync", "asyncio"):
        counts = server.play(sends(SENT + SENT.replace(b'"1"', b'"2"')))
        driver = DRIVERS[flavour](server.base_url)
        for _ in range(3):
            assert "msg_id='1'" in repr(driver.make(CALLS["sendCode"]))
        driver.close()
        assert counts.whole == 3


@pytest.mark.parametrize("flavour", KEEPING)
def test_after_many_calls_at_once_few_connections_stay_open(
    server: RawSocketServer, flavour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("_async", "_sync"):
        monkeypatch.setattr(f"jsms_client.{module}.pool.KEPT_FOR", 0.2)
    seen: list[socket.socket] = []

    def act(connection: Connection) -> None:
        seen.append(connection.socket)
        connection.read_request()
        connection.wait(0.1)
        connection.send(SENT)

    def close_meanwhile() -> bool:
        time.sleep(0.1)  # for the server to notice
        return len({sock for sock in seen if sock.fileno() == -1}) == 1

    counts = server.play(Script(act))
    transport: Literal["httpx", "fast"] = "fast" if flavour.endswith("fast") else "httpx"
    if flavour.startswith("sync"):
        with sync_client(server.base_url, transport=transport) as client, ThreadPoolExecutor(2) as threads:
            for call in [threads.submit(CALLS["sendCode"].on, client) for _ in range(2)]:
                call.result(timeout=30)
            for _ in range(4):
                CALLS["sendCode"].on(client)
            assert close_meanwhile()
    else:

        async def main() -> None:
            async with async_client(server.base_url, transport=transport) as client:
                async with anyio.create_task_group() as tasks:
                    for _ in range(2):
                        tasks.start_soon(CALLS["sendCode"].on_async, client)
                for _ in range(4):
                    await CALLS["sendCode"].on_async(client)
                await anyio.lowlevel.checkpoint()
                assert close_meanwhile()

        anyio.run(main)
    assert counts.whole == 6


@pytest.mark.parametrize("flavour", OWN)
def test_a_connection_that_cannot_be_made_costs_no_other_call_its_turn(
    server: RawSocketServer, flavour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise MemoryError

    server.play(sends(SENT))
    driver = DRIVERS[flavour](server.base_url, timeout=Timeouts(pool=0.1))
    with monkeypatch.context() as context:
        for kind in (AsyncConnections, Connections, AsyncFastConnection, FastConnection):
            context.setattr(kind, "__init__", fails)
        for _ in range(3):
            with pytest.raises(MemoryError):
                driver.make(CALLS["sendCode"])
    driver.make(CALLS["sendCode"])
    driver.close()


@pytest.mark.parametrize("flavour", OWN)
def test_a_body_that_cannot_be_closed_costs_no_other_call_its_turn(
    server: RawSocketServer, flavour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unclosable(httpx.ByteStream):
        def close(self) -> None:
            raise KeyboardInterrupt

        async def aclose(self) -> None:
            raise KeyboardInterrupt

    def respond(*_: object) -> httpx.Response:
        return httpx.Response(200, stream=Unclosable(b"{}"))

    async def respond_async(*_: object) -> httpx.Response:
        return respond()

    server.play(sends(SENT))
    driver = DRIVERS[flavour](server.base_url, timeout=Timeouts(pool=0.1))
    with monkeypatch.context() as context:
        context.setattr(httpx.HTTPTransport, "handle_request", respond)
        context.setattr(httpx.AsyncHTTPTransport, "handle_async_request", respond_async)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                driver.make(CALLS["sendCode"])
    driver.make(CALLS["sendCode"])
    driver.close()


INTERRUPTED = """
def write():
    try:
        handler(10, sys._getframe())
    except OSError as error:
        raise httpcore.WriteError from error
"""


class BrokenStream(httpcore.NetworkStream):
    """Cannot write, and responds."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        raise self.error

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return b"too large"

    def close(self) -> None:
        """Do nothing."""


class AsyncBrokenStream(httpcore.AsyncNetworkStream):
    """Cannot write, and responds."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        raise self.error

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return b"too large"

    def abort(self) -> None:
        """Do nothing."""


def respond_after(error: Exception, flavour: str) -> bytes:
    """Write to a network that fails with an error, and return what can be read from it."""
    if flavour == "sync":
        network = Network(0)
        network.inner = BrokenStream(error)
        network.write(b"image")
        return network.read(100)

    async def main() -> bytes:
        network = AsyncNetwork(0)
        network.inner = AsyncBrokenStream(error)
        await network.write(b"image")
        return await network.read(100)

    return asyncio.run(main())


@pytest.mark.parametrize("flavour", ["sync", "asyncio"])
def test_what_a_signal_handler_raises_during_a_write_is_not_taken_for_the_sockets(flavour: str) -> None:
    def handler(_signal: int, _frame: object) -> None:
        raise TimeoutError

    module: dict[str, object] = {"__name__": "socket", "handler": handler, "httpcore": httpcore, "sys": sys}
    exec(INTERRUPTED, module)
    with pytest.raises(httpcore.WriteError) as caught:
        cast("Callable[[], None]", module["write"])()
    with pytest.raises(httpcore.WriteError) as raised:
        respond_after(caught.value, flavour)
    assert raised.value is caught.value
    assert respond_after(httpcore.WriteError("the service has closed"), flavour) == b"too large"


def test_nothing_is_read_after_the_deadline() -> None:
    network = Network(0)
    network.inner = BrokenStream(OSError())
    network.expect(0)
    with pytest.raises(httpcore.ReadTimeout):
        network.read(100)

    async def main() -> None:
        network = AsyncNetwork(0)
        network.inner = AsyncBrokenStream(OSError())
        network.expect(0)
        with pytest.raises(httpcore.ReadTimeout):
            await network.read(100)

    asyncio.run(main())


def test_nothing_is_read_from_a_connection_that_was_closed() -> None:
    with pytest.raises(httpcore.ReadError, match="closed"):
        Network(0).read(100)
    with pytest.raises(httpcore.ReadError, match="closed"):
        asyncio.run(AsyncNetwork(0).read(100))


@pytest.mark.parametrize("transport", ["httpx", "fast"])
def test_a_call_that_is_interrupted_does_not_close_the_connection_that_it_has_given_back(
    server: RawSocketServer, transport: Literal["httpx", "fast"]
) -> None:
    interrupted = threading.Event()

    def act(connection: Connection) -> None:
        connection.read_request()
        if connection.counts.whole > 1:
            interrupted.wait(30)
        connection.send(SENT)

    counts = server.play(Script(act))
    with sync_client(server.base_url, transport=transport) as client, ThreadPoolExecutor(2) as threads:
        others: list[Future[object]] = []

        def interrupt(frame: FrameType, _event: str, _arg: object) -> Any:
            pool = frame.f_locals.get("self")
            if frame.f_code.co_name != "_keep" or not isinstance(pool, ConnectionPool):
                return None
            if not others and vars(pool)["_idle"]:
                # It has just been given back, and another thread uses it.
                others.append(threads.submit(CALLS["sendCode"].on, client))
                counts.settle(2)
                raise KeyboardInterrupt
            return interrupt

        def call() -> None:
            sys.settrace(interrupt)
            try:
                CALLS["sendCode"].on(client)
            finally:
                sys.settrace(None)

        with pytest.raises(KeyboardInterrupt):
            threads.submit(call).result(timeout=60)
        interrupted.set()
        assert "msg_id='1'" in repr(others[0].result(timeout=30))
    assert (counts.connections, counts.whole) == (1, 2)


def test_a_slot_that_is_lost_comes_back_and_outlives_its_pool() -> None:
    slots = Slots(1)
    lost = slots.acquire(None)
    assert lost is not None
    assert slots.acquire(0.01) is None
    del lost
    kept = slots.acquire(0.1)
    assert kept is not None
    del slots
    kept.release()
    # An exception of a signal handler may come before it is all made.
    Slot.__new__(Slot).release()


def test_a_slot_is_handed_on_when_the_call_that_gets_it_is_cancelled() -> None:
    async def main() -> None:
        slots = AsyncSlots(1)
        first = await slots.acquire(None)
        assert first is not None
        second, third = (asyncio.create_task(slots.acquire(seconds)) for seconds in (1, None))
        await asyncio.sleep(0)
        first.release()
        second.cancel()
        assert await third is not None
        assert await slots.acquire(0.01) is None

    asyncio.run(main())


def test_a_slot_goes_to_the_next_call_when_the_first_has_waited_too_long() -> None:
    async def main() -> None:
        slots = AsyncSlots(1)
        first = await slots.acquire(None)
        assert first is not None
        second, third = asyncio.create_task(slots.acquire(0.01)), asyncio.create_task(slots.acquire(1))
        await asyncio.sleep(0)
        # In one turn of the loop, its time is over and the slot is free.
        time.sleep(0.02)  # noqa: ASYNC251 - so that no other turn comes in between
        asyncio.get_running_loop().call_later(0, first.release)
        assert await second is None
        assert await third is not None
        assert await slots.acquire(0.01) is None

    asyncio.run(main())


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_tasks_that_start_together_share_one_pool(
    server: RawSocketServer, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    # Reading the certificates takes the time of a worker thread.
    monkeypatch.setattr("jsms_client._route._trusted", {})
    counts = server.play(encrypted(SENT, requests=5))

    async def main() -> None:
        base_url = server.base_url.replace("http:", "https:")
        async with async_client(base_url) as client, anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(CALLS["sendCode"].on_async, client)

    anyio.run(main, backend=backend)
    assert counts.whole == 5
    assert counts.connections <= 2


def test_a_client_that_is_dropped_leaves_no_connection_open(server: RawSocketServer) -> None:
    ended = threading.Event()

    def act(connection: Connection) -> None:
        connection.read_request()
        connection.send(SENT)
        connection.hold()
        ended.set()

    server.play(Script(act))

    async def main() -> None:
        client = async_client(server.base_url)
        await CALLS["sendCode"].on_async(client)
        del client
        gc.collect()
        await asyncio.sleep(0.01)
        assert ended.wait(5)

    asyncio.run(main())
