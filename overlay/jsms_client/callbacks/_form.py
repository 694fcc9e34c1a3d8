"""Parse the posted form, and verify its signature."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, cast
from urllib.parse import parse_qsl

from pydantic import ConfigDict, ValidationError

from jsms_callbacks import CallbackForm
from jsms_client.errors import CallbackError, CallbackReason
from jsms_runtime.validation import kind

Body: TypeAlias = "bytes | bytearray | memoryview | str | Mapping[str, object]"
"""The body of a request as it came, or the form that a framework made of it."""

_MAX_FIELDS = 100
_MAX_NONCE = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Form:
    """What a callback says of itself, and its ``data`` as it came."""

    nonce: str
    timestamp: str
    signed_at: datetime
    signature: str
    type: str
    data: str
    extra: Mapping[str, object]


class _Form(CallbackForm):
    # Without the input: it would be phone numbers and texts, in tracebacks.
    model_config = ConfigDict(hide_input_in_errors=True)


def read_form(body: Body, max_body: int) -> Form:
    """Take a posted form apart.

    Args:
        body: The request's body as it came, or the form that a framework made of it.
        max_body: The longest body to read, in bytes.

    Raises:
        CallbackError: MALFORMED, TOO_LARGE, or BAD_SIGNATURE where it cannot be one.
    """
    if isinstance(body, (str, bytes, bytearray, memoryview)):
        if (body.nbytes if isinstance(body, memoryview) else len(body)) > max_body:
            raise callback_error(CallbackReason.TOO_LARGE, f"the body is longer than {max_body} bytes")
        fields = _decode(body if isinstance(body, str) else bytes(body))
    elif isinstance(cast("object", body), Mapping):
        # One by one: the forms of Django and Werkzeug are dicts of lists underneath.
        fields = {cast("str", _clean(name)): _clean(body[name]) for name in body}
    else:
        raise callback_error(CallbackReason.MALFORMED, f"the body is {kind(body)}, not bytes, a text or a form")
    form = _validated(fields)
    # The signature covers the digits that were sent, so they stay as they are.
    timestamp = str(fields["timestamp"])
    signed_at = read_timestamp(form.nonce, timestamp)
    return Form(form.nonce, timestamp, signed_at, form.signature, form.type, form.data, form.model_extra or {})


def read_timestamp(nonce: str, timestamp: str) -> datetime:
    """When a callback was signed.

    Raises:
        CallbackError: MALFORMED, where one of the two is not a number or longer than any number of the service.
    """
    if len(nonce) > _MAX_NONCE or not (nonce.isascii() and nonce.removeprefix("-").isdigit()):
        raise callback_error(CallbackReason.MALFORMED, "the nonce is not a number")
    try:
        return _EPOCH + timedelta(milliseconds=int(timestamp))
    except (ValueError, OverflowError):
        problem = "the timestamp is not a number of milliseconds"
    raise callback_error(CallbackReason.MALFORMED, problem)


def _validated(fields: Mapping[str, object]) -> _Form:
    try:
        return _Form.model_validate(fields)
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors(include_input=False, include_context=False)}
    # Out here, as everywhere in this file, so that no exception that holds what was posted hangs on this one.
    if wrong == {"signature"} and "signature" in fields:
        raise callback_error(CallbackReason.BAD_SIGNATURE, "the signature is not one")
    # Not what somebody else named it.
    names = ", ".join(sorted(wrong & _Form.model_fields.keys())) or "the name of a field"
    raise callback_error(CallbackReason.MALFORMED, f"missing from the form, or not what they should be: {names}")


def _decode(body: bytes | str) -> dict[str, object]:
    try:
        # Replaced, as half of an emoji in one text must not lose the rest; what is signed is digits.
        text = printable(body) if isinstance(body, str) else body.decode(errors="replace")
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS)
    except ValueError:
        pairs = None
    if pairs is None:
        raise callback_error(CallbackReason.MALFORMED, "the body is not a form")
    fields: dict[str, object] = dict(pairs)
    if len(fields) != len(pairs):
        raise callback_error(CallbackReason.MALFORMED, "a field of the form is there twice")
    return fields


def printable(text: str) -> str:
    """Return the text with U+FFFD for each lone surrogate, which decodes but cannot be encoded."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _clean(value: object) -> object:
    return printable(value) if isinstance(value, str) else value


def sign(app_key: str, master_secret: str, nonce: str, timestamp: str) -> str:
    """Sign a callback as JSMS does.

    The signature covers ``nonce`` and ``timestamp`` only, neither ``type`` nor ``data``.

    Args:
        app_key: The application's key.
        master_secret: The application's secret.
        nonce: The callback's number, in the digits that were sent.
        timestamp: Milliseconds since the epoch, in the digits that were sent.

    Returns:
        40 lower-case hexadecimal digits.
    """
    text = f"appKey={app_key}&appMasterSecret={master_secret}&nonce={nonce}&timestamp={timestamp}"
    # SHA-1 is the service's choice; saying that nothing rests on its strength keeps it working on FIPS systems.
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def same_signature(expected: str, given: str) -> bool:
    """Compare two signatures in constant time, ignoring case, whatever text was given."""
    # As bytes: compare_digest refuses text beyond ASCII, and bytes.lower() touches A to Z only.
    return hmac.compare_digest(_comparable(expected), _comparable(given))


def _comparable(signature: str) -> bytes:
    return signature.encode("utf-8", "surrogatepass").lower()


# A sender without a valid signature learns nothing from these: the three kinds of distrust have one status.
_STATUS = {
    CallbackReason.ALREADY_HANDLED: 200,
    CallbackReason.BAD_SIGNATURE: 403,
    CallbackReason.EXPIRED: 403,
    CallbackReason.REPLAYED: 403,
    CallbackReason.MALFORMED: 400,
    CallbackReason.UNKNOWN_TYPE: 400,
    CallbackReason.TOO_LARGE: 413,
    CallbackReason.WRONG_CONTENT_TYPE: 415,
}


def callback_error(reason: CallbackReason, message: str) -> CallbackError:
    """Return an error that says why a callback is refused, and never what was in it."""
    return CallbackError(message, reason=reason, http_status=_STATUS[reason])
