"""What both clients do with httpx: map failures, find proxies, write bodies, open connections."""

from __future__ import annotations

import copy
import io
import pickle
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

import anyio
import httpx
import pytest

from jsms_api.api.codes import send_code, verify_code
from jsms_api.api.schedules import delete_schedule
from jsms_api.api.signs import create_sign
from jsms_api.models import SendCodeRequest, SignForm, VerifyCodeRequest
from jsms_api.types import File
from jsms_client import JSMS, AsyncJSMS, ConfigurationError, RetryPolicy
from jsms_client._failures import is_permanent, request_not_sent
from jsms_client._request import texts_in_form, texts_in_json
from jsms_client._route import proxy_for
from jsms_client.errors import (
    ArgumentError,
    ConnectionFailedError,
    UnknownOutcomeError,
)
from servers.faults import http_response, sends
from servers.raw_socket_server import Connection, RawSocketServer, Script

from .drivers import APP_KEY, MASTER_SECRET, QUICK, async_client, sync_client

URL = "https://api.sms.jpush.cn/v1"
BODY = SendCodeRequest(mobile="13800138000", temp_id=1)
SENT = http_response(200, b'{"msg_id": "1"}')


def test_a_request_has_these_headers_and_nothing_else(server: RawSocketServer) -> None:
    seen: list[bytes] = []

    def act(connection: Connection) -> None:
        seen.append(connection.read_request())
        connection.send(SENT)

    server.play(Script(act))
    with sync_client(server.base_url) as jsms:
        send_code.sync_detailed(client=jsms.api, body=BODY)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    assert first == "POST /v1/codes HTTP/1.1"
    assert [header.split(":")[0] for header in headers] == [
        "Host", "Accept", "Accept-Encoding", "Connection", "User-Agent", "Authorization", "Content-Type",
        "Content-Length",
    ]  # fmt: skip
    assert "User-Agent: jsms-client/" in head.decode()
    assert body == b'{"mobile":"13800138000","temp_id":1}'


def test_a_form_is_written_with_an_unpredictable_boundary(server: RawSocketServer) -> None:
    seen: list[bytes] = []

    def act(connection: Connection) -> None:
        seen.append(connection.read_request())
        connection.send(http_response(200, b'{"sign_id": 1}'))

    server.play(Script(act))

    def form() -> SignForm:
        image = File(payload=io.BytesIO(b"\r\n--+++\r\n"), file_name="a.png", mime_type="image/png")
        return SignForm("极光", 3, "王小明", "11010519491231002X", image, "91110105MA01AB2C3D")

    with sync_client(server.base_url) as jsms:
        create_sign.sync_detailed(client=jsms.api, body=form())
        create_sign.sync_detailed(client=jsms.api, body=form())
    boundaries = [request.partition(b"boundary=")[2].partition(b"\r\n")[0] for request in seen]
    assert len(set(boundaries)) == 2
    assert all(len(boundary) == 32 for boundary in boundaries)


@pytest.mark.parametrize("mobile", ["\ud800", float("nan"), object()])
def test_a_body_that_cannot_be_written_is_refused_before_anything_is_sent(
    server: RawSocketServer, mobile: object
) -> None:
    counts = server.play(sends(SENT))
    with sync_client(server.base_url) as jsms, pytest.raises(ArgumentError, match="cannot be written as JSON"):
        send_code.sync_detailed(client=jsms.api, body=SendCodeRequest(cast("str", mobile), 1))
    assert counts.connections == 0


def test_a_file_that_cannot_be_read_is_refused_before_anything_is_sent(server: RawSocketServer, tmp_path: Path) -> None:
    counts = server.play(sends(SENT))
    path = tmp_path / "a.png"
    path.touch()
    with path.open("rb") as closed:
        pass
    form = SignForm("极光", 3, "王小明", "11010519491231002X", File(closed), "91110105MA01AB2C3D")
    with sync_client(server.base_url) as jsms, pytest.raises(ArgumentError, match="a file of the form"):
        create_sign.sync_detailed(client=jsms.api, body=form)
    assert counts.connections == 0


class ClientOSError(Exception):
    """As in aiohttp: a connection that broke, at any time."""


class ClientConnectorError(ClientOSError):
    """As in aiohttp: a connection that was never made."""


@pytest.mark.parametrize(
    ("error", "cause", "left"),
    [
        (httpx.ConnectError("x"), None, False),
        (httpx.ConnectTimeout("x"), TimeoutError(), False),
        (httpx.PoolTimeout("x"), None, False),
        (httpx.ProxyError("x"), None, False),
        (httpx.ConnectTimeout("x"), ClientOSError(), True),
        (httpx.ConnectError("x"), ClientConnectorError(), False),
        (httpx.ReadTimeout("x"), None, True),
        (httpx.WriteError("x"), None, True),
        (httpx.WriteTimeout("x"), None, True),
        (httpx.RemoteProtocolError("x"), None, True),
        (RuntimeError("x"), None, True),
        (httpx.LocalProtocolError("Illegal header value b'\\n'"), None, False),
        (httpx.LocalProtocolError("Too little data for declared Content-Length"), None, True),
    ],
)
def test_only_what_surely_never_left_counts_as_such(
    error: Exception, cause: Exception | None, left: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (ClientOSError, ClientConnectorError):
        monkeypatch.setattr(kind, "__module__", "aiohttp.client_exceptions")
    error.__cause__ = cause
    assert request_not_sent(error) is not left


def test_a_send_over_a_transport_that_hides_what_happened_is_not_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    """httpx-aiohttp reports a server that hung up as a connection that could not be made."""
    monkeypatch.setattr(ClientOSError, "__module__", "aiohttp.client_exceptions")
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ConnectTimeout("") from ClientOSError("Server disconnected")

    with httpx.Client(transport=httpx.MockTransport(handle)) as client:
        jsms = JSMS(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1", http_client=client, retry=QUICK)
        with pytest.raises(UnknownOutcomeError):
            jsms.codes.send("13800138000", temp_id=1)
    assert len(asked) == 1


def test_a_mock_transport_of_httpx_is_used() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"msg_id": "1"})

    transport = httpx.MockTransport(handle)
    with httpx.Client(transport=transport) as own:
        jsms = JSMS(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1", http_client=own)
        assert jsms.codes.send("13800138000", temp_id=1).msg_id == "1"

    async def main() -> None:
        async with httpx.AsyncClient(transport=transport) as own:
            jsms = AsyncJSMS(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1", http_client=own)
            assert (await jsms.codes.send("13800138000", temp_id=1)).msg_id == "1"

    anyio.run(main)


def test_what_is_not_the_transports_passes_through_with_a_note() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError("the caller's own")

    with httpx.Client(transport=httpx.MockTransport(handle)) as client:
        jsms = JSMS(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1", http_client=client)
        with pytest.raises(ZeroDivisionError, match="the caller's own") as caught:
            jsms.codes.send("13800138000", temp_id=1)
        assert caught.value.__notes__ == [
            "sendCode: the request may have left and been carried out, such as a message sent"
        ]
        with pytest.raises(ZeroDivisionError) as read:
            jsms.accounts.app()
        assert not hasattr(read.value, "__notes__")


def test_a_certificate_that_does_not_verify_is_not_tried_again() -> None:
    error = httpx.ConnectError("x")
    error.__cause__ = OSError("y")
    error.__cause__.__context__ = ssl.SSLCertVerificationError()
    assert is_permanent(error)
    assert not is_permanent(httpx.ConnectError("x"))


def ask_over_tls(base_url: str) -> None:
    with JSMS(APP_KEY, MASTER_SECRET, base_url=base_url, retry=RetryPolicy(attempts=9)) as jsms:
        jsms.accounts.app()


def ask_over_tls_async(base_url: str) -> None:
    async def ask() -> None:
        async with AsyncJSMS(APP_KEY, MASTER_SECRET, base_url=base_url, retry=RetryPolicy(attempts=9)) as jsms:
            await jsms.accounts.app()

    anyio.run(ask)


@pytest.mark.parametrize("ask", [ask_over_tls, ask_over_tls_async])
def test_tls_is_verified_and_what_fails_before_it_sent_nothing(ask: Callable[[str], None]) -> None:
    with tls_server() as base_url, pytest.raises(ConnectionFailedError, match="1 attempt") as caught:
        ask(base_url)
    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value)
    assert caught.value.attempts == 0


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({}, URL, None),
        ({"HTTPS_PROXY": "http://proxy:1"}, URL, "http://proxy:1"),
        ({"HTTPS_PROXY": "proxy:1"}, URL, "http://proxy:1"),
        ({"HTTP_PROXY": "http://proxy:1"}, URL, None),
        ({"HTTP_PROXY": "http://proxy:1"}, "http://example.com/v1", "http://proxy:1"),
        ({"ALL_PROXY": "http://proxy:1"}, URL, "http://proxy:1"),
        ({"ALL_PROXY": "http://proxy:1", "NO_PROXY": "jpush.cn"}, URL, None),
        ({"ALL_PROXY": "http://proxy:1"}, "http://127.0.0.1:9/v1", None),
        ({"ALL_PROXY": "http://proxy:1"}, "http://[::1]:9/v1", None),
    ],
)
def test_a_proxy_of_the_environment_is_found_and_never_asked_for_this_machine(
    variables: dict[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == proxy


@pytest.mark.parametrize("proxy", ["gopher://proxy:1", "http://proxy:x"])
def test_a_proxy_that_cannot_be_used_is_said_so(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with JSMS(APP_KEY, MASTER_SECRET) as jsms, pytest.raises(ConfigurationError, match="proxy"):
        jsms.codes.send("13800138000", temp_id=1)

    async def send() -> None:
        async with AsyncJSMS(APP_KEY, MASTER_SECRET) as jsms:
            await jsms.codes.send("13800138000", temp_id=1)

    with pytest.raises(ConfigurationError, match="proxy"):
        anyio.run(send)


def test_a_proxy_that_refuses_the_way_sent_nothing(server: RawSocketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.base_url.removesuffix("/v1"))
    server.play(sends(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))
    once = RetryPolicy(attempts=1)
    with (
        JSMS(APP_KEY, MASTER_SECRET, base_url="https://example.invalid/v1", retry=once) as jsms,
        pytest.raises(ConnectionFailedError, match="nothing was sent") as caught,
    ):
        jsms.codes.send("13800138000", temp_id=1)
    assert caught.value.attempts == 0


@pytest.mark.parametrize("client", [JSMS, AsyncJSMS])
def test_the_generated_client_leaves_settings_to_ours(client: type[JSMS | AsyncJSMS]) -> None:
    api = client(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1").api
    acts: list[Callable[[], object]] = [
        lambda: api.with_headers({}),
        lambda: api.with_cookies({}),
        lambda: api.with_timeout(httpx.Timeout(1)),
        lambda: api.set_httpx_client(httpx.Client()),
        lambda: api.set_async_httpx_client(httpx.AsyncClient()),
    ]
    for act in acts:
        with pytest.raises(ConfigurationError, match="belong to the client"):
            act()
    assert repr(api) == f"<{type(api).__name__} http://127.0.0.1:1/v1>"


@pytest.mark.parametrize("client", [JSMS, AsyncJSMS])
def test_the_generated_client_cannot_be_pickled_or_copied_either(client: type[JSMS | AsyncJSMS]) -> None:
    api = client(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1").api
    for act in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled"):
            act(api)


def test_a_generated_function_of_the_other_kind_is_refused() -> None:
    blocking = JSMS(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1").api
    with pytest.raises(ConfigurationError, match=r"belongs to JSMS: .* sync_detailed"):
        anyio.run(lambda: send_code.asyncio_detailed(client=blocking, body=BODY))
    api = AsyncJSMS(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1").api
    with pytest.raises(ConfigurationError, match=r"belongs to AsyncJSMS: .* asyncio_detailed"):
        send_code.sync_detailed(client=api, body=BODY)


def test_every_text_of_a_request_is_known_so_that_it_can_be_masked() -> None:
    body = {"mobile": "1", "recipients": [{"temp_para": {"name": "2"}}], "temp_id": 3, "tag": None}
    assert list(texts_in_json(body)) == ["1", "2"]
    form = [
        ("sign", (None, "极光".encode(), "text/plain")),
        ("image", ("me.png", b"image", "image/png")),
        ("other", (None, io.BytesIO(), None)),
    ]
    assert list(texts_in_form(form)) == ["极光", "me.png"]
    assert list(texts_in_form(None)) == []


@pytest.mark.parametrize("msg_id", ["", ".", "..", "a/b", "a b", "a?b", "a#b", "编号", "a\\b", "%2e%2e"])
def test_an_id_that_would_lead_elsewhere_is_refused(server: RawSocketServer, msg_id: str) -> None:
    counts = server.play(sends(SENT))
    with sync_client(server.base_url) as jsms, pytest.raises(ArgumentError, match="msg_id") as caught:
        verify_code.sync_detailed(msg_id, client=jsms.api, body=VerifyCodeRequest("123456"))
    assert caught.value.operation == "verifyCode"
    assert counts.connections == 0


def test_an_id_that_is_the_name_of_another_path_is_refused(server: RawSocketServer) -> None:
    counts = server.play(sends(SENT))
    with sync_client(server.base_url) as jsms, pytest.raises(ArgumentError, match="schedule_id"):
        delete_schedule.sync_detailed("batch", client=jsms.api)

    async def delete() -> None:
        async with async_client(server.base_url) as jsms:
            await delete_schedule.asyncio_detailed("batch", client=jsms.api)

    with pytest.raises(ArgumentError, match="schedule_id"):
        anyio.run(delete)
    assert counts.connections == 0


def test_an_id_that_is_none_is_refused_with_its_operation() -> None:
    async def delete() -> None:
        async with AsyncJSMS(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1") as jsms:
            await delete_schedule.asyncio_detailed("..", client=jsms.api)

    with pytest.raises(ArgumentError, match="schedule_id") as caught:
        anyio.run(delete)
    assert caught.value.operation == "deleteSchedule"


def test_what_the_contract_does_not_have_is_refused() -> None:
    with JSMS(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1") as jsms:
        for method, path in (("get", "/codes"), ("get", "/no/such/path"), ("post", "/codes/1/invalid")):
            with pytest.raises(ArgumentError, match="no operation"):
                jsms.api.get_httpx_client().request(method, path)

    async def ask() -> None:
        async with AsyncJSMS(APP_KEY, MASTER_SECRET, base_url="http://127.0.0.1:1/v1") as jsms:
            await jsms.api.get_async_httpx_client().request("get", "/codes")

    with pytest.raises(ArgumentError, match="no operation"):
        anyio.run(ask)


@contextmanager
def tls_server() -> Generator[str]:
    """Speaks TLS with a self-signed certificate; its private key is no secret."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))

    def shake_hands(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                accepted, _ = listener.accept()
                with suppress(OSError), context.wrap_socket(accepted, server_side=True) as connection:
                    connection.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=shake_hands, args=(listener,))
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/v1"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
