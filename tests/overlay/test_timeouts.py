"""Timeouts of a call."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable

import anyio
import httpx
import pytest

from jsms_client import JSMS, AsyncJSMS, Timeouts
from jsms_client._async.pool import total_timeout
from jsms_client.errors import UnknownOutcomeTimeoutError
from jsms_client.results import SentMessage
from servers.faults import head, http_response, sends
from servers.raw_socket_server import Connection, RawSocketServer, Script

from .calls import CALLS
from .drivers import APP_KEY, DRIVERS, MASTER_SECRET


def trickles(connection: Connection) -> None:
    connection.read_request()
    connection.send(head(200, "Content-Length: 100000"))
    for _ in range(500):
        connection.wait(0.02)
        connection.send(b" ")


def drips_headers(connection: Connection) -> None:
    connection.read_request()
    connection.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(500):
        connection.wait(0.02)
        connection.send(b"X-%d: 1\r\n" % number)


def sends_hints_without_end(connection: Connection) -> None:
    connection.read_request()
    for _ in range(500):
        connection.wait(0.02)
        connection.send(head(103))


def sends_parts_that_are_nothing(connection: Connection) -> None:
    connection.read_request()
    connection.send(head(200, "Transfer-Encoding: chunked", "Content-Encoding: gzip"))
    # The head of a gzip file with a name that does not end: bytes that stand for none.
    connection.send(b"a\r\n\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff\r\n")
    for _ in range(500):
        connection.wait(0.02)
        connection.send(b"1\r\na\r\n")


def send(base_url: str, own: httpx.Timeout, timeout: Timeouts | None) -> None:
    with (
        httpx.Client(timeout=own) as client,
        JSMS(APP_KEY, MASTER_SECRET, base_url=base_url, http_client=client, timeout=timeout) as jsms,
    ):
        jsms.codes.send("13800138000", temp_id=1)


def send_async(base_url: str, own: httpx.Timeout, timeout: Timeouts | None) -> None:
    async def go() -> None:
        async with (
            httpx.AsyncClient(timeout=own) as client,
            AsyncJSMS(APP_KEY, MASTER_SECRET, base_url=base_url, http_client=client, timeout=timeout) as jsms,
        ):
            await jsms.codes.send("13800138000", temp_id=1)

    anyio.run(go)


@pytest.mark.parametrize("sending", [send, send_async])
@pytest.mark.parametrize(
    ("own", "given"),
    [(httpx.Timeout(0.3), None), (httpx.Timeout(30), Timeouts(read=0.3)), (httpx.Timeout(None), Timeouts(read=0.3))],
)
def test_a_client_of_the_callers_keeps_its_own_limit_for_a_whole_response_unless_given_another(
    server: RawSocketServer,
    sending: Callable[[str, httpx.Timeout, Timeouts | None], None],
    own: httpx.Timeout,
    given: Timeouts | None,
) -> None:
    server.play(Script(trickles))
    with pytest.raises(UnknownOutcomeTimeoutError, match=r"not complete after 0\.3 s"):
        sending(server.base_url, own, given)


@pytest.mark.parametrize("flavour", DRIVERS)
def test_a_body_that_is_nothing_is_not_read_for_ever(server: RawSocketServer, flavour: str) -> None:
    server.play(Script(sends_parts_that_are_nothing))
    driver = DRIVERS[flavour](server.base_url, timeout=Timeouts(read=0.3))
    with pytest.raises(UnknownOutcomeTimeoutError, match=r"not complete after 0\.3 s"):
        driver.make(CALLS["sendMessage"])
    driver.close()


@pytest.mark.parametrize("flavour", DRIVERS)
@pytest.mark.parametrize("act", [drips_headers, sends_hints_without_end])
def test_a_response_that_never_begins_is_cut_off_when_all_limits_together_are_over(
    server: RawSocketServer, flavour: str, act: Callable[[Connection], None]
) -> None:
    server.play(Script(act))
    driver = DRIVERS[flavour](server.base_url, timeout=Timeouts(connect=0.2, read=0.2, write=0.2, pool=0.2))
    with pytest.raises(UnknownOutcomeTimeoutError, match=r"not complete after 0\.2 s"):
        driver.make(CALLS["sendMessage"])
    driver.close()


def test_without_a_limit_for_each_phase_there_is_none_for_all_of_them() -> None:
    limits = {"connect": 1.0, "read": 2.0, "write": 3.0, "pool": 4.0}
    assert total_timeout(limits) == 10
    assert total_timeout({**limits, "write": None}) == math.inf


@pytest.mark.parametrize("flavour", DRIVERS)
def test_a_caller_who_wants_no_limit_has_none(server: RawSocketServer, flavour: str) -> None:
    server.play(sends(http_response(200, b'{"msg_id": "1"}')))
    driver = DRIVERS[flavour](server.base_url, timeout=Timeouts(None, None, None, None))
    assert driver.make(CALLS["sendMessage"]) == SentMessage("1")
    driver.close()


def test_a_body_of_a_callers_client_that_is_nothing_is_not_read_for_ever() -> None:
    class Nothing(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b""

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Nothing())

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(handle), timeout=0.1) as own:
            jsms = AsyncJSMS(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1", http_client=own)
            with pytest.raises(UnknownOutcomeTimeoutError, match=r"not complete after 0\.1 s"):
                await jsms.codes.send("13800138000", temp_id=1)

    anyio.run(main)
