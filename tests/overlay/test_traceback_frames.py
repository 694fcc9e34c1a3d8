"""No frame of an exception and its causes shows a credential to an error tracker."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from traceback import walk_tb
from typing import Literal

import anyio
import pytest

from jsms_client import JSMS, AsyncJSMS, ConfigurationError, JSMSError, RetryPolicy, Timeouts
from servers.faults import http_response, sends
from servers.raw_socket_server import Connection, RawSocketServer, Script, refusing_port, silent_port

from .test_http import tls_server

KEY, SECRET = "0123456789abcdef01234567", "fedcba9876543210fedcba98"
TOKEN = b64encode(f"{KEY}:{SECRET}".encode()).decode()
Send = Callable[[str], JSMSError]


def send(base_url: str, transport: Literal["httpx", "fast"] = "httpx") -> JSMSError:
    timeout = Timeouts(connect=0.2, read=0.2)
    jsms = JSMS(KEY, SECRET, base_url=base_url, timeout=timeout, retry=RetryPolicy(attempts=1), transport=transport)
    with pytest.raises(JSMSError) as caught:
        jsms.codes.send("13800138000", temp_id=1)
    jsms.close()
    return caught.value


def send_async(base_url: str, transport: Literal["httpx", "fast"] = "httpx") -> JSMSError:
    async def go() -> JSMSError:
        timeout = Timeouts(connect=0.2, read=0.2)
        async with AsyncJSMS(
            KEY, SECRET, base_url=base_url, timeout=timeout, retry=RetryPolicy(attempts=1), transport=transport
        ) as jsms:
            with pytest.raises(JSMSError) as caught:
                await jsms.codes.send("13800138000", temp_id=1)
            return caught.value

    return anyio.run(go)


SENDING = (send, partial(send, transport="fast"), send_async, partial(send_async, transport="fast"))


def locals_of(error: BaseException | None) -> Iterator[str]:
    """Return the locals of every frame below this file, as an error tracker records them."""
    seen: set[int] = set()
    left = [error]
    while left:
        cause = left.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        left += [cause.__cause__, cause.__context__]
        for frame, _ in walk_tb(cause.__traceback__):
            if frame.f_code.co_filename != __file__:
                for name, value in frame.f_locals.items():
                    # What is half made may have no repr.
                    with suppress(AttributeError):
                        yield f"{frame.f_code.co_qualname}.{name} = {value!r}"


def telling(error: BaseException) -> list[str]:
    return [line[:120] for line in locals_of(error) if SECRET in line or TOKEN in line]


@pytest.mark.parametrize("sending", SENDING)
def test_after_a_refused_connection(sending: Send) -> None:
    with refusing_port() as port:
        assert telling(sending(f"http://127.0.0.1:{port}/v1")) == []


@pytest.mark.parametrize("sending", SENDING)
def test_after_a_connection_that_takes_too_long(sending: Send) -> None:
    with silent_port() as port:
        assert telling(sending(f"http://127.0.0.1:{port}/v1")) == []


@pytest.mark.parametrize("sending", SENDING)
def test_after_a_certificate_that_does_not_verify(sending: Send) -> None:
    with tls_server() as base_url:
        assert telling(sending(base_url)) == []


@pytest.mark.parametrize("sending", SENDING)
@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", b"SSH-2.0\r\n\r\n", http_response(500, b"no")]
)
def test_after_a_response_that_is_lost_or_none(server: RawSocketServer, sending: Send, data: bytes) -> None:
    server.play(sends(data))
    assert telling(sending(server.base_url)) == []


@pytest.mark.parametrize("sending", SENDING)
def test_after_a_connection_that_is_reset(server: RawSocketServer, sending: Send) -> None:
    def act(connection: Connection) -> None:
        connection.read_request()
        connection.reset()

    server.play(Script(act))
    assert telling(sending(server.base_url)) == []


@pytest.mark.parametrize("argument", ["app_key", "master_secret"])
def test_a_malformed_credential_and_the_environment_are_in_no_frame(
    monkeypatch: pytest.MonkeyPatch, argument: str
) -> None:
    monkeypatch.setenv("OTHER_SECRET", SECRET)
    arguments = {"app_key": KEY, "master_secret": SECRET} | {argument: f"{SECRET}\n"}
    with pytest.raises(ConfigurationError) as caught:
        JSMS(**arguments)  # type: ignore[arg-type]  # by name, and all of them texts
    assert "OTHER_SECRET" in os.environ
    assert telling(caught.value) == []
