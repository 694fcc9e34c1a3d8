"""Parse the body: its media type (50017), presence (50003), and JSON or form with fields of the right types (50007)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

from jsms_contract.codes import INVALID_BODY, MEDIA_NOT_SUPPORTED, MISSING_BODY, REQUEST_METHOD_NOT_SUPPORT
from jsms_runtime.service import Property
from jsms_sandbox.contract import FORM_TYPE, JSON_TYPE
from jsms_sandbox.service.fields import ID_TEXT, check_fields, check_parameters
from jsms_sandbox.service.form import boundary_of, read_form
from jsms_sandbox.service.request import AuthorizedRequest, CheckedRequest, Hint, Leniency, Refusal, Request

DEFAULTS_WHERE_EMPTY = frozenset({"sign_id"})
"""Optional integers for which an empty text is documented: it means the default."""
JSON_NAMES = {
    "string": "a text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "map": "an object",
    "record": "an object",
    "array": "a list",
}


def read_body(authorized: AuthorizedRequest) -> CheckedRequest:
    """Parse and check the body, the ids in the path and the query.

    Raises:
        Refusal: The media type, the body, a field or a parameter is wrong.
    """
    fields = _read_fields(authorized)
    check_parameters(authorized)
    return CheckedRequest(authorized.raw, authorized.operation, authorized.app, fields)


def _read_fields(authorized: AuthorizedRequest) -> dict[str, Any]:
    request, body = authorized.raw, authorized.operation.rules.body
    if body is None:
        if request.body or request.too_large:
            request.tolerate(Leniency.BODY_WITHOUT_NEED, REQUEST_METHOD_NOT_SUPPORT, "body", allow=request.allowed)
        return {}
    if not body.required and not request.body and not request.too_large:
        return {}
    boundary = _check_media_type(authorized)
    if request.too_large:
        raise Refusal(INVALID_BODY, "body", "The body is larger than the sandbox reads.")
    if not request.body.strip():
        raise Refusal(MISSING_BODY, "body", "The operation needs a body.")
    waived: frozenset[str] = frozenset()
    if boundary is None:
        fields = _typed_fields(authorized, read_json(request.body))
    else:
        fields, waived = read_form(authorized, boundary)
    check_fields(authorized, fields, waived)
    return fields


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


def _typed_fields(request: AuthorizedRequest, value: object) -> dict[str, Any]:
    """Take the known fields of a JSON body, each of its JSON type.

    Raises:
        Refusal: The body or a field has the wrong JSON type (50007).
    """
    body = request.operation.rules.body
    if body is not None and body.type != "record":
        value = {"body": value}
    elif not isinstance(value, dict):
        raise Refusal(INVALID_BODY, "body", "The body must be a JSON object.")
    return _typed(request.raw, request.operation.fields, cast("dict[str, Any]", value), "")


def _typed(request: Request, fields: Sequence[Property], value: Mapping[str, Any], place: str) -> dict[str, Any]:
    for name in value.keys() - {field.name for field in fields}:
        request.warn("The field %s%r is not in the contract; it was ignored.", place, name[:50])
    return {
        field.name: _typed_value(request, field, value[field.name], f"{place}{field.name}")
        for field in fields
        if field.name in value
    }


def _typed_value(request: Request, field: Property, value: object, place: str) -> object:
    if value is None:
        if not (field.nullable or (field.required and field.missing)):
            request.tolerate(Leniency.NULL_FIELD, INVALID_BODY, f"field {place}")
        return None
    if value == "" and field.required and field.missing:
        return None
    if value == "" and field.type == "integer" and not field.required:
        if field.name not in DEFAULTS_WHERE_EMPTY:
            request.tolerate(Leniency.NULL_FIELD, INVALID_BODY, f"field {place}")
        return None
    return _of_type(request, field, value, place)


def _of_type(request: Request, field: Property, value: object, place: str) -> object:
    match field.type:
        case "string":
            return _text(request, value, place)
        case "integer":
            return _integer(request, value, place)
        case "number" if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        case "boolean" if isinstance(value, bool):
            return value
        case "map":
            return _by_name(request, field, value, place)
        case "record" if isinstance(value, dict):
            return _typed(request, field.fields, cast("dict[str, Any]", value), f"{place}.")
        case "array" if isinstance(value, list):
            return _items(request, field, cast("list[object]", value), place)
        case "anything":
            return value
        case _:
            raise _wrong_type(field.type, place)


def _items(request: Request, field: Property, items: list[object], place: str) -> list[object]:
    of = field.of
    if of is None:
        return items
    if of.type != "record":
        return [_typed_value(request, of, item, f"{place}[{number}]") for number, item in enumerate(items)]
    typed: list[object] = []
    for number, item in enumerate(items):
        if not isinstance(item, dict):
            raise _wrong_type("record", f"{place}[{number}]")
        typed.append(_typed(request, of.fields, cast("dict[str, Any]", item), f"{place}[]."))
    return typed


def _text(request: Request, value: object, place: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        request.tolerate(Leniency.TEXT_NUMBER, INVALID_BODY, f"field {place}")
        return str(value) if abs(value) < 10**20 else "?"
    raise _wrong_type("string", place)


def _integer(request: Request, value: object, place: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and ID_TEXT(value):
        request.tolerate(Leniency.INTEGER_TEXT, INVALID_BODY, f"field {place}")
        return int(value)
    raise _wrong_type("integer", place)


def _by_name(request: Request, field: Property, value: object, place: str) -> dict[str, Any]:
    if value == []:
        request.tolerate(Leniency.TEMP_PARA_LIST, INVALID_BODY, f"field {place}")
        return {}
    if not isinstance(value, dict):
        raise _wrong_type("map", place)
    named = cast("dict[str, object]", value)
    if field.of is not None and field.of.type != "string":
        of = field.of
        return {name: _typed_value(request, of, item, f"{place}.{name[:50]}") for name, item in named.items()}
    texts: dict[str, str] = {}
    for name, item in named.items():
        if isinstance(item, str):
            texts[name] = item
        elif isinstance(item, int | float) and not isinstance(item, bool):
            request.tolerate(Leniency.TEMP_PARA_NUMBER, INVALID_BODY, f"field {place}")
            texts[name] = str(item)
        elif item is None:
            request.tolerate(Leniency.NULL_FIELD, INVALID_BODY, f"field {place}")
            texts[name] = ""
        else:
            raise _wrong_type("string", f"{place}.{name[:50]}")
    return texts


def _wrong_type(wanted: str, place: str) -> Refusal:
    return Refusal(INVALID_BODY, f"field {place}", "%s must be %s.", place, Hint(JSON_NAMES[wanted]))
