"""Events for each attempt and each call: written to the log, and passed to the app's ``on_event``."""

from __future__ import annotations

import inspect
import logging
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from jsms_client.errors import ConfigurationError
from jsms_runtime.errors import Sent

LOG = logging.getLogger("jsms_client")
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO}
_VARIABLE = "JSMS_LOG"


@dataclass(frozen=True, slots=True)
class CallEvent:
    """An attempt or a call that has ended. It holds no secret, number, code or text.

    Attributes:
        kind: ``"attempt"`` for each request that was tried; ``"outcome"`` for the call, after its last attempt.
        operation: The operation in the contract, such as ``sendCode``.
        attempt: Which attempt it was, counted from 1; of an outcome, how many there were.
        duration: How long it took, in seconds; of an outcome, with the pauses between attempts.
        http_status: The HTTP status, where there was a response.
        code: The service's error code, where it gave one.
        msg_id: The message, where the call was about one and succeeded.
        sent: As in `JSMSError.sent`; ``"yes"`` for a success.
        error: The name of the exception's class; None for a success.
        retry_in: Seconds until the next attempt; None where there is none.
    """

    kind: Literal["attempt", "outcome"]
    operation: str
    attempt: int
    duration: float
    http_status: int | None = None
    code: int | None = None
    msg_id: str | None = None
    sent: Sent = "yes"
    error: str | None = None
    retry_in: float | None = None


OnEvent: TypeAlias = Callable[[CallEvent], object]
"""A plain function that gets each event; what it returns or raises does not change the call."""


def check_hook(on_event: object) -> None:
    """Refuse what cannot be called for an event."""
    if on_event is None:
        return
    called: object = getattr(on_event, "__call__", None)  # noqa: B004 - the method, not whether there is one
    if not callable(on_event) or any(map(inspect.iscoroutinefunction, (on_event, called))):
        raise ConfigurationError("on_event must be a plain function that takes one CallEvent; it is called in the call")


def publish(event: CallEvent, on_event: OnEvent | None) -> None:
    """Log an event, and hand it to the hook."""
    _write(event)
    if on_event is None:
        return
    try:
        on_event(event)
    except Exception:
        LOG.warning("on_event failed", exc_info=True)


def _write(event: CallEvent) -> None:
    parts = [f"HTTP {event.http_status}, code {event.code}" if event.http_status is not None else "no response"]
    if event.error is not None and event.http_status is None:
        parts[0] += f" ({event.error})"
    parts.append(f"{event.duration * 1000:.0f} ms")
    if event.kind == "attempt":
        if event.http_status is not None:
            parts.append(f"msg_id {event.msg_id}")
        if event.retry_in is not None:
            parts.append(f"attempt {event.attempt}, again in {event.retry_in:.2f} s")
        LOG.debug("%s: %s", event.operation, ", ".join(parts))
        return
    parts.append(f"attempts {event.attempt}, sent {event.sent}, msg_id {event.msg_id}")
    LOG.info("%s: %s", event.operation, ", ".join(parts))


def switch_on_logging(variables: Mapping[str, str] | None = None) -> None:
    """Write the log to stderr where ``JSMS_LOG`` asks for it and the app has not set up logging itself."""
    wanted = (os.environ if variables is None else variables).get(_VARIABLE, "").strip().lower()
    if not wanted:
        return
    if wanted not in _LEVELS:
        raise ConfigurationError(f"{_VARIABLE} is neither debug nor info: correct it or take it out")
    LOG.setLevel(_LEVELS[wanted])
    if not any(isinstance(handler, _StderrHandler) for handler in LOG.handlers):
        LOG.addHandler(_StderrHandler())


class _StderrHandler(logging.StreamHandler):  # type: ignore[type-arg] # generic for type checkers only
    """Writes to stderr, unless the app has handlers of its own, which get the records anyway."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)  # pyright: ignore[reportUnknownMemberType] - generic for type checkers only
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self.addFilter(lambda _: not logging.getLogger().handlers)
