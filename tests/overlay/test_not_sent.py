"""A failure before a request leaves says so: such a send has no unknown outcome."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import anyio
import httpx
import pytest

from jsms_client import (
    JSMS,
    AsyncJSMS,
    ClientClosedError,
    ConfigurationError,
    JSMSError,
    NotSentError,
    RetryPolicy,
    UnknownOutcomeError,
)
from jsms_client._transport import open_async_transport, open_transport
from servers.faults import http_response, sends
from servers.raw_socket_server import RawSocketServer

from .drivers import APP_KEY, MASTER_SECRET

SENT = http_response(200, b'{"msg_id": "1"}')
# Where a certificate would be asked for; nothing listens there.
SECURE = "https://127.0.0.1:1/v1"
THRICE = RetryPolicy(attempts=3, backoff=5)


class Send(Protocol):
    """Sends a code with a client made for it."""

    def __call__(
        self, base_url: str, *, headers: dict[str, str] | None = None, close: bool = False
    ) -> JSMSError | None: ...


def send(base_url: str, *, headers: dict[str, str] | None = None, close: bool = False) -> JSMSError | None:
    own = httpx.Client(headers=headers) if headers is not None or close else None
    if own is not None and close:
        own.close()
    with JSMS(APP_KEY, MASTER_SECRET, base_url=base_url, http_client=own, retry=THRICE) as jsms:
        try:
            jsms.codes.send("13800138000", temp_id=1)
        except JSMSError as error:
            return error
        finally:
            if own is not None:
                own.close()
    return None


def send_async(base_url: str, *, headers: dict[str, str] | None = None, close: bool = False) -> JSMSError | None:
    async def go() -> JSMSError | None:
        own = httpx.AsyncClient(headers=headers) if headers is not None or close else None
        if own is not None and close:
            await own.aclose()
        async with AsyncJSMS(APP_KEY, MASTER_SECRET, base_url=base_url, http_client=own, retry=THRICE) as jsms:
            try:
                await jsms.codes.send("13800138000", temp_id=1)
            except JSMSError as error:
                return error
            finally:
                if own is not None:
                    await own.aclose()
        return None

    return anyio.run(go)


@pytest.fixture(params=[send, send_async])
def sending(request: pytest.FixtureRequest) -> Send:
    chosen: Send = request.param
    return chosen


def test_certificates_that_are_not_there_are_a_setting_to_correct(
    sending: Send, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    error = sending(SECURE)
    assert type(error) is ConfigurationError
    assert "SSL_CERT_FILE" in str(error)


def test_certificates_that_are_none_are_a_setting_to_correct(
    sending: Send, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "odd.pem"
    path.write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    assert type(sending(SECURE)) is ConfigurationError


def test_the_first_transport_that_cannot_be_opened_is_said_so_without_the_extra_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with pytest.raises(ConfigurationError, match="FileNotFoundError"):
        open_transport(SECURE)
    with pytest.raises(ConfigurationError, match="FileNotFoundError"):
        anyio.run(open_async_transport, SECURE)


def test_a_client_of_the_callers_that_was_closed_sent_nothing(sending: Send, server: RawSocketServer) -> None:
    counts = server.play(sends(SENT))
    error = sending(server.base_url, close=True)
    assert type(error) is ClientClosedError
    assert "http_client" in str(error)
    assert counts.connections == 0


def test_a_header_of_the_callers_that_http_cannot_carry_sent_nothing_and_is_not_tried_again(
    sending: Send, server: RawSocketServer
) -> None:
    counts = server.play(sends(SENT))
    error = sending(server.base_url, headers={"X-Token": "abc\r\ndef"})
    assert type(error) is ConfigurationError
    assert error.operation == "sendCode"
    assert error.attempts == 0
    assert "abc" not in str(error)
    server.settle()
    assert counts.whole == counts.partial == 0


@pytest.mark.parametrize("error", [ConnectionResetError(), BrokenPipeError()])
def test_a_socket_that_fails_below_a_transport_of_the_callers_leaves_the_outcome_unknown(error: OSError) -> None:
    class Transport(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise error

    with httpx.Client(transport=Transport()) as own, pytest.raises(UnknownOutcomeError):
        JSMS(APP_KEY, MASTER_SECRET, http_client=own).codes.send("13800138000", temp_id=1)


def test_a_hook_of_the_callers_that_sends_something_else_does_not_say_that_this_one_was_not_sent(
    server: RawSocketServer, tmp_path: Path
) -> None:
    def alert(_: httpx.Response) -> None:
        raise NotSentError("the alert was not sent")

    counts = server.play(sends(SENT))
    with (
        httpx.Client(event_hooks={"response": [alert]}, trust_env=False) as own,
        JSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url, http_client=own, store=tmp_path / "jsms.db") as jsms,
    ):
        for _ in range(2):
            with pytest.raises(UnknownOutcomeError):
                jsms.codes.send("13800138000", temp_id=1, once="order 1")
    assert counts.whole == 1
