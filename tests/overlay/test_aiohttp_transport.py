"""What the extra ``fast`` changes: how quickly, and nothing else."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import traceback
import warnings
from collections.abc import Callable

import httpx
import pytest
import trio

from jsms_client import ConnectionFailedError, RetryPolicy, Timeouts
from jsms_client._async.pool import AsyncConnectionPool
from jsms_client._transport import open_async_transport
from jsms_client.aiohttp_transport import OnceTransport
from jsms_client.errors import UnknownOutcomeError
from servers.faults import answer, sends
from servers.raw_socket_server import Connection, RawSocketServer, Script

from .calls import CALLS
from .drivers import AsyncioDriver, async_client

SENT = answer(200, b'{"msg_id": "1"}')
ONCE = RetryPolicy(attempts=1)


async def opened(base_url: str) -> type[httpx.AsyncBaseTransport]:
    transport = await open_async_transport(base_url)
    await transport.aclose()
    return type(transport)


def test_it_is_used_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asyncio.run(opened("https://api.sms.jpush.cn/v1")) is OnceTransport
    assert trio.run(opened, "https://api.sms.jpush.cn/v1") is AsyncConnectionPool
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:1")
    assert asyncio.run(opened("https://api.sms.jpush.cn/v1")) is AsyncConnectionPool


@pytest.mark.parametrize("end", [Connection.close, Connection.reset])
def test_a_poll_whose_connection_breaks_is_not_repeated_by_aiohttp(end: Callable[[Connection], None]) -> None:
    """It repeats a GET on a connection that has been used before, and a poll's records are handed out once."""
    with RawSocketServer() as server:
        driver = AsyncioDriver(server.base_url)
        server.play(sends(answer(200, b"[]")))
        driver.make(CALLS["pollReports"])

        def read_and_end(connection: Connection) -> None:
            connection.read_request()
            end(connection)

        counts = server.play(Script(read_and_end))
        with pytest.raises(UnknownOutcomeError):
            driver.make(CALLS["pollReports"])
        assert (counts.connections, counts.whole) == (0, 1)
        driver.close()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            b"HTTP/1.1 200 OK\r\nSet-Cookie: session=abcdef\r\nContent-Length: 9\r\nX-Cut",
            "ReadError: the server hung up",
        ),
        (b"HTTP/1.1 200 OK\r\nSet-Cookie session=abcdef\r\n\r\n", "RemoteProtocolError: the answer is not HTTP"),
        (b"session=abcdef\r\n\r\n", "RemoteProtocolError: the answer is not HTTP"),
    ],
)
def test_an_answer_that_is_cut_off_or_broken_is_not_quoted(said: bytes, words: str) -> None:
    with RawSocketServer() as server:
        server.play(sends(said, then=Connection.close))
        driver = AsyncioDriver(server.base_url)
        with pytest.raises(UnknownOutcomeError, match=words) as caught:
            driver.make(CALLS["sendCode"])
        assert "session" not in "".join(traceback.format_exception(caught.value))
        driver.close()


def test_a_connection_that_the_service_closed_while_the_program_was_busy_is_not_used() -> None:
    async def main() -> None:
        with RawSocketServer() as server:
            counts = server.play(sends(SENT, then=Connection.close))
            async with async_client(server.base_url) as client:
                for _ in range(10):
                    await CALLS["sendCode"].on_async(client)
                    server.settle()  # in which the event loop stands still, and sees nothing
            assert counts.whole == 10

    asyncio.run(main())


@pytest.mark.parametrize("connect", [0.1, None])
def test_waiting_for_a_free_connection_has_an_end_and_sends_nothing(
    monkeypatch: pytest.MonkeyPatch, connect: float | None
) -> None:
    monkeypatch.setattr("jsms_client.aiohttp_transport._MOST_CONNECTIONS", 1)

    async def main() -> None:
        with RawSocketServer() as server:
            counts = server.play(Script(Connection.hold))
            limits = Timeouts(connect=connect, read=60, write=60, pool=0.1)
            client = async_client(server.base_url, timeout=limits, retry=ONCE)
            busy = asyncio.create_task(CALLS["sendCode"].on_async(client))
            while not counts.connections:
                await asyncio.sleep(0.01)
            if connect is None:
                # No limit for making a connection is none for waiting for one either: aiohttp has one for both.
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(CALLS["sendCode"].on_async(client), 0.5)
            else:
                with pytest.raises(ConnectionFailedError, match="nothing was sent"):
                    await CALLS["sendCode"].on_async(client)
            busy.cancel()
            with pytest.raises(asyncio.CancelledError):
                await busy
            assert counts.connections == 1
            await client.aclose()

    asyncio.run(main())


def test_no_limits_are_none() -> None:
    async def main() -> None:
        with RawSocketServer() as server:
            server.play(sends(SENT))
            async with async_client(server.base_url, timeout=Timeouts(None, None, None, None)) as client:
                await CALLS["sendCode"].on_async(client)

    asyncio.run(main())


def test_an_event_loop_that_ended_leaves_no_connection_behind(caplog: pytest.LogCaptureFixture) -> None:
    """A program may run one for each piece of work, on a client that it never closes."""
    gone = [threading.Event() for _ in range(3)]
    answers = iter(gone)

    def answer_and_watch(connection: Connection) -> None:
        connection.read_request()
        connection.send(SENT)
        ended = next(answers)
        if not connection.socket.recv(1):
            ended.set()
        connection.close()

    with RawSocketServer() as server:
        server.play(Script(answer_and_watch))
        client = async_client(server.base_url)
        with caplog.at_level(logging.INFO), warnings.catch_warnings():
            # Nobody can close the sockets of an event loop that is gone; Python does, and says so.
            warnings.simplefilter("ignore", ResourceWarning)
            for _ in range(3):
                asyncio.run(CALLS["sendCode"].on_async(client))
                gc.collect()
            assert gone[0].wait(30)
            assert gone[1].wait(30)
            assert caplog.text == ""
            del client
            gc.collect()
