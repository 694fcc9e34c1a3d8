"""OpenTelemetry: one client span for each attempt, and metrics of attempts and calls (extra ``otel``).

Names and attributes follow the semantic conventions for HTTP clients, which want no span around the attempts of a call.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from opentelemetry import context, metrics, propagate, trace
from opentelemetry.context import (
    _SUPPRESS_HTTP_INSTRUMENTATION_KEY,  # pyright: ignore[reportPrivateUsage] - every instrumentation reads it
    _SUPPRESS_INSTRUMENTATION_KEY,  # pyright: ignore[reportPrivateUsage] - every instrumentation reads it
)

from jsms_client._options import is_extra_header
from jsms_client._version import __version__

if TYPE_CHECKING:
    from contextvars import Token

    from opentelemetry.context import Context
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider
    from opentelemetry.util.types import AttributeValue

    from jsms_client._events import CallEvent
    from jsms_runtime.operation import Operation

_log = logging.getLogger("jsms_client")
_SCHEMA = "https://opentelemetry.io/schemas/1.37.0"
# As the conventions have it for this histogram, in seconds.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_PORTS = {"http": 80, "https": 443}


@contextmanager
def _guard() -> Generator[None]:
    """Log whatever a provider, processor, exporter or propagator raises; the call goes on."""
    try:
        yield
    except Exception:  # noqa: BLE001 - what an app plugs in may raise anything
        _log.warning("telemetry failed", exc_info=True)


class Recorder:
    """Makes the spans and metrics of one client, with the global providers for None."""

    __slots__ = ("_base_url", "_described", "calls", "durations", "refusals", "tracer")

    def __init__(
        self, base_url: str, tracer_provider: TracerProvider | None, meter_provider: MeterProvider | None
    ) -> None:
        self._base_url = base_url
        self._described: dict[str, dict[str, AttributeValue]] = {}
        self.tracer = trace.get_tracer("jsms_client", __version__, tracer_provider, _SCHEMA)
        meter = metrics.get_meter("jsms_client", __version__, meter_provider, _SCHEMA)
        self.durations = meter.create_histogram(
            "http.client.request.duration",
            "s",
            "Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )
        self.calls = meter.create_counter("jsms.client.calls", "{call}", "Calls that ended, with all their attempts.")
        self.refusals = meter.create_counter("jsms.client.refusals", "{call}", "Calls that JSMS refused, by its code.")

    def call(self, operation: Operation) -> CallRecorder:
        """Return what records one call."""
        return CallRecorder(self, operation)

    def describe(self, operation: Operation) -> dict[str, AttributeValue]:
        """Return the attributes of every request of an operation, without the ids in its path or its query."""
        found = self._described.get(operation.id)
        if found is None:
            parts = urlsplit(self._base_url)
            found = self._described[operation.id] = {
                "http.request.method": operation.method,
                "server.address": parts.hostname or "",
                "server.port": parts.port or _PORTS[parts.scheme],
                "url.template": parts.path + operation.path,
                "jsms.operation": operation.id,
            }
        return found

    def url(self, operation: Operation) -> str:
        """Return the address of a request without ids."""
        return self._base_url + re.sub(r"\{\w+\}", "REDACTED", operation.path)


class CallRecorder:
    """Records one call. Each attempt runs inside its context, where instrumentation of the HTTP client is off."""

    __slots__ = ("_context", "_operation", "_recorder", "_span", "_token")

    def __init__(self, recorder: Recorder, operation: Operation) -> None:
        self._recorder = recorder
        self._operation = operation
        self._span: Span = trace.INVALID_SPAN
        self._context: Context | None = None
        self._token: Token[Context] | None = None

    @_guard()
    def begin(self, attempt: int, headers: MutableMapping[str, str]) -> None:
        """Start the span of an attempt, counted from 1, and put its context into the headers of the request."""
        self._context = None
        current = context.get_current()
        if any(current.get(key) for key in (_SUPPRESS_INSTRUMENTATION_KEY, _SUPPRESS_HTTP_INSTRUMENTATION_KEY)):
            return
        operation = self._operation
        attributes = {
            **self._recorder.describe(operation),
            "url.full": self._recorder.url(operation),
            "jsms.attempt": attempt,
        }
        links: list[trace.Link] = []
        if attempt > 1:
            attributes["http.request.resend_count"] = attempt - 1
            links = [trace.Link(self._span.get_span_context())]
        self._span = self._recorder.tracer.start_span(
            f"JSMS {operation.resource}.{operation.method_name}", current, trace.SpanKind.CLIENT, attributes, links
        )
        current = context.set_value(_SUPPRESS_HTTP_INSTRUMENTATION_KEY, True, current)
        self._context = trace.set_span_in_context(self._span, current)
        carrier: dict[str, str] = {}
        propagate.inject(carrier, self._context)
        headers.update((name, value) for name, value in carrier.items() if is_extra_header(name, value))

    def __enter__(self) -> None:
        """Make the span the current one."""
        if self._context is not None:
            self._token = context.attach(self._context)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Make the caller's span the current one again."""
        token, self._token = self._token, None
        if token is not None:
            context.detach(token)

    def attempt_ended(self, event: CallEvent) -> None:
        """Record an attempt."""
        measured = self._recorder.describe(self._operation) | _known(
            {"http.response.status_code": event.http_status, "error.type": event.error}
        )
        with _guard():
            self._recorder.durations.record(event.duration, measured, self._context)
        with _guard():
            self._span.set_attributes(
                measured
                | _known(
                    {
                        "jsms.sent": event.sent,
                        "jsms.code": event.code,
                        "jsms.msg_id": event.msg_id,
                        "jsms.retry_in": event.retry_in,
                    }
                )
            )
            if event.error is not None:
                self._span.set_status(trace.StatusCode.ERROR)
            self._span.end()

    def call_ended(self, event: CallEvent) -> None:
        """Count a call."""
        operation: dict[str, AttributeValue] = {"jsms.operation": event.operation}
        with _guard():
            self._recorder.calls.add(1, operation | _known({"jsms.sent": event.sent, "error.type": event.error}))
        if event.code is not None:
            with _guard():
                self._recorder.refusals.add(1, operation | {"jsms.code": event.code})


def _known(attributes: dict[str, AttributeValue | None]) -> dict[str, AttributeValue]:
    return {name: value for name, value in attributes.items() if value is not None}
