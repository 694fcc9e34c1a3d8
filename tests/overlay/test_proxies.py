"""Proxies of the environment: an invalid one is a configuration error, a refusing one sent nothing."""

from __future__ import annotations

import asyncio
import ssl
from typing import Literal

import anyio
import httpx
import pytest
import trio

from jsms_client import JSMS, AsyncJSMS, ConfigurationError, RetryPolicy
from jsms_client.errors import ConnectionFailedError
from servers.faults import http_response, sends
from servers.raw_socket_server import RawSocketServer
from servers.tls import CERTIFICATE, encrypted

from .drivers import APP_KEY, DRIVERS, MASTER_SECRET

BASE_URL = "https://api.example.com/v1"
BACKENDS = tuple(DRIVERS)
SENT = http_response(200, b'{"msg_id": "1"}')
TWICE = RetryPolicy(attempts=2, backoff=0)


@pytest.mark.parametrize(
    "proxy",
    [
        "http://127.0.0.1:99999",
        "http://[::1",
        " http://127.0.0.1:1",
        "ftp://127.0.0.1:1",
        "socks5://127.0.0.1:1",
        "http://",
    ],
)
def test_a_proxy_that_cannot_be_used_is_a_setting_to_correct(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with JSMS(APP_KEY, MASTER_SECRET, base_url=BASE_URL) as jsms, pytest.raises(ConfigurationError, match="proxy"):
        jsms.accounts.app()

    async def main() -> None:
        async with AsyncJSMS(APP_KEY, MASTER_SECRET, base_url=BASE_URL) as jsms:
            with pytest.raises(ConfigurationError, match="proxy"):
                await jsms.accounts.app()

    asyncio.run(main())
    trio.run(main)


def send(base_url: str, backend: str) -> None:
    """Send two codes."""
    backend, _, fast = backend.partition("-")
    transport: Literal["httpx", "fast"] = "fast" if fast else "httpx"

    async def main() -> None:
        async with AsyncJSMS(APP_KEY, MASTER_SECRET, base_url=base_url, retry=TWICE, transport=transport) as jsms:
            for _ in range(2):
                assert (await jsms.codes.send("13800138000", temp_id=1)).msg_id == "1"

    if backend != "sync":
        anyio.run(main, backend=backend)
        return
    with JSMS(APP_KEY, MASTER_SECRET, base_url=base_url, retry=TWICE, transport=transport) as jsms:
        for _ in range(2):
            assert jsms.codes.send("13800138000", temp_id=1).msg_id == "1"


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_proxy_that_makes_no_tunnel_sent_nothing(
    server: RawSocketServer, monkeypatch: pytest.MonkeyPatch, status: int, backend: str
) -> None:
    counts = server.play(sends(http_response(status, b"")))
    monkeypatch.setenv("HTTPS_PROXY", server.base_url.removesuffix("/v1"))

    with pytest.raises(
        ConnectionFailedError, match="proxy credentials" if status == 407 else "nothing was sent"
    ) as caught:
        send(BASE_URL, backend)
    assert caught.value.attempts == 0
    assert counts.connections == (1 if status == 407 else 2)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_proxy_that_sees_the_requests_and_refuses_its_credentials_passed_nothing_on(
    server: RawSocketServer, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    counts = server.play(sends(http_response(407, b"")))
    monkeypatch.setenv("HTTP_PROXY", server.base_url.removesuffix("/v1"))
    with pytest.raises(ConnectionFailedError, match="proxy credentials"):
        send("http://sms.example.com/v1", backend)
    assert counts.whole == 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_tls_works_directly(server: RawSocketServer, monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    counts = server.play(encrypted(SENT))
    send(server.base_url.replace("http:", "https:"), backend)
    assert (counts.connections, counts.whole) == (1, 2)


@pytest.mark.parametrize("backend", BACKENDS)
def test_tls_works_through_a_tunnel(server: RawSocketServer, monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setenv("HTTPS_PROXY", server.base_url.removesuffix("/v1"))
    # No proxy of the environment is asked for this machine itself.
    monkeypatch.setattr("jsms_client._route._LOOPBACK", set[str]())
    counts = server.play(encrypted(SENT, behind_proxy=True))
    send("https://127.0.0.1/v1", backend)
    # The tunnel, and two requests.
    assert (counts.connections, counts.whole) == (1, 3)


@pytest.mark.parametrize("status", [200, 502])
def test_a_client_of_the_callers_may_have_a_proxy(server: RawSocketServer, status: int) -> None:
    counts = server.play(encrypted(SENT, behind_proxy=True) if status == 200 else sends(http_response(status, b"")))
    proxy = server.base_url.removesuffix("/v1")
    trust = ssl.create_default_context(cafile=CERTIFICATE)
    with httpx.Client(proxy=proxy, verify=trust, trust_env=False) as own:
        jsms = JSMS(APP_KEY, MASTER_SECRET, base_url="https://127.0.0.1/v1", retry=TWICE, http_client=own)
        if status == 200:
            assert jsms.codes.send("13800138000", temp_id=1).msg_id == "1"
        else:
            with pytest.raises(ConnectionFailedError):
                jsms.codes.send("13800138000", temp_id=1)
    assert counts.whole == 2
