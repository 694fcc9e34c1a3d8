"""Options for some calls of a client, and the response behind a result or an error."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest

from jsms_client import JSMS, AsyncJSMS, RawResponse, RetryPolicy
from jsms_client.errors import ClientClosedError, ConfigurationError, NoMoneyError, UnconfirmedAPIError
from jsms_client.results import SentMessage
from servers.faults import http_response, sends
from servers.raw_socket_server import Connection, RawSocketServer, Script

from .drivers import APP_KEY, MASTER_SECRET, async_client, sync_client

SENT = b'{"msg_id": "288193860302"}'
MOBILE = "13912345678"


class Recorder:
    """Responds to each request, and keeps its head."""

    def __init__(self, *responses: bytes) -> None:
        self.heads: list[str] = []
        self.connections: list[Connection] = []
        self._responses = responses

    def __call__(self, connection: Connection) -> None:
        for response in self._responses:
            self.heads.append(connection.read_request().decode("latin-1"))
            self.connections.append(connection)
            connection.send(response)


def test_options_apply_to_the_view_and_not_to_the_client(server: RawSocketServer) -> None:
    seen = Recorder(*[http_response(200, SENT)] * 3)
    server.play(Script(seen))
    with sync_client(server.base_url) as jsms:
        other = jsms.with_options(headers={"X-Request-ID": "a1", "user-agent": "shop"})
        other.codes.send(MOBILE, temp_id=1)
        other.with_options(headers={"x-request-id": "b2"}).codes.send(MOBILE, temp_id=1)
        jsms.codes.send(MOBILE, temp_id=1)

    first, second, plain = (head.lower() for head in seen.heads)
    assert "x-request-id: a1\r\n" in first
    assert "user-agent: shop\r\n" in first
    assert "user-agent: jsms-client" not in first
    assert "x-request-id: b2\r\n" in second
    assert "a1" not in second
    assert "user-agent: shop\r\n" in second
    assert "x-request-id" not in plain
    assert "user-agent: jsms-client" in plain
    # All of it went over one connection.
    assert len(set(map(id, seen.connections))) == 1


def test_async_options_apply_to_the_view(server: RawSocketServer) -> None:
    seen = Recorder(*[http_response(200, SENT)] * 2)
    server.play(Script(seen))

    async def run() -> None:
        async with async_client(server.base_url) as jsms:
            await jsms.with_options(headers={"X-Request-ID": "a1"}).codes.send(MOBILE, temp_id=1)
            await jsms.codes.send(MOBILE, temp_id=1)

    asyncio.run(run())
    assert ["a1" in head for head in seen.heads] == [True, False]
    assert len(set(map(id, seen.connections))) == 1


def test_a_timeout_and_retries_of_a_view(server: RawSocketServer) -> None:
    with sync_client(server.base_url) as jsms:
        view = jsms.with_options(timeout=7, retry=RetryPolicy(attempts=1))
        config = view._executor.config  # pyright: ignore[reportPrivateUsage] - what its requests are made with
        assert (config.timeouts.read, config.retry.attempts) == (7, 1)
        assert jsms._executor.config.retry.attempts != 1  # pyright: ignore[reportPrivateUsage] - the same
        server.play(sends(http_response(503, b"{}")))
        with pytest.raises(Exception, match="HTTP 503"):
            view.accounts.app()


def test_a_client_of_ones_own_takes_options_too() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=SENT)

    with httpx.Client(transport=httpx.MockTransport(handle)) as http_client:
        jsms = JSMS(APP_KEY, MASTER_SECRET, http_client=http_client)
        jsms.with_options(timeout=3, headers={"X-Request-ID": "a1"}).codes.send(MOBILE, temp_id=1)

    assert seen[0].headers["x-request-id"] == "a1"
    assert seen[0].extensions["timeout"]["read"] == 3


def test_an_async_client_of_ones_own_takes_options_too() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=SENT)

    async def run() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as http_client:
            jsms = AsyncJSMS(APP_KEY, MASTER_SECRET, http_client=http_client)
            await jsms.with_options(headers={"X-Request-ID": "a1"}).codes.send(MOBILE, temp_id=1)

    asyncio.run(run())
    assert seen[0].headers["x-request-id"] == "a1"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"app_key": "k"}, "cannot change app_key"),
        ({"http_client": None, "store": "x"}, "cannot change http_client, store"),
        ({"headers": {"Authorization": "Basic x"}}, "sets itself"),
        ({"headers": {"content-length": "0"}}, "sets itself"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "printable ASCII"),
        ({"headers": {"X A": "a"}}, "cannot carry"),
        ({"headers": {"X-A": 1}}, "printable ASCII"),
        ({"headers": [("X-A", "1")]}, "give a mapping"),
        ({"timeout": "3"}, "timeout"),
        ({"retry": 3}, "RetryPolicy"),
    ],
)
def test_what_options_cannot_change_is_a_clear_error(options: dict[str, object], problem: str) -> None:
    with JSMS(APP_KEY, MASTER_SECRET) as jsms, pytest.raises(ConfigurationError, match=problem):
        jsms.with_options(**options)  # type: ignore[arg-type] # what type checkers refuse


def test_closing_a_view_closes_the_client_and_the_other_way_round() -> None:
    with JSMS(APP_KEY, MASTER_SECRET) as jsms:
        jsms.with_options(timeout=3).close()
        with pytest.raises(ClientClosedError):
            jsms.accounts.app()
        with pytest.raises(ClientClosedError):
            jsms.with_options(timeout=3).accounts.app()


def test_a_view_shares_fetched_records_and_their_pace(
    server: RawSocketServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.play(
        sends(
            http_response(
                200,
                b'[{"msgId": "1", "phone": "13912345678", "receiveTime": 1492150740292, "status": 4001},'
                b'{"msgId": "2", "phone": "13912345678", "receiveTime": 1492150740292, "status": 4001}]',
            )
        )
    )
    with caplog.at_level(logging.CRITICAL), sync_client(server.base_url) as jsms:
        assert next(jsms.with_options(timeout=30).receipts.iter_reports()).msg_id == "1"
        assert next(jsms.receipts.iter_reports()).msg_id == "2"


def test_a_result_comes_with_its_response_on_request(server: RawSocketServer) -> None:
    server.play(sends(http_response(200, SENT, "X-Request-Id: r7")))
    with sync_client(server.base_url) as jsms:
        raw: RawResponse[SentMessage] = jsms.with_raw_response(jsms.codes.send, MOBILE, temp_id=1)

    assert raw.parsed.msg_id == "288193860302"
    assert (raw.http_status, raw.headers["x-request-id"], raw.body) == (200, "r7", SENT)
    assert "r7" not in repr(raw)


def test_an_async_result_comes_with_its_response_on_request(server: RawSocketServer) -> None:
    server.play(sends(http_response(200, SENT, "X-Request-Id: r7")))

    async def run() -> RawResponse[SentMessage]:
        async with async_client(server.base_url) as jsms:
            return await jsms.with_raw_response(jsms.codes.send, MOBILE, temp_id=1)

    raw = asyncio.run(run())
    assert (raw.parsed.msg_id, raw.http_status, raw.headers["x-request-id"]) == ("288193860302", 200, "r7")


def test_a_result_without_a_request_has_no_response() -> None:
    with JSMS(APP_KEY, MASTER_SECRET) as jsms:
        raw = jsms.with_raw_response(lambda: 7)

    assert (raw.parsed, raw.http_status, raw.headers, raw.body) == (7, None, {}, b"")


@pytest.mark.parametrize(
    ("status", "kind"), [(403, NoMoneyError), (200, NoMoneyError), (500, UnconfirmedAPIError)], ids=str
)
def test_a_refusal_carries_its_response_masked(server: RawSocketServer, status: int, kind: type[Exception]) -> None:
    code = b"50014" if status != 500 else b'50014, "msg_id": "7"'
    body = b'{"error": {"code": %s, "message": "no money for 13912345678 of %s"}}' % (code, APP_KEY.encode())
    server.play(sends(http_response(status, body, "X-Request-Id: r7", "Set-Cookie: session=1")))
    with sync_client(server.base_url) as jsms, pytest.raises(kind) as caught:
        jsms.codes.send(MOBILE, temp_id=1)

    error = caught.value
    assert isinstance(error, NoMoneyError | UnconfirmedAPIError)
    assert error.http_status == status
    assert {name.lower(): value for name, value in error.headers.items()}["x-request-id"] == "r7"
    assert "set-cookie" not in {name.lower() for name in error.headers}
    assert '"message": "no money for 139****5678' in error.body
    assert MOBILE not in error.body
    assert APP_KEY not in error.body


def test_an_error_of_ones_own_making_has_no_response() -> None:
    error = NoMoneyError("no money")
    assert (error.headers, error.body) == ({}, "")


def test_both_clients_take_the_same_options() -> None:
    async def run() -> None:
        async with AsyncJSMS(APP_KEY, MASTER_SECRET) as jsms:
            with pytest.raises(ConfigurationError, match="cannot change app_key"):
                jsms.with_options(app_key="k")  # type: ignore[arg-type] # what type checkers refuse
            await jsms.with_options(timeout=3).aclose()
            with pytest.raises(ClientClosedError):
                await jsms.accounts.app()

    asyncio.run(run())
