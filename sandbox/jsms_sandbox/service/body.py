"""The body: its media type, its JSON, its fields: 50017, 50003, 50007 and what the contract says of each field."""

from __future__ import annotations

import json
from typing import Any, NoReturn, cast

from ..contract import FORM_TYPE, JSON_TYPE
from .access import NO_SUCH_METHOD
from .fields import check_fields, check_path_id, check_types
from .form import boundary_of, read_form
from .hints import Hint
from .leniency import Leniency, tolerate
from .refusal import Refusal
from .request import AuthorizedRequest

MISSING_BODY, INVALID_BODY, MEDIA_NOT_SUPPORTED = 50003, 50007, 50017


def read_body(authorized: AuthorizedRequest) -> None:
    """Fill ``request.fields`` with checked values.

    Raises:
        Refusal: The media type, the body or a field is wrong.
    """
    request, schema = authorized.raw, authorized.operation.schema
    if not schema.fields:
        if request.body or request.too_large:
            tolerate(request, Leniency.BODY_WITHOUT_NEED, NO_SUCH_METHOD, "body", allow=request.allowed)
        check_path_id(authorized)
        return
    boundary = _check_media_type(authorized)
    if request.too_large:
        raise Refusal(INVALID_BODY, "body", "The body is larger than the sandbox reads.")
    if not request.body.strip():
        raise Refusal(MISSING_BODY, "body", "The operation needs a body.")
    if boundary is None:
        check_types(request, schema, read_json(request.body))
    else:
        read_form(request, schema, boundary)
    check_fields(request, schema)
    check_path_id(authorized)


def _check_media_type(authorized: AuthorizedRequest) -> bytes | None:
    """The boundary of a form; None for JSON."""
    request, wanted = authorized.raw, authorized.operation.media_type
    sent = request.header("content-type") or ""
    bare = sent.partition(";")[0].strip().lower()
    if wanted == FORM_TYPE:
        if bare != FORM_TYPE:
            raise Refusal(
                MEDIA_NOT_SUPPORTED, "media type", "Send the form as %s, not as %s.", FORM_TYPE, sent or Hint("nothing")
            )
        return boundary_of(request, sent)
    if bare in ("", "text/plain"):
        tolerate(request, Leniency.CONTENT_TYPE, MEDIA_NOT_SUPPORTED, "media type")
    elif bare != JSON_TYPE:
        raise Refusal(MEDIA_NOT_SUPPORTED, "media type", "Send Content-Type: %s, not %s.", JSON_TYPE, sent)
    return None


def read_json(body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        Refusal: The body is something else (50007).
    """
    try:
        value = _DECODER.decode(body.decode("utf-8"))
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        _refuse("The body is not UTF-8.")
    except UnicodeEncodeError:
        _refuse("A text holds half of a surrogate pair.")
    except RecursionError:
        _refuse("The JSON is nested too deep.")
    except ValueError as error:
        _refuse("The body is not JSON: %s.", error)
    if not isinstance(value, dict):
        _refuse("The body must be a JSON object.")
    return cast("dict[str, Any]", value)


def _refuse(hint: str, *values: object) -> NoReturn:
    raise Refusal(INVALID_BODY, "body", hint, *values) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice in an object")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number)
