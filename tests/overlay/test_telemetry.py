"""OpenTelemetry: spans, metrics and the trace's context on the wire, with each client and transport."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import cast

import httpx
import httpx2
import pytest
from opentelemetry import context, propagate, trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.utils import suppress_http_instrumentation, suppress_instrumentation
from opentelemetry.propagators.textmap import CarrierT, Setter, TextMapPropagator, default_setter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from jsms_client import JSMS, JSMSError, MissingDependencyError, Telemetry
from jsms_client.errors import ConfigurationError, ConnectionFailedError
from jsms_contract.service import RULES
from sandbox.threaded_sandbox import RunningSandbox
from servers.faults import http_response
from servers.raw_socket_server import Connection, RawSocketServer, Script, refusing_port

from .calls import CALLS, MSG_ID, PRIVATE, SCHEDULE_ID
from .drivers import APP_KEY, DRIVERS, MASTER_SECRET, SECRETS, Driver, sync_client

SENT = b'{"msg_id": "288193860302"}'
BALANCE = str(RULES["getAppBalance"].success).encode()
FLAVOURS = ("sync", "sync-fast", "asyncio", "asyncio-fast", "trio-fast")
METRICS = ("http.client.request.duration", "jsms.client.calls", "jsms.client.refusals")
TRACEPARENT = re.compile(rb"\r\ntraceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-0[0-9a-f]\r\n")


@dataclass
class Kept:
    """What an app would export."""

    spans_kept: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)
    tracer_provider: TracerProvider = field(default_factory=TracerProvider)

    def __post_init__(self) -> None:
        self.tracer_provider.add_span_processor(SimpleSpanProcessor(self.spans_kept))
        self.telemetry = Telemetry(self.tracer_provider, MeterProvider([self.reader]))

    def spans(self) -> list[ReadableSpan]:
        return [*self.spans_kept.get_finished_spans()]

    def points(self, name: str) -> list[NumberDataPoint | HistogramDataPoint]:
        """Return the data points of a metric."""
        data = self.reader.get_metrics_data()
        found: list[NumberDataPoint | HistogramDataPoint] = []
        for resource in data.resource_metrics if data is not None else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    if metric.name == name:
                        found += cast("list[NumberDataPoint]", metric.data.data_points)
        return found

    def counted(self, name: str) -> list[tuple[int, dict[str, object]]]:
        """Return each count with its attributes."""
        return [(cast("NumberDataPoint", each).value, attributes(each)) for each in self.points(name)]  # type: ignore[misc]  # counters count in int


def identity(span: ReadableSpan) -> tuple[int, int]:
    """Trace and span, as they are on the wire."""
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


def attributes(of: ReadableSpan | NumberDataPoint | HistogramDataPoint) -> dict[str, object]:
    return dict(of.attributes or {})


@dataclass
class ScriptedServer:
    """Plays responses in turn, the last one again and again, and keeps the requests."""

    server: RawSocketServer
    requests: list[bytes] = field(default_factory=list[bytes])

    def play(self, *responses: bytes) -> None:
        """Give these responses; hang up where one is empty."""
        left = [*responses]
        self.requests.clear()

        def act(connection: Connection) -> None:
            self.requests.append(connection.read_request())
            response = left.pop(0) if len(left) > 1 else left[0]
            if response:
                connection.send(response)
            else:
                connection.close()

        self.server.play(Script(act))

    def contexts(self) -> list[tuple[int, int]]:
        """Trace and span of each request."""
        found = [TRACEPARENT.search(request) for request in self.requests]
        return [(int(each[1], 16), int(each[2], 16)) for each in found if each is not None]


@pytest.fixture
def wire() -> Iterator[ScriptedServer]:
    with RawSocketServer() as server:
        yield ScriptedServer(server)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture(params=FLAVOURS)
def driver(request: pytest.FixtureRequest, wire: ScriptedServer, kept: Kept) -> Iterator[Driver]:
    made = DRIVERS[str(request.param)](wire.server.base_url, telemetry=kept.telemetry)
    yield made
    made.close()


def test_a_call_is_one_client_span_named_by_its_operation(wire: ScriptedServer, kept: Kept, driver: Driver) -> None:
    wire.play(http_response(200, SENT))
    with kept.tracer_provider.get_tracer("app").start_as_current_span("sign-up") as parent:
        driver.make(CALLS["sendCode"])
        assert trace.get_current_span() is parent
    span, _ = kept.spans()
    port = int(wire.server.base_url.rpartition(":")[2].partition("/")[0])
    assert (span.name, span.kind, span.status.status_code) == ("JSMS codes.send", SpanKind.CLIENT, StatusCode.UNSET)
    assert span.parent == parent.get_span_context()
    assert attributes(span) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "server.port": port,
        "url.full": f"{wire.server.base_url}/codes",
        "url.template": "/v1/codes",
        "jsms.operation": "sendCode",
        "jsms.attempt": 1,
        "jsms.sent": "yes",
        "jsms.msg_id": MSG_ID,
    }
    assert wire.contexts() == [identity(span)]


def test_each_attempt_has_a_span_and_its_own_context_on_the_wire(
    wire: ScriptedServer, kept: Kept, driver: Driver
) -> None:
    wire.play(http_response(503, b"{}"), http_response(200, BALANCE))
    driver.make(CALLS["getAppBalance"])
    first, second = kept.spans()
    assert wire.contexts() == [identity(first), identity(second)]
    assert first.status.status_code is StatusCode.ERROR
    assert "http.request.resend_count" not in attributes(first)
    assert attributes(first)["jsms.retry_in"] == 0
    assert (attributes(second)["http.request.resend_count"], attributes(second)["jsms.attempt"]) == (1, 2)
    assert [link.context for link in second.links] == [first.context]
    assert [each["http.response.status_code"] for each in map(attributes, (first, second))] == [503, 200]


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (
            http_response(403, b'{"error": {"code": 50014, "message": "no money for 13912345678"}}'),
            {"http.response.status_code": 403, "error.type": "NoMoneyError", "jsms.sent": "no", "jsms.code": 50014},
        ),
        (b"", {"error.type": "UnknownOutcomeError", "jsms.sent": "unknown"}),
        (http_response(200, b"<html>"), {"http.response.status_code": 200, "error.type": "UnconfirmedDecodeError"}),
        (http_response(502, b"<html>"), {"http.response.status_code": 502}),
    ],
    ids=["refused", "no-response", "not-json", "gateway"],
)
def test_a_span_says_what_went_wrong_and_whether_it_was_sent(
    wire: ScriptedServer, kept: Kept, driver: Driver, response: bytes, expected: dict[str, object]
) -> None:
    wire.play(response)
    with pytest.raises(JSMSError) as caught:
        driver.make(CALLS["sendCode"])
    (span,) = kept.spans()
    assert span.status.status_code is StatusCode.ERROR
    assert attributes(span).items() >= {"jsms.sent": "unknown", **expected}.items()
    assert attributes(span)["error.type"] == type(caught.value).__name__


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_what_was_not_reached_is_not_sent(kept: Kept, flavour: str) -> None:
    with refusing_port() as port:
        driver = DRIVERS[flavour](f"http://127.0.0.1:{port}/v1", telemetry=kept.telemetry)
        with pytest.raises(ConnectionFailedError):
            driver.make(CALLS["sendCode"])
        driver.close()
    assert [
        (each["jsms.attempt"], each["jsms.sent"], each["error.type"], each.get("http.response.status_code"))
        for each in map(attributes, kept.spans())
    ] == [(number, "no", "ConnectionFailedError", None) for number in (1, 2)]


def test_calls_durations_and_refusals_are_measured(wire: ScriptedServer, kept: Kept, driver: Driver) -> None:
    refusal = http_response(403, b'{"error": {"code": 50014, "message": ""}}')
    wire.play(http_response(200, SENT), http_response(200, SENT), refusal)
    for _ in range(2):
        driver.make(CALLS["sendCode"])
    with pytest.raises(JSMSError):
        driver.make(CALLS["sendCode"])
    operation = {"jsms.operation": "sendCode"}
    refused = {"jsms.sent": "no", "error.type": "NoMoneyError"}
    assert kept.counted("jsms.client.calls") == [(2, {**operation, "jsms.sent": "yes"}), (1, {**operation, **refused})]
    assert kept.counted("jsms.client.refusals") == [(1, {**operation, "jsms.code": 50014})]
    fine, failed = (cast("HistogramDataPoint", each) for each in kept.points("http.client.request.duration"))
    assert (fine.count, failed.count) == (2, 1)
    assert 0 < fine.sum < 60
    assert fine.explicit_bounds[0] == 0.005
    assert attributes(failed) == {
        **{name: value for name, value in attributes(kept.spans()[0]).items() if name.startswith(("server.", "url.t"))},
        **operation,
        "http.request.method": "POST",
        "http.response.status_code": 403,
        "error.type": "NoMoneyError",
    }


def test_no_operation_shows_ids_or_private_values(kept: Kept) -> None:
    with RunningSandbox() as sandbox:
        driver = DRIVERS["sync-fast"](f"{sandbox.url}/v1", telemetry=kept.telemetry)
        for call in CALLS.values():
            with suppress(JSMSError):
                driver.make(call)
        driver.close()
    assert {str(attributes(each)["jsms.operation"]) for each in kept.spans()} == {*CALLS}
    measured = [each for name in METRICS for each in kept.points(name)]
    assert len({str(attributes(each)["jsms.operation"]) for each in measured}) == len(CALLS)
    recorded = [*map(attributes, kept.spans()), *map(attributes, measured)]
    text = " ".join(str(value) for each in recorded for name, value in each.items() if name != "jsms.msg_id")
    assert not [each for each in (*PRIVATE, *SECRETS, MSG_ID, SCHEDULE_ID) if each in text]
    assert f"{sandbox.url}/v1/schedule/REDACTED" in text


def test_instrumented_httpx_makes_no_second_span(wire: ScriptedServer, kept: Kept, driver: Driver) -> None:
    wire.play(http_response(200, SENT))
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=kept.tracer_provider)
    try:
        driver.make(CALLS["sendCode"])
        with httpx.Client(trust_env=False) as other:
            other.get(wire.server.base_url)
    finally:
        instrumentor.uninstrument()
    assert [span.name for span in kept.spans()] == ["JSMS codes.send", "GET"]


@pytest.mark.parametrize("family", ["httpx", "httpx2"])
def test_a_client_of_the_callers_carries_the_context_too(wire: ScriptedServer, kept: Kept, family: str) -> None:
    wire.play(http_response(200, SENT))
    own = httpx.Client(trust_env=False) if family == "httpx" else httpx2.Client(trust_env=False)
    with own:
        jsms = JSMS(APP_KEY, MASTER_SECRET, base_url=wire.server.base_url, http_client=own, telemetry=kept.telemetry)
        jsms.codes.send("13912345678", temp_id=1)
    (span,) = kept.spans()
    assert wire.contexts() == [identity(span)]


@pytest.mark.parametrize("suppress_spans", [suppress_instrumentation, suppress_http_instrumentation])
def test_suppressed_instrumentation_makes_no_span(
    wire: ScriptedServer, kept: Kept, suppress_spans: Callable[[], AbstractContextManager[None]]
) -> None:
    wire.play(http_response(200, SENT))
    with sync_client(wire.server.base_url, telemetry=kept.telemetry) as jsms, suppress_spans():
        jsms.codes.send("13912345678", temp_id=1)
    assert not kept.spans()
    assert not wire.contexts()


class Broken(SpanProcessor):
    """Raises wherever it is called."""

    def on_start(self, span: Span, parent_context: context.Context | None = None) -> None:
        raise RuntimeError("on_start")

    def on_end(self, span: ReadableSpan) -> None:
        raise RuntimeError("on_end")


class BrokenAtTheEnd(Broken):
    def on_start(self, span: Span, parent_context: context.Context | None = None) -> None:
        """Lets spans begin."""


@pytest.mark.parametrize("processor", [Broken, BrokenAtTheEnd])
def test_what_a_processor_raises_does_not_change_the_call(
    wire: ScriptedServer, kept: Kept, processor: type[SpanProcessor], caplog: pytest.LogCaptureFixture
) -> None:
    wire.play(http_response(200, SENT))
    kept.tracer_provider.add_span_processor(processor())
    with sync_client(wire.server.base_url, telemetry=kept.telemetry) as jsms:
        for _ in range(2):
            assert jsms.codes.send("13912345678", temp_id=1).msg_id == MSG_ID
    assert {record.getMessage() for record in caplog.records} == {"telemetry failed"}
    assert [count for count, _ in kept.counted("jsms.client.calls")] == [2]
    assert trace.get_current_span() is trace.INVALID_SPAN


class Propagator(TextMapPropagator):
    """Writes what a test sets, or raises."""

    def __init__(self, headers: Mapping[str, str] | None) -> None:
        self.headers = headers

    def extract(self, *args: object, **kwargs: object) -> context.Context:
        raise NotImplementedError

    def inject(
        self,
        carrier: CarrierT,
        context: context.Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        if self.headers is None:
            raise RuntimeError("inject")
        for name, value in self.headers.items():
            setter.set(carrier, name, value)

    @property
    def fields(self) -> set[str]:
        return set()


@pytest.mark.parametrize("flavour", ["sync", "sync-fast"])
@pytest.mark.parametrize(
    "headers", [None, {"x-ok": "1", "x-bad": "a\r\nx-evil: 1", "x-中": "1", "Authorization": "Basic other"}]
)
def test_what_a_propagator_does_cannot_break_a_request(
    wire: ScriptedServer, kept: Kept, flavour: str, headers: Mapping[str, str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(propagate, "_HTTP_TEXT_FORMAT", Propagator(headers))
    wire.play(http_response(200, SENT))
    driver = DRIVERS[flavour](wire.server.base_url, telemetry=kept.telemetry)
    driver.make(CALLS["sendCode"])
    driver.close()
    (request,) = wire.requests
    assert (b"\r\nx-ok: 1\r\n" in request) is (headers is not None)
    assert not re.search(rb"x-bad|x-evil|\xe4|other", request)
    assert [span.name for span in kept.spans()] == ["JSMS codes.send"]


def test_the_global_providers_are_used_where_none_is_given(
    wire: ScriptedServer, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", kept.tracer_provider)
    wire.play(http_response(200, SENT))
    with sync_client(wire.server.base_url, telemetry=True) as jsms:
        jsms.with_options(timeout=30).codes.send("13912345678", temp_id=1)
    assert [span.name for span in kept.spans()] == ["JSMS codes.send"]


def test_without_telemetry_there_is_no_span_and_nothing_is_imported(wire: ScriptedServer) -> None:
    wire.play(http_response(200, SENT))
    program = (
        "import sys; from jsms_client import JSMS, Telemetry\n"
        f"jsms = JSMS({APP_KEY!r}, {MASTER_SECRET!r}, base_url={wire.server.base_url!r})\n"
        "jsms.codes.send('13912345678', temp_id=1)\n"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert not wire.contexts()


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "jsms_client._telemetry", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(MissingDependencyError, match=r"jsms-client\[otel\]"):
        sync_client("http://127.0.0.1:1/v1", telemetry=True)


def test_something_else_than_telemetry_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="telemetry is of type str: give True or a Telemetry"):
        sync_client("http://127.0.0.1:1/v1", telemetry="otlp")  # type: ignore[arg-type]  # what type checkers refuse
