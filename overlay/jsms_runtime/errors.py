"""The root of every exception, what an error code is, and whether a signal handler raised an exception."""

from __future__ import annotations

from collections.abc import Mapping
from traceback import walk_tb
from types import FrameType
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias, cast


class ErrorInfo(NamedTuple):
    """What the contract says of one error code.

    Attributes:
        code: The number in the response's body.
        name: Its name in the contract, such as ``NO_MONEY``.
        http_status: The HTTP status it comes with.
        message: The service's own words.
        family: The family it is handled with, such as ``no_credit``.
        meaning: What it means.
        meaning_zh: The same in Chinese.
        remedy: What to do about it.
        remedy_zh: The same in Chinese.
        repeat: Whether sending the same request again can help.
        concerns: What the code is about: the request as a whole, how many recipients it has, or one of them.
    """

    code: int
    name: str
    http_status: int
    message: str
    family: str
    meaning: str
    meaning_zh: str
    remedy: str
    remedy_zh: str
    repeat: Literal["never", "later", "after_change"]
    concerns: Literal["request", "batch", "recipient"] = "request"


Sent: TypeAlias = Literal["no", "yes", "unknown"]
"""Whether a request was carried out."""


class JSMSError(Exception):
    """Anything that went wrong between an app and JSMS.

    Attributes:
        message: What went wrong, in one line.
        operation: The operation in the contract (``sendMessage``), where there was one.
        code: The service's error code, where it gave one.
        name: The code's name in the contract, where the contract knows it.
        http_status: The HTTP status of the response, where there was one.
        attempts: How many requests may have left for this call.
        sent: Whether the request was carried out, such as a message sent: ``"no"`` where that is certain, ``"yes"``
            where it was, or may have been and is safe to retry, ``"unknown"`` otherwise.
    """

    sent: Sent = "unknown"
    message: str
    operation: str | None
    code: int | None
    name: str | None
    http_status: int | None
    attempts: int

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        code: int | None = None,
        name: str | None = None,
        http_status: int | None = None,
        attempts: int = 0,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.code = code
        self.name = name
        self.http_status = http_status
        self.attempts = attempts

    def __str__(self) -> str:
        """Return the operation and what went wrong, in one line."""
        return f"{self.operation}: {self.message}" if self.operation else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by state, so that a subclass may take any arguments."""
        return type(self).__new__, (type(self), *self.args), self.__dict__.copy()


class NotSentError(JSMSError):
    """Nothing was sent, scheduled, created or changed: the base of every exception that is certain of it.

    For task queues that retry: Celery's ``autoretry_for=(NotSentError,)`` never sends a message twice. Whether the same
    call can succeed later is for the class below it to say (`RateLimitError` and `ConnectionFailedError`: yes).
    """

    sent: Sent = "no"


class APIError(JSMSError):
    """The service responded with an error.

    Every code in the contract has a class of its own below one of the families; a code that the contract does not
    know is raised as the family of its HTTP status.

    Attributes:
        info: What the contract says of the code; None for a code it does not know.
        headers: The headers of the response, without cookies and credentials; empty where there was no response of
            its own, as for one recipient of a batch.
        body: The beginning of the response, with numbers and secrets masked.
    """

    info: ClassVar[ErrorInfo | None] = None
    headers: Mapping[str, str]
    body: str

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        code: int | None = None,
        name: str | None = None,
        http_status: int | None = None,
        attempts: int = 0,
        headers: Mapping[str, str] | None = None,
        body: str = "",
    ) -> None:
        super().__init__(message, operation=operation, code=code, name=name, http_status=http_status, attempts=attempts)
        self.headers = dict(headers or {})
        self.body = body
        if self.info is not None and code is None:
            # A class for one code knows it, also where only the message came along (Celery's JSON results).
            self.code = self.info.code
            self.name = self.info.name
            self.http_status = self.info.http_status if http_status is None else http_status

    def __str__(self) -> str:
        """One line: operation, the service's words, code and status, meaning and what to do."""
        where = f"{self.operation}: " if self.operation else ""
        facts = f"code {self.code}" if self.code is not None else "no error code"
        if self.http_status is not None:
            facts += f", HTTP {self.http_status}"
        advice = f" {self.info.meaning} {self.info.remedy}" if self.info is not None else ""
        return f"{where}{self.message} ({facts}).{advice}"


class ArgumentError(NotSentError, ValueError):
    """A value that JSMS would refuse, found before anything was sent."""


def is_raised_by_handler(error: BaseException) -> bool:
    """Whether a signal handler raised it, in the middle of something that fails with such exceptions too."""
    return any(_is_handler(frame) for frame, _ in walk_tb(error.__traceback__))


def _is_handler(frame: FrameType) -> bool:
    """Whether it is a signal handler's: only those are given the frame that they interrupt."""
    given = list(frame.f_locals.values())
    given += [value for values in given if isinstance(values, tuple) for value in cast("tuple[object, ...]", values)]
    return any(isinstance(value, FrameType) for value in given)
