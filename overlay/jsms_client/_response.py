"""Read responses, and interpret them: the result of a success, or the exception of everything else."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeAlias, TypeVar
from urllib.parse import urlsplit

from jsms_client._decode import (
    ErrorDetail,
    InvalidResponse,
    check_id,
    conform_recipients,
    error_detail,
    has_proof,
    holds_error,
    lists_recipients,
    parse,
    repeats_a_name,
)
from jsms_client.errors import (
    APIError,
    DecodeError,
    JSMSError,
    RedirectError,
    ServerError,
    ServiceError,
    UnconfirmedAPIError,
    UnconfirmedDecodeError,
    UnconfirmedRedirectError,
    UnconfirmedServerError,
    UnconfirmedServiceError,
    UnconfirmedStatusError,
    UnexpectedStatusError,
    error_class,
)
from jsms_contract.errors import ERRORS
from jsms_runtime.operation import Items, Operation
from jsms_runtime.redaction import LONGEST_READ, mask_line

if TYPE_CHECKING:
    from zlib import _Decompress as Decompressor  # pyright: ignore[reportPrivateUsage] - it has no public name


MAX_ANSWER = 10 * 1024 * 1024
"""The longest response that is read, in bytes; the largest of the contract, 1000 recipients, is well below 1 MB."""

_TOO_LONG = f"is longer than {MAX_ANSWER} bytes"
_UNREADABLE = "is compressed in a way that does not read"


class BodyReader:
    """Collects a body part by part.

    Args:
        headers: The response's headers.

    Attributes:
        problem: Why the body cannot be used, in words that fit behind "the response"; empty where it can.
    """

    __slots__ = ("_decompressor", "_may_be_raw", "_parts", "_size", "_started", "problem")

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._started = False
        self._may_be_raw = False
        self._decompressor = None
        self.problem = ""
        encoding = headers.get("content-encoding")
        if encoding is None:
            return
        codings = [name for name in (coding.strip().lower() for coding in encoding.split(",")) if name != "identity"]
        # One that was asked for, and only once: each further one may multiply the size by a thousand.
        if codings in (["gzip"], ["x-gzip"]):
            self._decompressor = zlib.decompressobj(16 + zlib.MAX_WBITS)
        elif codings == ["deflate"]:
            self._may_be_raw = True
            self._decompressor = zlib.decompressobj()
        elif codings not in ([], [""]):
            self.problem = "is compressed in a way that was not asked for"

    def add(self, part: bytes) -> bool:
        """Take the next part.

        Args:
            part: The part, as it came.

        Returns:
            Whether to read on.
        """
        if self.problem:
            return False
        if self._decompressor is not None:
            self._started = True
            try:
                part = self._decompress(self._decompressor, part)
            except zlib.error:
                self.problem = _UNREADABLE
                return False
        self._parts.append(part)
        self._size += len(part)
        if self._size > MAX_ANSWER:
            self.problem = _TOO_LONG
        return not self.problem

    def content(self) -> bytes:
        """All of it, or what could be read of it."""
        decompressor = self._decompressor
        if decompressor is not None and not self.problem and self._started and not decompressor.eof:
            self.problem = _UNREADABLE
        return b"".join(self._parts)

    def _decompress(self, decompressor: Decompressor, part: bytes) -> bytes:
        most = MAX_ANSWER + 1 - self._size
        try:
            return decompressor.decompress(part, most)
        except zlib.error:
            if not self._may_be_raw:
                raise
            # Some send deflated data without the wrapping that the standard asks for.
            self._decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._decompressor.decompress(part, most)
        finally:
            self._may_be_raw = False


_UNSURE = "; the request may have been carried out"
# Five digits: the codes of JSMS, known and new. An HTTP status as a code is of something in between.
_CODES = range(10_000, 100_000)
# What a proxy responds with when the service did not (499 is nginx's).
_GIVEN_UP = (HTTPStatus.REQUEST_TIMEOUT, 499)
_HIDDEN_HEADERS = frozenset(
    ("set-cookie", "set-cookie2", "authorization", "proxy-authorization", "authentication-info")
)


class ReceivedResponse:
    """A response as it came.

    Attributes:
        status: The HTTP status.
        headers: The headers.
        content: The body, or what could be read of it.
        problem: Why that is not all of it, in words that fit behind "the response"; empty where it is.
        parse: Reads the JSON in the body.
    """

    __slots__ = ("content", "headers", "parse", "problem", "status")

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes, problem: str = "") -> None:
        self.status = status
        self.headers = headers
        self.content = content
        self.problem = problem
        self.parse: Callable[[bytes], object] = parse


class ParsedResponse:
    """What the generated functions take for an httpx response: a success, checked and put into types.

    They read nothing but these four.
    """

    __slots__ = ("_value", "content", "headers", "status_code")

    def __init__(self, received: ReceivedResponse, value: object) -> None:
        self.status_code = received.status
        self.headers = received.headers
        self.content = received.content
        self._value = value

    def json(self) -> object:
        """Return the checked value."""
        return self._value


def interpret(
    operation: Operation, received: ReceivedResponse, *, attempts: int, secrets: Iterable[str]
) -> ParsedResponse | JSMSError:
    """Say what a response means.

    Args:
        operation: What was asked for.
        received: The response.
        attempts: How many requests may have left.
        secrets: What must not be shown of the request.

    Returns:
        The success, or the error to raise.
    """
    status = received.status
    if status in operation.statuses:
        return _success(operation, received, attempts, secrets)
    if HTTPStatus.BAD_REQUEST <= status < 600:
        value = _value_of(received)
        return _refusal(operation, received, error_detail(value), attempts, secrets, proof=has_proof(value))
    never = operation.retry == "never"
    location = received.headers.get("location")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST and location is not None:
        target = _shown_location(location, secrets)
        return (UnconfirmedRedirectError if never else RedirectError)(
            f"responded with HTTP {status}, a redirect to {target}, which is never followed; check the base URL"
            + (_UNSURE if never else ""),
            operation=operation.id,
            http_status=status,
            attempts=attempts,
            location=target,
        )
    kind = UnconfirmedStatusError if never else UnexpectedStatusError
    return kind(
        f"responded with HTTP {status}, which is neither a success of this operation nor an error"
        + (_UNSURE if never else ""),
        operation=operation.id,
        http_status=status,
        attempts=attempts,
    )


def _success(
    operation: Operation, received: ReceivedResponse, attempts: int, secrets: Iterable[str]
) -> ParsedResponse | JSMSError:
    if operation.answer is None and not received.content.strip() and not received.problem:
        return ParsedResponse(received, None)
    if operation.poll_seconds is not None and isinstance(operation.answer, Items) and not received.problem:
        from jsms_client._records import read_records  # noqa: PLC0415 - only for what is handed out once

        records = read_records(received.content, operation.answer)
        if records is not None:
            return ParsedResponse(received, records)
    detail = None
    proof = False
    try:
        value = _parsed(received)
        detail = error_detail(value)
        proof = detail is not None and has_proof(value)
        if detail is not None and _is_refusal(detail) and not (proof and lists_recipients(value)):
            return _refusal(operation, received, detail, attempts, secrets, proof=proof)
        if operation.answer is not None:
            value = conform_recipients(value, operation.answer)
            check_id(value)
    except InvalidResponse as unusable:
        reason = str(unusable)
    else:
        if operation.retry == "never" and holds_error(value) and not lists_recipients(value):
            detail = detail or ErrorDetail(None, "an error beside a success", in_error=False)
            return _refusal(operation, received, detail, attempts, secrets, proof=True)
        return ParsedResponse(received, value)
    if detail is not None and detail.code is not None and not _says_success(detail.code):
        return _refusal(operation, received, detail, attempts, secrets, proof=proof)
    never = operation.retry == "never"
    return (UnconfirmedDecodeError if never else DecodeError)(
        f"the response {reason}" + (_UNSURE if never else ""),
        operation=operation.id,
        http_status=received.status,
        attempts=attempts,
        headers=_shown_headers(received.headers, secrets),
        body=_shown_body(received.content, secrets),
    )


def _is_refusal(detail: ErrorDetail) -> bool:
    """Whether an error in a success response is one: known to the contract, or in the place of errors."""
    if detail.code in ERRORS:
        return True
    return detail.code is not None and detail.in_error and not _says_success(detail.code)


def _says_success(code: int) -> bool:
    # The service's table of codes has one for success; the others are what such responses usually say.
    from jsms_api.models.error_code import ErrorCode  # noqa: PLC0415 - only for unknown responses

    return code in (0, HTTPStatus.OK, ErrorCode.SUCCESS)


def _refusal(
    operation: Operation,
    received: ReceivedResponse,
    detail: ErrorDetail | None,
    attempts: int,
    secrets: Iterable[str],
    *,
    proof: bool,
) -> JSMSError:
    code = detail.code if detail is not None else None
    kind = error_class(code, received.status)
    info = kind.info if kind.info is not None and kind.info.code == code else None
    if detail is not None and detail.message:
        message = mask_line(detail.message, secrets)
    elif info is not None:
        message = info.message
    else:
        message = _without_words(received)
    unsure = _unsure(operation, received, detail, kind, proof=proof)
    error = (unsure or kind)(
        message if unsure is None else message + _UNSURE,
        operation=operation.id,
        code=code,
        name=info.name if info is not None else None,
        http_status=received.status,
        attempts=attempts,
    )
    if isinstance(error, APIError):
        error.headers = _shown_headers(received.headers, secrets)
        error.body = _shown_body(received.content, secrets)
    return error


def _unsure(
    operation: Operation, received: ReceivedResponse, detail: ErrorDetail | None, kind: type[JSMSError], *, proof: bool
) -> type[JSMSError] | None:
    """Return the class of an error that does not prove that a request, which must not be retried, was not carried out.

    Only an error of JSMS with a code, and without anything of a success beside it, proves that. A status alone does
    not: a proxy or a filter in between may have made the response after the service had carried the request out.
    """
    if operation.retry != "never":
        return None
    if issubclass(kind, ServiceError):
        # It may fail after the message was sent.
        return UnconfirmedServerError if issubclass(kind, ServerError) else UnconfirmedServiceError
    proof = proof or (detail is not None and repeats_a_name(received.content))
    code = detail.code if detail is not None else None
    if code is None:
        return UnconfirmedStatusError if received.status in _GIVEN_UP else UnconfirmedAPIError
    if code in ERRORS:
        return UnconfirmedAPIError if proof else None
    is_new_code = (
        detail is not None and detail.in_error and code in _CODES and received.status not in operation.statuses
    )
    return None if is_new_code and not proof else UnconfirmedAPIError


def _without_words(received: ReceivedResponse) -> str:
    try:
        phrase = f" {HTTPStatus(received.status).phrase}"
    except ValueError:
        phrase = ""
    kind = "no body" if not received.content.strip() else "a body that is not an error of JSMS"
    return f"HTTP {received.status}{phrase}, with {kind}"


def _parsed(received: ReceivedResponse) -> object:
    if received.problem:
        raise InvalidResponse(received.problem)
    return received.parse(received.content)


def _value_of(received: ReceivedResponse) -> object:
    try:
        return _parsed(received)
    except InvalidResponse:
        return None


def _shown_location(location: str, secrets: Iterable[str]) -> str:
    try:
        parts = urlsplit(location)
        host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
    except ValueError:
        return "somewhere that is not a URL"
    return mask_line(f"{host}{parts.path}", secrets)


def _shown_headers(headers: Mapping[str, str], secrets: Iterable[str]) -> dict[str, str]:
    return {
        name: mask_line(value, secrets, digits=False)
        for name, value in headers.items()
        if name.lower() not in _HIDDEN_HEADERS
    }


def _shown_body(content: bytes, secrets: Iterable[str]) -> str:
    # No character has more than four bytes.
    return mask_line(content[: 4 * (LONGEST_READ + 1)].decode("utf-8", "replace"), secrets)


_T = TypeVar("_T")
_P = ParamSpec("_P")
Method: TypeAlias = Callable[_P, _T]
"""A method of the sync client."""

AsyncMethod: TypeAlias = Callable[_P, Awaitable[_T]]
"""A method of the async client."""

_COLLECTED: ContextVar[list[ReceivedResponse] | None] = ContextVar("jsms_client_responses", default=None)


@dataclass(frozen=True, slots=True)
class RawResponse(Generic[_T]):
    """What a call returned, and the response that it was read from.

    Attributes:
        parsed: What the method returns by itself.
        http_status: The HTTP status; None where no request was made, as for a key of ``once=`` that was used before.
        headers: The headers of the response.
        body: The body as it came, decompressed. It may hold numbers and texts: take care where you write it.
    """

    parsed: _T
    http_status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)


def note_response(received: ReceivedResponse) -> None:
    """Keep a response for the call that asked for it, if one did."""
    collected = _COLLECTED.get()
    if collected is not None:
        collected.append(received)


@contextmanager
def collect_responses() -> Generator[list[ReceivedResponse]]:
    """Collect the responses of the calls inside, in the order in which they came."""
    collected: list[ReceivedResponse] = []
    token = _COLLECTED.set(collected)
    try:
        yield collected
    finally:
        _COLLECTED.reset(token)


def raw_response(parsed: _T, responses: list[ReceivedResponse]) -> RawResponse[_T]:
    """Return a result with the last of its responses."""
    if not responses:
        return RawResponse(parsed)
    return RawResponse(parsed, responses[-1].status, dict(responses[-1].headers), responses[-1].content)
