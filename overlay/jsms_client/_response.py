"""Read responses, and interpret them: the result of a success, or the exception of everything else."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Generic, NamedTuple, ParamSpec, TypeAlias, TypeVar
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
from jsms_runtime.operation import Operation
from jsms_runtime.redaction import LONGEST_READ, mask_line

if TYPE_CHECKING:
    from zlib import _Decompress as Decompressor  # pyright: ignore[reportPrivateUsage] - it has no public name


MAX_RESPONSE = 10 * 1024 * 1024
"""The longest response that is read, in bytes; the largest of the contract, 1000 recipients, is well below 1 MB."""

_TOO_LONG = f"is longer than {MAX_RESPONSE} bytes"
_UNREADABLE = "is compressed in a way that does not read"
# So many bytes come before deflated data where it is wrapped as the standard asks for.
_WRAPPING = 2


class BodyReader:
    """Collects a body part by part; ``problem`` says why it cannot be used, in words behind "the response"."""

    __slots__ = ("_begun", "_decompressor", "_may_be_raw", "_parts", "_size", "problem")

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._decompressor = None
        self.problem = ""
        codings = [name.strip().lower() for name in headers.get("content-encoding", "").split(",")]
        codings = [name for name in codings if name not in ("", "identity")]
        # One that was asked for, and only once: each further one may multiply the size by a thousand.
        if codings in (["gzip"], ["x-gzip"], ["deflate"]):
            # Finds out by itself which of the two it is.
            self._decompressor = zlib.decompressobj(32 + zlib.MAX_WBITS)
        elif codings:
            self.problem = "is compressed in a way that was not asked for"
        self._may_be_raw = codings == ["deflate"]
        self._begun = b""

    def add(self, part: bytes) -> bool:
        """Take the next part; False where the rest is not worth reading."""
        if self.problem or not part:
            return not self.problem
        if self._decompressor is not None:
            try:
                part = self._decompress(self._decompressor, part)
            except zlib.error:
                self.problem = _UNREADABLE
                return False
        self._parts.append(part)
        self._size += len(part)
        if self._size > MAX_RESPONSE:
            self.problem = _TOO_LONG
        return not self.problem

    def content(self) -> bytes:
        """All of it, or what could be read of it."""
        decompressor = self._decompressor
        if decompressor is not None and self._parts and not self.problem and not decompressor.eof:
            self.problem = _UNREADABLE
        return b"".join(self._parts)

    def _decompress(self, decompressor: Decompressor, part: bytes) -> bytes:
        most = MAX_RESPONSE + 1 - self._size
        if not self._may_be_raw:
            return decompressor.decompress(part, most)
        self._begun += part
        if len(self._begun) < _WRAPPING:
            return b""
        self._may_be_raw = False
        try:
            return decompressor.decompress(self._begun, most)
        except zlib.error:
            # Some send deflated data without the wrapping that the standard asks for.
            self._decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._decompressor.decompress(self._begun, most)


_UNSURE = "; the request may have been carried out"
# Five digits: the codes of JSMS, known and new. An HTTP status as a code is of something in between.
_CODES = range(10_000, 100_000)
# What a proxy responds with when the service did not (499 is nginx's).
_GIVEN_UP = (HTTPStatus.REQUEST_TIMEOUT, 499)
_HIDDEN_HEADERS = frozenset(
    ("set-cookie", "set-cookie2", "authorization", "proxy-authorization", "authentication-info")
)


class ReceivedResponse:
    """A response; ``problem`` says why ``content`` is not the whole body, in words behind "the response".

    The generated functions take it for one of httpx: what they read is here, and its JSON is checked.
    """

    __slots__ = ("content", "headers", "problem", "status_code", "value")

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes, problem: str = "") -> None:
        self.status_code = status
        self.headers = headers
        self.content = content
        self.problem = problem
        self.value: object = None

    def json(self) -> object:
        """Return the value of a success, which the contract's types fit."""
        return self.value


class Interpreter(NamedTuple):
    """Says what a response means."""

    operation: Operation
    received: ReceivedResponse
    attempts: int
    secrets: Callable[[], Iterable[str]]
    parse: Callable[[bytes], object] = parse

    @property
    def never(self) -> bool:
        return self.operation.retry == "never"

    def interpret(self) -> ReceivedResponse | JSMSError:
        """Return the response of a success with its value, or the error to raise."""
        status = self.received.status_code
        if status in self.operation.statuses:
            return self._success()
        if HTTPStatus.BAD_REQUEST <= status < 600:
            value = self._value()
            return self._refusal(error_detail(value), proof=has_proof(value))
        location = self.received.headers.get("location")
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST and location is not None:
            target = self._shown_location(location)
            return self._error(
                UnconfirmedRedirectError if self.never else RedirectError,
                f"responded with HTTP {status}, a redirect to {target}, which is never followed; check the base URL",
                location=target,
            )
        return self._error(
            UnconfirmedStatusError if self.never else UnexpectedStatusError,
            f"responded with HTTP {status}, which is neither a success of this operation nor an error",
        )

    def _success(self) -> ReceivedResponse | JSMSError:
        operation, received = self.operation, self.received
        if operation.response is None and not received.content.strip() and not received.problem:
            return received
        if operation.poll_seconds is not None and operation.response is not None and not received.problem:
            from jsms_client._polling import read_records  # noqa: PLC0415 - only for what is handed out once

            records = read_records(received.content, operation.response)
            if records is not None:
                received.value = records
                return received
        detail = None
        proof = False
        try:
            value = self._parsed()
            detail = error_detail(value)
            proof = detail is not None and has_proof(value)
            if detail is not None and detail.is_refusal and not (proof and lists_recipients(value)):
                return self._refusal(detail, proof=proof)
            if operation.response is not None:
                value = conform_recipients(value, operation.response)
                check_id(value)
        except InvalidResponse as unusable:
            reason = str(unusable)
        else:
            if operation.retry == "never" and holds_error(value) and not lists_recipients(value):
                detail = detail or ErrorDetail(None, "an error beside a success", in_error=False)
                return self._refusal(detail, proof=True)
            received.value = value
            return received
        if detail is not None and detail.has_code:
            return self._refusal(detail, proof=proof)
        return self._error(
            UnconfirmedDecodeError if self.never else DecodeError,
            f"the response {reason}",
            headers=self._shown_headers(),
            body=self._shown_body(),
        )

    def _error(self, kind: Callable[..., JSMSError], message: str, **more: object) -> JSMSError:
        """Return an error that says nothing about the outcome of a request that must not be retried."""
        return kind(
            message + (_UNSURE if self.never else ""),
            operation=self.operation.id,
            http_status=self.received.status_code,
            attempts=self.attempts,
            **more,
        )

    def _refusal(self, detail: ErrorDetail | None, *, proof: bool) -> JSMSError:
        code = detail.code if detail is not None else None
        kind = error_class(code, self.received.status_code)
        info = kind.info if kind.info is not None and kind.info.code == code else None
        if detail is not None and detail.message:
            message = mask_line(detail.message, self.secrets())
        elif info is not None:
            message = info.message
        else:
            message = _without_words(self.received)
        unsure = self._unsure(detail, kind, proof=proof)
        error = (unsure or kind)(
            message if unsure is None else message + _UNSURE,
            operation=self.operation.id,
            code=code,
            name=info.name if info is not None else None,
            http_status=self.received.status_code,
            attempts=self.attempts,
        )
        if isinstance(error, APIError):
            error.headers = self._shown_headers()
            error.body = self._shown_body()
        return error

    def _unsure(self, detail: ErrorDetail | None, kind: type[JSMSError], *, proof: bool) -> type[JSMSError] | None:
        """Return the class of an error that does not prove that a send was not carried out.

        Only an error of JSMS with a code, and without anything of a success beside it, proves that. A status alone
        does not: a proxy or a filter in between may have made the response after the service had carried it out.
        """
        if not self.never:
            return None
        if issubclass(kind, ServiceError):
            # It may fail after the message was sent.
            return UnconfirmedServerError if issubclass(kind, ServerError) else UnconfirmedServiceError
        status = self.received.status_code
        if detail is None or detail.code is None:
            return UnconfirmedStatusError if status in _GIVEN_UP else UnconfirmedAPIError
        is_new = detail.in_error and detail.code in _CODES and status not in self.operation.statuses
        if proof or repeats_a_name(self.received.content) or not (detail.code in ERRORS or is_new):
            return UnconfirmedAPIError
        return None

    def _parsed(self) -> object:
        if self.received.problem:
            raise InvalidResponse(self.received.problem)
        return self.parse(self.received.content)

    def _value(self) -> object:
        try:
            return self._parsed()
        except InvalidResponse:
            return None

    def _shown_location(self, location: str) -> str:
        try:
            parts = urlsplit(location)
            host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
        except ValueError:
            return "somewhere that is not a URL"
        return mask_line(f"{host}{parts.path}", self.secrets())

    def _shown_headers(self) -> dict[str, str]:
        return {
            name: mask_line(value, self.secrets(), digits=False)
            for name, value in self.received.headers.items()
            if name.lower() not in _HIDDEN_HEADERS
        }

    def _shown_body(self) -> str:
        # No character has more than four bytes.
        return mask_line(self.received.content[: 4 * (LONGEST_READ + 1)].decode("utf-8", "replace"), self.secrets())


def _without_words(received: ReceivedResponse) -> str:
    try:
        phrase = f" {HTTPStatus(received.status_code).phrase}"
    except ValueError:
        phrase = ""
    kind = "no body" if not received.content.strip() else "a body that is not an error of JSMS"
    return f"HTTP {received.status_code}{phrase}, with {kind}"


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
    return RawResponse(parsed, responses[-1].status_code, dict(responses[-1].headers), responses[-1].content)
