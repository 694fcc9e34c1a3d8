"""What is posted, taken apart: the five fields of the form, before anything in them is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from jsms_callbacks import CallbackForm
from pydantic import ConfigDict, ValidationError

from jsms_client.callbacks.refusals import Reason, refusal

MAX_BODY = 1_048_576
"""The longest body that is read, in bytes: room for some thousand records at once."""

_MAX_FIELDS = 100


class _Form(CallbackForm):
    # Without the input: it would be the phone numbers and texts in `data`.
    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as they came."""

    nonce: str
    timestamp: str
    signature: str
    type: str
    data: str


def read_form(body: bytes | str | Mapping[str, object], max_body: int = MAX_BODY) -> Form:
    """Take a posted form apart.

    Args:
        body: The request's body as it came, or the form that a framework read from it.
        max_body: The longest body to accept, in bytes.

    Raises:
        CallbackError: MALFORMED or TOO_LARGE.
    """
    if isinstance(body, (bytes, str)):
        if len(body) > max_body:
            raise refusal(Reason.TOO_LARGE, f"the body is longer than {max_body} bytes")
        fields: dict[str, object] = _decode(body)
    else:
        # One by one: the form types of Django and Werkzeug are dicts of lists underneath.
        fields = {name: body[name] for name in body}
    try:
        form = _Form.model_validate(fields)
    except ValidationError as error:
        names = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors(include_input=False)}))
        raise refusal(Reason.MALFORMED, f"missing from the form or not of its shape: {names}") from error
    return Form(form.nonce, form.timestamp, form.signature, form.type, form.data)


def _decode(body: bytes | str) -> dict[str, object]:
    try:
        text = body if isinstance(body, str) else body.decode()
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise refusal(Reason.MALFORMED, "the body is not a form in UTF-8") from error
    fields: dict[str, object] = dict(pairs)
    if len(fields) != len(pairs):
        raise refusal(Reason.MALFORMED, "a field of the form is there twice")
    return fields


__all__ = ["MAX_BODY", "Form", "read_form"]
