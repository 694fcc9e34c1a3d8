"""How long a call may take."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import anyio
import httpx
import pytest

from jsms_client import JSMS, AsyncJSMS, Timeouts
from jsms_client.errors import UnknownOutcomeTimeoutError
from servers.faults import head
from servers.raw_socket_server import Connection, RawSocketServer, Script

from .drivers import APP_KEY, MASTER_SECRET


@pytest.fixture
def server() -> Iterator[RawSocketServer]:
    with RawSocketServer() as server:
        yield server


def trickles(connection: Connection) -> None:
    connection.read_request()
    connection.send(head(200, "Content-Length: 100000"))
    for _ in range(500):
        connection.wait(0.02)
        connection.send(b" ")


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
def test_a_client_of_the_callers_keeps_its_own_limit_for_a_whole_answer_unless_given_another(
    server: RawSocketServer,
    sending: Callable[[str, httpx.Timeout, Timeouts | None], None],
    own: httpx.Timeout,
    given: Timeouts | None,
) -> None:
    server.play(Script(trickles))
    with pytest.raises(UnknownOutcomeTimeoutError, match=r"not complete after 0\.3 s"):
        sending(server.base_url, own, given)
