"""Parse and validate the body: media type (50017), presence (50003), JSON or form (50007), then its fields."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from jsms_contract.codes import INVALID_BODY, MEDIA_NOT_SUPPORTED, MISSING_BODY, REQUEST_METHOD_NOT_SUPPORT
from jsms_sandbox.contract import FORM_TYPE, JSON_TYPE
from jsms_sandbox.service.fields import check_fields, check_parameters, check_types
from jsms_sandbox.service.form import boundary_of, read_form
from jsms_sandbox.service.request import AuthorizedRequest, Hint, Leniency, Refusal


def read_body(authorized: AuthorizedRequest) -> None:
    """Fill ``request.fields`` with checked values, and check the ids in the path and the query.

    Raises:
        Refusal: The media type, the body, a field or a parameter is wrong.
    """
    request, body = authorized.raw, authorized.operation.rules.body
    if body is None:
        if request.body or request.too_large:
            request.tolerate(Leniency.BODY_WITHOUT_NEED, REQUEST_METHOD_NOT_SUPPORT, "body", allow=request.allowed)
        check_parameters(authorized)
        return
    if not body.required and not request.body and not request.too_large:
        check_parameters(authorized)
        return
    boundary = _check_media_type(authorized)
    if request.too_large:
        raise Refusal(INVALID_BODY, "body", "The body is larger than the sandbox reads.")
    if not request.body.strip():
        raise Refusal(MISSING_BODY, "body", "The operation needs a body.")
    if boundary is None:
        check_types(authorized, read_json(request.body))
    else:
        read_form(authorized, boundary)
    check_fields(authorized)
    check_parameters(authorized)


def _check_media_type(authorized: AuthorizedRequest) -> bytes | None:
    """Check the media type; return the boundary of a form, None for JSON."""
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
        request.tolerate(Leniency.CONTENT_TYPE, MEDIA_NOT_SUPPORTED, "media type")
    elif bare != JSON_TYPE:
        raise Refusal(MEDIA_NOT_SUPPORTED, "media type", "Send Content-Type: %s, not %s.", JSON_TYPE, sent)
    return None


def read_json(body: bytes) -> object:
    """Read JSON.

    Raises:
        Refusal: The body is something else (50007).
    """
    try:
        value: object = _DECODER.decode(body.decode("utf-8"))
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
    return value


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
