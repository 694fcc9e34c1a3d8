"""Timeouts, retries and headers: the options of a client and of ``with_options``, validated."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from jsms_client.errors import ConfigurationError

if TYPE_CHECKING:
    import httpx
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

_HEADER_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_HEADER_VALUE = r"(?:[!-~](?:[ \t]*[!-~])*)?"
# What says how a message is framed and who sends it: another value breaks the request or its safety.
_OWN_HEADERS = frozenset(
    (
        *("host", "authorization", "proxy-authorization", "cookie", "accept", "accept-encoding", "connection"),
        *("content-type", "content-length", "content-encoding", "transfer-encoding", "te", "trailer", "upgrade"),
        *("expect", "keep-alive", "proxy-connection"),
    )
)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long one attempt may wait, in seconds; None for no limit.

    An attempt ends when all four together are over, whatever comes. With an ``http_client`` of your own, JSMS cannot
    stop a thread that waits for a socket: a server that sends headers bit by bit, each in time, is waited for.

    Attributes:
        connect: For a connection, TLS included.
        read: For the response to begin, between two parts of it, and for its body to be complete.
        write: For the network to take the next part of the request.
        pool: For a free connection, when all of the client's are in use.
    """

    connect: float | None = 5.0
    read: float | None = 30.0
    write: float | None = 30.0
    pool: float | None = 5.0

    def __post_init__(self) -> None:
        """Refuse what no clock can measure."""
        for name in ("connect", "read", "write", "pool"):
            _check_seconds(f"timeout ({name})", getattr(self, name))


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often the client tries again where that is safe.

    Safe is: any call whose connection failed before a byte was sent, and calls that are safe to retry (reads, and what
    the contract marks so) when the service failed or no response came. A send that left is never retried.

    Attributes:
        attempts: How many times at most, the first included; 1 switches retries off.
        backoff: Seconds before the second attempt; doubled for each one after it, less a random part.
        max_backoff: The longest wait between two attempts, in seconds; where the service asks for a longer one
            (Retry-After), the call is not retried.
    """

    attempts: int = 3
    backoff: float = 0.5
    max_backoff: float = 8.0

    def __post_init__(self) -> None:
        """Refuse what cannot be counted or waited for."""
        if not _is_count(self.attempts):
            raise ConfigurationError("retry (attempts) must be a whole number, 1 or more")
        for name in ("backoff", "max_backoff"):
            if getattr(self, name) != 0:
                _check_seconds(f"retry ({name})", getattr(self, name))


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Where OpenTelemetry's spans and metrics go: ``JSMS(telemetry=Telemetry(tracer_provider=…))``.

    Attributes:
        tracer_provider: For spans; None for the app's global one.
        meter_provider: For metrics; None for the app's global one.
    """

    tracer_provider: TracerProvider | None = None
    meter_provider: MeterProvider | None = None


def read_timeouts(given: float | Timeouts | httpx.Timeout | None) -> Timeouts:
    """Return timeouts from seconds for each phase, or from each phase by itself; the defaults for None."""
    if given is None:
        return Timeouts()
    if isinstance(given, Timeouts):
        return given
    if isinstance(given, (int, float)):
        _check_seconds("timeout", given)
        return Timeouts(connect=given, read=given, write=given, pool=given)
    try:
        return Timeouts(connect=given.connect, read=given.read, write=given.write, pool=given.pool)
    except AttributeError:
        problem = f"timeout is of type {type(given).__name__}: give seconds, Timeouts or httpx.Timeout"
    raise ConfigurationError(problem)


def read_retry(given: object) -> RetryPolicy:
    """Return when to try again; the defaults for None."""
    if given is None:
        return RetryPolicy()
    if isinstance(given, RetryPolicy):
        return given
    raise ConfigurationError(f"retry is of type {type(given).__name__}: give a RetryPolicy")


def parse_headers(given: object) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of ``with_options``: what HTTP can carry, and the client does not set itself."""
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"headers is of type {type(given).__name__}: give a mapping of names to texts")
    read: list[tuple[bytes, bytes]] = []
    for name, value in cast("Mapping[object, object]", given).items():
        if not isinstance(name, str) or not re.fullmatch(_HEADER_NAME, name):
            raise ConfigurationError("headers has a name that HTTP cannot carry: use letters, digits and hyphens")
        if name.lower() in _OWN_HEADERS:
            raise ConfigurationError(f"headers has {name}, which the client sets itself: leave it out")
        if not isinstance(value, str) or not re.fullmatch(_HEADER_VALUE, value):
            raise ConfigurationError(f"headers[{name!r}] is not a text that HTTP can carry: use printable ASCII")
        read.append((name.encode("ascii"), value.encode("ascii")))
    return tuple(read)


def is_extra_header(name: str, value: str) -> bool:
    """Whether HTTP can carry a header, and the client does not set it itself."""
    own = name.lower() in _OWN_HEADERS
    return not own and bool(re.fullmatch(_HEADER_NAME, name) and re.fullmatch(_HEADER_VALUE, value))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _check_seconds(what: str, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not (value > 0 and math.isfinite(value)):
        raise ConfigurationError(f"{what} must be a number of seconds above 0")
