"""What both apps answer, so that ASGI and WSGI cannot differ."""

from __future__ import annotations

import inspect
import logging
import traceback
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from jsms_client.callbacks.refusals import refusal
from jsms_client.errors import CallbackError, CallbackReason

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsms_client.callbacks.events import Callback, Event
    from jsms_client.callbacks.receiver import CallbackReceiver

_log = logging.getLogger("jsms_client.callbacks")

_FORM = "application/x-www-form-urlencoded"
_HEADERS = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


def answer_check(receiver: CallbackReceiver, query: bytes) -> Answer:
    """Answer the service's check of a callback URL, ``GET ?echostr=…``."""
    try:
        values = [value for name, value in _query(query) if name == "echostr"]
        echo = receiver.check(values[0] if len(values) == 1 else None).encode("ascii")
    except CallbackError as error:
        return answer_refused(error)
    return _answer(HTTPStatus.OK, echo)


def answer_accepted(callback: Callback) -> Answer:
    """The callback was handled."""
    _log.info("callback handled: %s, records: %d", callback.type, len(callback.events))
    return _answer(HTTPStatus.OK)


def answer_refused(error: CallbackError) -> Answer:
    """The callback was refused, or was handled before; the response says its status and nothing else."""
    if error.reason is CallbackReason.ALREADY_HANDLED:
        _log.info("callback acknowledged again: %s", error)
    else:
        _log.warning("callback refused: %s (%s)", error.reason.value, error)
    return _answer(HTTPStatus(error.http_status or HTTPStatus.BAD_REQUEST))


def answer_failed(error: BaseException) -> Answer:
    """The callback could not be handled: the service is to try again.

    The log names the error and where it came from, not its message: that could quote a phone number or a text.
    """
    *_, frame = traceback.extract_tb(error.__traceback__)
    _log.error(
        "callback not handled: %s in %s, %s line %s", type(error).__name__, frame.name, frame.filename, frame.lineno
    )
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR)


def answer_method() -> Answer:
    """A method that no part of the service uses."""
    return _answer(HTTPStatus.METHOD_NOT_ALLOWED, b"", ("Allow", "GET, POST"))


def is_async(handler: Callable[[Event], object]) -> bool:
    """Whether a handler is an ``async`` function, or an object that is called like one."""
    called: object = getattr(handler, "__call__", None)  # noqa: B004 - the method, not whether there is one
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(called)


def require_form(content_type: str) -> None:
    """Refuse a body that is not a form.

    Raises:
        CallbackError: WRONG_CONTENT_TYPE.
    """
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise refusal(CallbackReason.WRONG_CONTENT_TYPE, f"the content type is not {_FORM}")


def require_length(header: str, max_body: int) -> int | None:
    """Read the header Content-Length and refuse a body that is too long by its own word.

    Returns:
        The length, or None where the header is absent.

    Raises:
        CallbackError: MALFORMED or TOO_LARGE.
    """
    if not header:
        return None
    # By its digits first: int() refuses very long ones in its own way.
    digits = header.strip().lstrip("0") or "0"
    if not (header.isascii() and digits.isdigit()):
        raise refusal(CallbackReason.MALFORMED, "the header Content-Length is not a number")
    if len(digits) > len(str(max_body)) or int(digits) > max_body:
        raise refusal(CallbackReason.TOO_LARGE, f"the body is longer than {max_body} bytes")
    return int(digits)


def _query(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        problem = "the query is not a form in UTF-8"
    # Out here, so that no exception that holds what was asked hangs on this one.
    raise refusal(CallbackReason.MALFORMED, problem)


def _answer(status: HTTPStatus, body: bytes = b"", *headers: tuple[str, str]) -> Answer:
    return Answer(status, (*_HEADERS, ("Content-Length", str(len(body))), *headers), body)


__all__ = [
    "Answer",
    "answer_accepted",
    "answer_check",
    "answer_failed",
    "answer_method",
    "answer_refused",
    "is_async",
    "require_form",
    "require_length",
]
