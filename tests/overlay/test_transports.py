"""The choice of a transport, and that mocks and tracing of httpx see it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, cast

import httpx
import httpx2
import pytest
import respx
import sentry_sdk
import vcr  # type: ignore[import-untyped]  # it has no types
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pytest_httpx import HTTPXMock
from sentry_sdk.envelope import Envelope

from jsms_client import (
    JSMS,
    AsyncJSMS,
    ConfigurationError,
    ConnectionFailedError,
    MissingDependencyError,
    UnknownOutcomeError,
)
from servers.faults import http_response, sends
from servers.raw_socket_server import Counts, RawSocketServer, refusing_port

from .drivers import APP_KEY, MASTER_SECRET

Transport = Literal["httpx", "fast"]
Send = Callable[[str], str]
SENT = {"msg_id": "1"}
MOCKED = {"msg_id": "2"}


@pytest.fixture
def counts(server: RawSocketServer) -> Counts:
    return server.play(sends(http_response(200, b'{"msg_id": "1"}')))


@pytest.fixture(params=["sync-httpx", "sync-fast", "async-httpx", "async-fast"])
def send(request: pytest.FixtureRequest) -> Iterator[Send]:
    """Provide a function that sends a code with one client and returns the msg_id."""
    kind, _, name = str(request.param).partition("-")
    transport = cast("Transport", name)
    made: list[JSMS] = []
    made_async: list[AsyncJSMS] = []

    def send_sync(base_url: str) -> str:
        made[:] = made or [JSMS(APP_KEY, MASTER_SECRET, base_url=base_url, transport=transport)]
        return made[0].codes.send("13800138000", temp_id=1).msg_id

    with asyncio.Runner() as runner:

        def send_async(base_url: str) -> str:
            made_async[:] = made_async or [AsyncJSMS(APP_KEY, MASTER_SECRET, base_url=base_url, transport=transport)]

            async def once() -> str:
                return (await made_async[0].codes.send("13800138000", temp_id=1)).msg_id

            return runner.run(once())

        yield send_sync if kind == "sync" else send_async
        for client in made:
            client.close()
        for async_client in made_async:
            runner.run(async_client.aclose())


def test_an_argument_or_a_variable_asks_for_it(monkeypatch: pytest.MonkeyPatch, counts: Counts, send: Send) -> None:
    monkeypatch.setenv("JSMS_TRANSPORT", "quick")
    with pytest.raises(ConfigurationError, match=r'transport is neither "httpx" nor "fast".*JSMS_TRANSPORT'):
        JSMS(APP_KEY, MASTER_SECRET)
    monkeypatch.setenv("JSMS_TRANSPORT", "fast")
    monkeypatch.setitem(sys.modules, "httptools", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'jsms-client\[fast\]'"):
        AsyncJSMS(APP_KEY, MASTER_SECRET)
    assert JSMS(APP_KEY, MASTER_SECRET, transport="httpx") is not None


def test_nothing_leaves_under_respx(server: RawSocketServer, counts: Counts, send: Send) -> None:
    assert send(server.base_url) == "1"
    with respx.mock() as router:
        route = router.post(f"{server.base_url}/codes").respond(json=MOCKED)
        assert send(server.base_url) == "2"
        assert route.call_count == 1
    assert send(server.base_url) == "1"
    assert counts.whole == 2


def test_nothing_leaves_under_pytest_httpx(
    server: RawSocketServer, counts: Counts, send: Send, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(json=MOCKED)
    assert send(server.base_url) == "2"
    assert counts.connections == 0


def test_nothing_leaves_under_vcrpy(server: RawSocketServer, counts: Counts, send: Send, tmp_path: Path) -> None:
    cassette = tmp_path / "code.yaml"
    for _ in range(2):
        with cast("Any", vcr).use_cassette(str(cassette)):
            assert send(server.base_url) == "1"
    assert counts.whole == 1


def test_nothing_leaves_through_a_mock_transport(server: RawSocketServer, counts: Counts) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=MOCKED))
    with httpx.Client(transport=transport) as own:
        jsms = JSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url, http_client=own)
        assert jsms.codes.send("13800138000", temp_id=1).msg_id == "2"

    async def main() -> str:
        async with httpx.AsyncClient(transport=transport) as own:
            jsms = AsyncJSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url, http_client=own)
            return (await jsms.codes.send("13800138000", temp_id=1)).msg_id

    assert asyncio.run(main()) == "2"
    assert counts.connections == 0


def test_opentelemetry_sees_every_call(server: RawSocketServer, counts: Counts, send: Send) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        for _ in range(2):
            assert send(server.base_url) == "1"
    finally:
        instrumentor.uninstrument()
    spans = exporter.get_finished_spans()
    assert [(span.name, (span.attributes or {}).get("http.status_code")) for span in spans] == [("POST", 200)] * 2
    assert counts.connections == 1


@pytest.fixture(scope="module")
def sentry() -> Iterator[list[dict[str, object]]]:
    """Collect what Sentry would send; it can be set up once in a process."""
    events: list[dict[str, object]] = []

    class Kept(sentry_sdk.Transport):
        def capture_envelope(self, envelope: Envelope) -> None:
            events.extend(item.payload.json or {} for item in envelope.items)

    before = httpx.Client.send, httpx.AsyncClient.send
    sentry_sdk.init(dsn="https://key@sentry.example/1", traces_sample_rate=1.0, transport=Kept)
    yield events
    sentry_sdk.init()
    httpx.Client.send, httpx.AsyncClient.send = before  # type: ignore[method-assign]  # it has no way back


def test_sentry_sees_every_call(
    server: RawSocketServer, counts: Counts, send: Send, sentry: list[dict[str, object]]
) -> None:
    sentry.clear()
    with sentry_sdk.start_transaction(name="sign-up"):
        for _ in range(2):
            assert send(server.base_url) == "1"
    sentry_sdk.flush()
    spans = [span for event in sentry for span in cast("list[dict[str, object]]", event.get("spans", []))]
    assert [span["op"] for span in spans].count("http.client") == 2
    assert counts.connections == 1


def test_a_reason_phrase_in_another_encoding_costs_no_result(server: RawSocketServer, send: Send) -> None:
    server.play(
        sends(http_response(200, b'{"msg_id": "1"}').replace(b"HTTP/1.1 200 OK", "HTTP/1.1 200 成功".encode("gb18030")))
    )
    assert send(server.base_url) == "1"


def test_a_client_of_httpx2_sends_too(server: RawSocketServer, counts: Counts) -> None:
    with httpx2.Client(trust_env=False) as own:
        jsms = JSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url, http_client=own)
        assert jsms.codes.send("13800138000", temp_id=1).msg_id == "1"

    async def main() -> str:
        async with httpx2.AsyncClient(trust_env=False) as own:
            jsms = AsyncJSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url, http_client=own)
            return (await jsms.codes.send("13800138000", temp_id=1)).msg_id

    assert asyncio.run(main()) == "1"
    assert counts.whole == 2


def test_what_a_client_of_httpx2_fails_with_is_judged_as_that_of_httpx(server: RawSocketServer) -> None:
    with refusing_port() as port, httpx2.Client(trust_env=False) as own:
        jsms = JSMS(APP_KEY, MASTER_SECRET, base_url=f"http://127.0.0.1:{port}/v1", http_client=own)
        with pytest.raises(ConnectionFailedError):
            jsms.codes.send("13800138000", temp_id=1)
        counts = server.play(sends(b""))
        jsms = JSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url, http_client=own)
        with pytest.raises(UnknownOutcomeError):
            jsms.codes.send("13800138000", temp_id=1)
        assert counts.whole == 1


@pytest.mark.parametrize("kind", [httpx.AsyncClient, httpx2.AsyncClient, object])
def test_a_client_of_another_kind_is_refused_with_the_name_of_the_right_one(kind: type) -> None:
    with pytest.raises(ConfigurationError, match=r"httpx\.Client"):
        JSMS(APP_KEY, MASTER_SECRET, http_client=kind())


@pytest.mark.parametrize("kind", [httpx.Client, httpx2.Client, object])
def test_an_async_client_wants_an_async_one(kind: type) -> None:
    with pytest.raises(ConfigurationError, match=r"httpx\.AsyncClient"):
        AsyncJSMS(APP_KEY, MASTER_SECRET, http_client=kind())
