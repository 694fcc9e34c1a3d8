"""One call, from its first attempt to its result: what to repeat, when, and what to raise in the end."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Iterable, Iterator
from typing import cast

import httpx

from jsms_client._timeouts import monotonic
from jsms_client.config import RetryPolicy
from jsms_client.errors import (
    APIError,
    ConfigurationError,
    ConnectionFailedError,
    ConnectTimeoutError,
    JSMSError,
    LostAnswerError,
    LostAnswerTimeoutError,
    RateLimitError,
    UnknownOutcomeError,
    UnknownOutcomeTimeoutError,
)
from jsms_client.redaction import MASK, mask_line
from jsms_client.verdicts import Received, Success, judge
from jsms_runtime.operation import Operation

_log = logging.getLogger("jsms_client")
_MSG_ID = re.compile("[0-9]{1,20}")

# Errors that httpx raises before it has written a byte of the request.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# What aiohttp raises only then.
_NEVER_CONNECTED = frozenset(("ClientConnectorError", "ConnectionTimeoutError"))


class Attempts:
    """What one call has been through.

    Args:
        operation: What is asked for.
        policy: When to try again.
        secrets: Finds what must not be shown of the request; asked only when something goes wrong.
        path: Its path, with ids in it.
    """

    __slots__ = ("_attempt", "_left", "_lost", "_operation", "_path", "_policy", "_secrets", "_started")

    def __init__(
        self, operation: Operation, policy: RetryPolicy, secrets: Callable[[], Iterable[str]], path: str
    ) -> None:
        self._operation = operation
        self._path = path
        self._policy = policy
        self._secrets = secrets
        self._attempt = 0
        self._left = 0
        self._lost = False
        self._started = 0.0

    def begin(self) -> None:
        """Another attempt starts."""
        self._attempt += 1
        self._started = monotonic()

    def failed(self, error: Exception) -> tuple[JSMSError, float | None]:
        """An attempt ended without an answer.

        Args:
            error: What was raised.

        Returns:
            What to raise, and how many seconds to wait before another attempt instead, where that is safe.
        """
        _log.debug(
            "%s: no answer (%s), %.0f ms",
            self._operation.id,
            type(error).__name__,
            (monotonic() - self._started) * 1000,
        )
        if request_not_sent(error):
            again = not is_permanent(error) and self._attempt < self._policy.attempts
            return self._not_reached(error), self._pause(0, "no connection") if again else None
        self._left += 1
        self._lost = True
        again = self._operation.retry == "safe" and self._attempt < self._policy.attempts
        return self._no_answer(error), self._pause(0, "no answer") if again else None

    def answered(self, received: Received) -> Success | tuple[JSMSError, float | None]:
        """An attempt ended with an answer.

        Args:
            received: The answer.

        Returns:
            The success; or what to raise, and how many seconds to wait before another attempt instead.
        """
        self._left += 1
        verdict = judge(self._operation, received, attempts=self._left, secrets=_Lazily(self._secrets))
        if _log.isEnabledFor(logging.DEBUG):
            self._note(received, verdict)
        if isinstance(verdict, Success):
            return verdict
        if (
            self._operation.retry == "safe"
            and 500 <= received.status < 600
            and not isinstance(verdict, RateLimitError)
            and self._attempt < self._policy.attempts
        ):
            wanted = _seconds(received.headers.get("retry-after"))
            if wanted <= self._policy.max_backoff:
                self._lost = True
                return verdict, self._pause(wanted, f"HTTP {received.status}")
            # A longer wait than ours is for the caller to decide: neither waited out here nor cut short.
            verdict.message += f"; not repeated, as the service asks to wait {wanted:.0f} s"
        if self._lost and isinstance(verdict, APIError) and self._operation.method != "GET":
            verdict.message += "; an earlier attempt of this call may have been carried out"
        return verdict, None

    def _pause(self, wanted: float, reason: str) -> float:
        # Spread out, so that clients that failed together do not come back together; nothing secret about it.
        part = random.uniform(0.5, 1)  # noqa: S311
        seconds = max(wanted, min(self._policy.max_backoff, self._policy.backoff * 2.0 ** (self._attempt - 1)) * part)
        _log.info(
            "%s: %s, attempt %d of %d; again in %.2f s",
            self._operation.id,
            reason,
            self._attempt,
            self._policy.attempts,
            seconds,
        )
        return seconds

    def _not_reached(self, error: Exception) -> JSMSError:
        if is_unwritable(error):
            return ConfigurationError(
                "the http_client adds something that HTTP cannot carry, and nothing was sent; look at its headers",
                operation=self._operation.id,
            )
        kind = ConnectTimeoutError if is_timeout(error) else ConnectionFailedError
        return kind(
            f"the service was not reached, and nothing was sent ({self._words(error)}; {self._tries()})",
            operation=self._operation.id,
            attempts=self._left,
        )

    def _no_answer(self, error: Exception) -> JSMSError:
        timeout = is_timeout(error)
        kind: type[JSMSError]
        if self._operation.retry == "never":
            kind = UnknownOutcomeTimeoutError if timeout else UnknownOutcomeError
            advice = "the request may have been carried out, so it was not repeated"
        else:
            kind = LostAnswerTimeoutError if timeout else LostAnswerError
            advice = f"the call can be repeated; {self._tries()}"
        return kind(
            f"the request left, but no whole answer came ({self._words(error)}); {advice}",
            operation=self._operation.id,
            attempts=self._left,
        )

    def _words(self, error: Exception) -> str:
        text = mask_line(str(error), self._secrets())
        return f"{type(error).__name__}: {text}" if text else type(error).__name__

    def _tries(self) -> str:
        return "1 attempt" if self._attempt == 1 else f"{self._attempt} attempts"

    def _note(self, received: Received, verdict: Success | JSMSError) -> None:
        value = verdict.json() if isinstance(verdict, Success) else None
        if "{msg_id}" in self._operation.path:
            # What was asked about, as the answer does not say.
            value = {"msg_id": self._path.split("/")[self._operation.path.split("/").index("{msg_id}")]}
        _log.debug(
            "%s: HTTP %d, code %s, %.0f ms, msg_id %s",
            self._operation.id,
            received.status,
            None if isinstance(verdict, Success) else verdict.code,
            (monotonic() - self._started) * 1000,
            _shown_id(cast("dict[str, object]", value).get("msg_id")) if isinstance(value, dict) else None,
        )


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


class _Lazily:
    """Texts that are looked for only when somebody goes through them."""

    __slots__ = ("_find",)

    def __init__(self, find: Callable[[], Iterable[str]]) -> None:
        self._find = find

    def __iter__(self) -> Iterator[str]:
        return iter(self._find())


def request_not_sent(error: Exception) -> bool:
    """Whether a request failed before a byte of it was written, so that repeating it is always safe.

    Args:
        error: What the transport raised.
    """
    if not isinstance(error, _NOT_SENT):
        return is_unwritable(error)
    # httpx-aiohttp reports a connection that broke after the request as one that was never made.
    causes = {kind.__name__ for kind in type(error.__cause__).__mro__ if kind.__module__.startswith("aiohttp")}
    return not causes or bool(causes & _NEVER_CONNECTED)


def is_unwritable(error: BaseException) -> bool:
    """Whether a request has something in its head that HTTP cannot carry, such as a header of the caller's client.

    Args:
        error: What the transport raised.
    """
    # Only while h11 looks at the head, all of it, before a byte is written; other breaches come later.
    return isinstance(error, httpx.LocalProtocolError) and str(error).startswith("Illegal ")


def is_timeout(error: Exception) -> bool:
    """Whether a time limit ran out.

    Args:
        error: What the transport raised.
    """
    return isinstance(error, (httpx.TimeoutException, TimeoutError))


def is_permanent(error: Exception) -> bool:
    """Whether trying again cannot help: neither the other side's certificate nor our head will be another one.

    Args:
        error: What the transport raised.
    """
    if is_unwritable(error):
        return True
    cause: BaseException | None = error
    while cause is not None:
        # By name: a program that never meets TLS need not load it.
        if type(cause).__name__ == "SSLCertVerificationError":
            return True
        cause = cause.__cause__ or cause.__context__
    return False


__all__ = ["Attempts", "is_permanent", "is_timeout", "is_unwritable", "request_not_sent"]
