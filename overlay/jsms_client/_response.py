"""What an answer means: the value of a success, or the exception of everything else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from jsms_client._decode import InvalidResponse, check_id, conform_recipients, holds_error, parse
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
from jsms_contract.errors import ERRORS, SUCCESS_CODES
from jsms_runtime.operation import Items, Operation
from jsms_runtime.redaction import LONGEST_READ, mask_line

_UNSURE = "; the request may have been carried out"
# Five digits: the codes of JSMS, known and new. An HTTP status as a code is of something in between.
_CODES = range(10_000, 100_000)
# What a response holds only where the request was carried out, whatever error is beside it; in any spelling.
_PROOFS = frozenset(("msgid", "msgids", "scheduleid", "tempid", "signid", "isvalid", "successcount"))
# What somebody in between answers who waited for the service in vain (499 is nginx's).
_GIVEN_UP = (HTTPStatus.REQUEST_TIMEOUT, 499)
_HIDDEN_HEADERS = frozenset(
    ("set-cookie", "set-cookie2", "authorization", "proxy-authorization", "authentication-info")
)


class ReceivedResponse:
    """An answer as it came.

    Attributes:
        status: The HTTP status.
        headers: The headers.
        content: The body, or what could be read of it.
        problem: Why that is not all of it, in words that fit behind "the answer"; empty where it is.
    """

    __slots__ = ("content", "headers", "problem", "status")

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes, problem: str = "") -> None:
        self.status = status
        self.headers = headers
        self.content = content
        self.problem = problem


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
        """The checked value."""
        return self._value


class ErrorDetail(NamedTuple):
    """What an error body says.

    Attributes:
        code: The service's code, where there is one that is a number.
        message: Its words, where there are any.
        in_error: Whether it stood in the body's ``error``, and not beside other properties.
    """

    code: int | None
    message: str
    in_error: bool


def interpret(
    operation: Operation, received: ReceivedResponse, *, attempts: int, secrets: Iterable[str]
) -> ParsedResponse | JSMSError:
    """Say what an answer means.

    Args:
        operation: What was asked for.
        received: The answer.
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
        return _refusal(operation, received, _detail(value), attempts, secrets, proof=_has_proof(value))
    never = operation.retry == "never"
    location = received.headers.get("location")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST and location is not None:
        target = _shown_location(location, secrets)
        return (UnconfirmedRedirectError if never else RedirectError)(
            f"answered with HTTP {status}, a redirect to {target}, which is never followed; check the base URL"
            + (_UNSURE if never else ""),
            operation=operation.id,
            http_status=status,
            attempts=attempts,
            location=target,
        )
    kind = UnconfirmedStatusError if never else UnexpectedStatusError
    return kind(
        f"answered with HTTP {status}, which is neither a success of this operation nor an error"
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
        from jsms_client._read_once import read_records  # noqa: PLC0415 - only for what is handed out once

        records = read_records(received.content, operation.answer)
        if records is not None:
            return ParsedResponse(received, records)
    detail = None
    proof = False
    try:
        value = _parsed(received)
        detail = _detail(value)
        proof = detail is not None and _has_proof(value)
        if detail is not None and _is_refusal(detail) and not (proof and _lists_recipients(value)):
            return _refusal(operation, received, detail, attempts, secrets, proof=proof)
        if operation.answer is not None:
            value = conform_recipients(value, operation.answer)
            check_id(value)
    except InvalidResponse as unusable:
        reason = str(unusable)
    else:
        if operation.retry == "never" and holds_error(value) and not _lists_recipients(value):
            detail = detail or ErrorDetail(None, "an error beside a success", in_error=False)
            return _refusal(operation, received, detail, attempts, secrets, proof=True)
        return ParsedResponse(received, value)
    if detail is not None and detail.code is not None and not _says_success(detail.code):
        return _refusal(operation, received, detail, attempts, secrets, proof=proof)
    never = operation.retry == "never"
    return (UnconfirmedDecodeError if never else DecodeError)(
        f"the answer {reason}" + (_UNSURE if never else ""),
        operation=operation.id,
        http_status=received.status,
        attempts=attempts,
        headers=_shown_headers(received.headers, secrets),
        body=_shown_body(received.content, secrets),
    )


def _is_refusal(detail: ErrorDetail) -> bool:
    """Whether an error in an answer of success is one: known to the contract, or in the place of errors."""
    if detail.code in ERRORS:
        return True
    return detail.code is not None and detail.in_error and not _says_success(detail.code)


def _says_success(code: int) -> bool:
    # The service's table of codes has one for success; the others are what such answers say everywhere.
    from jsms_api.models.error_code import ErrorCode  # noqa: PLC0415 - only for answers that nobody has seen yet

    return code in (0, HTTPStatus.OK, ErrorCode.SUCCESS)


def _has_proof(value: object) -> bool:
    """Whether a body holds what the service gives only to a request that it carried out.

    A list beside the error proves nothing about anybody only where it names refused recipients and nothing else.
    """
    left: list[object] = [value]
    while left:
        fields = left.pop()
        if not isinstance(fields, dict):
            continue
        for name, each in cast("dict[str, object]", fields).items():
            if name.replace("_", "").lower() in _PROOFS and _is_given(each):
                return True
            if isinstance(each, list):
                if name != "error" and not all(map(_is_refused, cast("list[object]", each))):
                    return True
            elif name != "temp_para":
                left.append(each)
    return False


def _repeats_a_name(content: bytes) -> bool:
    """Whether an object of a body has a name twice: what was read of it is only the last."""
    repeated = False

    def look(pairs: list[tuple[str, object]]) -> None:
        nonlocal repeated
        repeated = repeated or len({name for name, _ in pairs}) < len(pairs)

    json.loads(content, object_pairs_hook=look)
    return repeated


def _is_refused(entry: object) -> bool:
    """Whether an entry of a list is a refused recipient of a batch, who may have an id too."""
    fields = cast("dict[str, object]", entry) if isinstance(entry, dict) else {}
    if "error_code" not in fields:
        return False
    from jsms_runtime.results import error_code  # noqa: PLC0415 - only for responses with codes in them

    return error_code(fields["error_code"], SUCCESS_CODES) != (None, None)


def _is_given(value: object) -> bool:
    return bool(value.strip("0 ") if isinstance(value, str) else value)


def _lists_recipients(value: object) -> bool:
    """Whether a body says of each recipient what happened to it, so that the error beside the list decides nothing."""
    return isinstance(value, dict) and bool(cast("dict[str, object]", value).get("recipients"))


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
    """The class of an error that does not prove that a request, which must not be retried, was not carried out.

    Only an error of JSMS with a code, and without anything of a success beside it, proves that. A status alone does
    not: a proxy or a filter in between may have made the response after the service had carried the request out.
    """
    if operation.retry != "never":
        return None
    if issubclass(kind, ServiceError):
        # It may fail after the message was sent.
        return UnconfirmedServerError if issubclass(kind, ServerError) else UnconfirmedServiceError
    proof = proof or (detail is not None and _repeats_a_name(received.content))
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
    return parse(received.content)


def _value_of(received: ReceivedResponse) -> object:
    try:
        return _parsed(received)
    except InvalidResponse:
        return None


def _detail(value: object) -> ErrorDetail | None:
    """The error in a body: ``{"error": {"code": …, "message": …}}``, or the same without the outer object."""
    if not isinstance(value, dict):
        return None
    body = cast("dict[str, object]", value)
    inner = body.get("error")
    if isinstance(inner, dict):
        return _read_detail(cast("dict[str, object]", inner), in_error=True)
    if inner is not None:
        return _read_detail({"code": inner, "message": inner}, in_error=True)
    return _read_detail(body, in_error=False) if "code" in body else None


def _read_detail(body: Mapping[str, object], *, in_error: bool) -> ErrorDetail:
    message = body.get("message")
    return ErrorDetail(_code(body.get("code")), message if isinstance(message, str) else "", in_error)


def _code(value: object) -> int | None:
    if isinstance(value, str) and len(value) < 10 and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


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


__all__ = ["ErrorDetail", "ParsedResponse", "ReceivedResponse", "interpret"]
