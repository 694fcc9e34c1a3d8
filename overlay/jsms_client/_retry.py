"""One call, from its first attempt to its result: what to retry, when, and what to raise in the end."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from jsms_client._events import LOG, CallEvent, publish
from jsms_client._failures import (
    foreign,
    is_named,
    is_permanent,
    is_proxy_refusal,
    is_timeout,
    is_unwritable,
    request_not_sent,
)
from jsms_client._response import Interpreter, ReceivedResponse, note_response
from jsms_client.errors import (
    APIError,
    ConfigurationError,
    ConnectionFailedError,
    ConnectTimeoutError,
    JSMSError,
    LostResponseError,
    LostResponseTimeoutError,
    NotSentError,
    PoolTimeoutError,
    RateLimitError,
    UnknownOutcomeError,
    UnknownOutcomeTimeoutError,
)
from jsms_runtime.errors import Sent
from jsms_runtime.operation import Operation
from jsms_runtime.redaction import MASK, mask_line

if TYPE_CHECKING:
    from jsms_client._config import Config
    from jsms_client._request import Departure, Request

_MSG_ID = re.compile("[0-9]{1,20}")
_NOT_RECORDED = nullcontext()


class Attempts:
    """What one call has been through."""

    def __init__(self, operation: Operation, config: Config, path: str, secrets: Callable[[], Iterable[str]]) -> None:
        self._operation = operation
        self._policy = config.retry
        self._on_event = config.on_event
        self._recorder = None if config.recorder is None else config.recorder.call(operation)
        self._path = path
        self._secrets = secrets
        self._began = self._started = time.monotonic()
        self._attempt = 0
        self._left = 0
        self._lost = False

    def begin(self, request: Request) -> AbstractContextManager[object]:
        """Start another attempt; gives what its request is to be sent in."""
        self._attempt += 1
        self._started = time.monotonic()
        if self._recorder is None:
            return _NOT_RECORDED
        added: dict[str, str] = {}
        self._recorder.begin(self._attempt, added)
        request.set_headers(added)
        return self._recorder

    def failed(self, error: BaseException, departure: Departure, *, own: bool) -> tuple[BaseException, float | None]:
        """End an attempt without a response: what to raise, or the seconds before another where that is safe."""
        failure: BaseException
        passed = foreign(error, own=own)
        if passed is not None and not (departure.may_have_left and isinstance(passed, NotSentError)):
            failure, again = passed, False
        elif departure.may_have_left is False or request_not_sent(error):
            failure, again = self._not_reached(error), not is_permanent(error)
        else:
            self._left += 1
            self._lost = True
            failure, again = self._no_response(error), self._operation.retry == "safe"
        pause = self._pause(0) if again and self._attempt < self._policy.attempts else None
        sent: Sent = "unknown"
        if failure is not passed and isinstance(failure, JSMSError):
            sent = failure.sent
        elif departure.may_have_left is False and not self._lost:
            sent = "no"
        elif self._operation.retry == "safe":
            sent = "yes"
        else:
            note = f"{self._operation.id}: the request may have left and been carried out, such as a message sent"
            # It may be raised more than once.
            failure.__notes__ = [*(each for each in getattr(failure, "__notes__", ()) if each != note), note]
        self._publish(type(error).__name__, type(failure).__name__, pause, sent)
        return failure, pause

    def responded(
        self, received: ReceivedResponse, parse: Callable[[bytes], object]
    ) -> ReceivedResponse | tuple[JSMSError, float | None]:
        """End an attempt with a response: the success, or what to raise or the seconds before another attempt."""
        self._left += 1
        note_response(received)
        result = Interpreter(self._operation, received, self._left, self._secrets, parse).interpret()
        if isinstance(result, ReceivedResponse):
            if self._on_event is not None or self._recorder is not None or LOG.isEnabledFor(logging.INFO):
                self._publish(None, None, None, "yes", received, msg_id=self._msg_id(result))
            return result
        error, pause = self._judge_response(result, received)
        kind = type(error).__name__
        self._publish(kind, kind, pause, error.sent, received, code=error.code)
        return error, pause

    def _judge_response(self, result: JSMSError, received: ReceivedResponse) -> tuple[JSMSError, float | None]:
        if (
            self._operation.retry == "safe"
            and 500 <= received.status_code < 600
            and not isinstance(result, RateLimitError)
            and self._attempt < self._policy.attempts
        ):
            wanted = _seconds(received.headers.get("retry-after"))
            if wanted <= self._policy.max_backoff:
                self._lost = True
                return result, self._pause(wanted)
            # A longer wait than ours is for the caller to decide: neither waited out here nor cut short.
            result.message += f"; not retried, as the service asks to wait {wanted:.0f} s"
        if self._lost and isinstance(result, APIError) and self._operation.method != "GET":
            result.message += "; an earlier attempt of this call may have been carried out"
            result.sent = "unknown"
        return result, None

    def _pause(self, wanted: float) -> float:
        # Jitter: clients that failed together should not retry together.
        part = random.uniform(0.5, 1)  # noqa: S311 - not a secret
        return max(wanted, min(self._policy.max_backoff, self._policy.backoff * 2.0 ** (self._attempt - 1)) * part)

    def _not_reached(self, error: BaseException) -> JSMSError:
        if is_unwritable(error):
            return ConfigurationError(
                "the http_client adds something that HTTP cannot carry, and nothing was sent; look at its headers",
                operation=self._operation.id,
            )
        kind: type[JSMSError] = ConnectTimeoutError if is_timeout(error) else ConnectionFailedError
        problem, certain = "the service was not reached", "nothing was sent"
        if is_named(error, "PoolTimeout"):
            kind = PoolTimeoutError
            problem = "no connection was free in time: make fewer calls at once, or give timeout a longer pool"
        elif is_proxy_refusal(error):
            problem = "the proxy refuses its credentials: check the proxy credentials in HTTPS_PROXY"
        if self._lost and self._operation.method != "GET":
            kind = LostResponseTimeoutError if is_timeout(error) else LostResponseError
            certain = "an earlier attempt of this call may have been carried out"
        return kind(
            f"{problem}; {certain} ({self._words(error)}; {self._tries()})",
            operation=self._operation.id,
            attempts=self._left,
        )

    def _no_response(self, error: BaseException) -> JSMSError:
        timeout = is_timeout(error)
        kind: type[JSMSError]
        if self._operation.retry == "never":
            kind = UnknownOutcomeTimeoutError if timeout else UnknownOutcomeError
            advice = "the request may have been carried out, so it was not retried"
        else:
            kind = LostResponseTimeoutError if timeout else LostResponseError
            advice = f"the call can be retried; {self._tries()}"
        return kind(
            f"the request left, but no complete response came ({self._words(error)}); {advice}",
            operation=self._operation.id,
            attempts=self._left,
        )

    def _words(self, error: BaseException) -> str:
        text = mask_line(str(error), self._secrets())
        return f"{type(error).__name__}: {text}" if text else type(error).__name__

    def _tries(self) -> str:
        return "1 attempt" if self._attempt == 1 else f"{self._attempt} attempts"

    def _publish(
        self,
        problem: str | None,
        error: str | None,
        pause: float | None,
        sent: Sent,
        received: ReceivedResponse | None = None,
        *,
        code: int | None = None,
        msg_id: str | None = None,
    ) -> None:
        """Tell of an attempt, and of the call where it was the last."""
        now = time.monotonic()
        attempt = CallEvent(
            kind="attempt",
            operation=self._operation.id,
            attempt=self._attempt,
            duration=now - self._started,
            http_status=received.status_code if received is not None else None,
            code=code,
            msg_id=msg_id,
            sent=sent,
            error=problem,
            retry_in=pause,
        )
        publish(attempt, self._on_event)
        if self._recorder is not None:
            # Transports differ in what they raise; what the caller gets is the same with each of them.
            self._recorder.attempt_ended(replace(attempt, error=error))
        if pause is None:
            outcome = replace(attempt, kind="outcome", duration=now - self._began, error=error)
            publish(outcome, self._on_event)
            if self._recorder is not None:
                self._recorder.call_ended(outcome)

    def _msg_id(self, success: ReceivedResponse) -> str | None:
        value = success.json()
        if "{msg_id}" in self._operation.path:
            # What was asked about, as the response does not say.
            return _shown_id(self._path.split("/")[self._operation.path.split("/").index("{msg_id}")])
        return _shown_id(cast("dict[str, object]", value).get("msg_id")) if isinstance(value, dict) else None


def _seconds(retry_after: str | None) -> float:
    """How long the service asks to wait; a date is not asked, as two clocks differ."""
    if retry_after is None or not (retry_after.isascii() and retry_after.isdigit()):
        return 0
    # No more digits than a number is made from; all of them are too long a wait.
    return int(retry_after[:9])


def _shown_id(msg_id: object) -> str | None:
    if msg_id is None:
        return None
    # Whatever the service sends as one goes into no log: it could be another line of it.
    return msg_id if isinstance(msg_id, str) and _MSG_ID.fullmatch(msg_id) is not None else MASK
