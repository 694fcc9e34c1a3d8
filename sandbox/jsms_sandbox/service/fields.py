"""Validate fields and parameters by the contract: types first (50007), then required ones, then their limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl

from jsms_contract.codes import INVALID_BODY
from jsms_runtime.service import Property
from jsms_sandbox.contract import broken, full_match
from jsms_sandbox.service.request import AuthorizedRequest, Hint, Leniency, Refusal, Request, RoutedRequest, hint

Fields = Sequence[Property]
Problem = tuple[int, str, Hint]
"""The code, the field, and what is wrong with it."""

ID_TEXT = full_match("[0-9]{1,19}")
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
BOOLEANS = {"true": True, "false": False}


def check_types(request: AuthorizedRequest, value: object) -> None:
    """Take the known fields of a JSON body into ``request.fields``, each of its JSON type.

    Raises:
        Refusal: The body or a field has the wrong JSON type (50007).
    """
    body = request.operation.rules.body
    if body is not None and body.type != "record":
        value = {"body": value}
    elif not isinstance(value, dict):
        raise Refusal(INVALID_BODY, "body", "The body must be a JSON object.")
    request.raw.fields = _typed(request.raw, request.operation.fields, cast("dict[str, Any]", value), "")


def check_fields(request: AuthorizedRequest) -> None:
    """Check that nothing is missing, then the shape of each field.

    Raises:
        Refusal: With the code that the contract names for the field.
    """
    fields, values = request.operation.fields, request.fields
    for code, name, said in problems(fields, values, request.raw.waived):
        raise Refusal(code, f"field {name}", said)
    # What is wrong with one recipient refuses that one alone, where the operation has codes for it.
    inner = [field for field in fields if field.kind != "recipients" or not request.operation.recipient_codes]
    for field in inner:
        for code, name, said in _inside(field, values.get(field.name), field.name):
            raise Refusal(code, f"field {name}", said)
    for field in fields:
        if field.max_bytes is None and _is_ignored(field, values):
            for check in broken(field, values.get(field.name)):
                request.raw.tolerate(Leniency.UNUSED_FIELD, _code(field, check.code), f"field {field.name}")


def problems(
    fields: Fields, values: Mapping[str, Any], waived: frozenset[str] = frozenset(), place: str = ""
) -> Iterator[Problem]:
    """Find what is wrong with the fields of an object, in order."""
    for field in fields:
        if _is_missing(values.get(field.name)) and field.name not in waived and _is_needed(field, values):
            name = f"{place}{field.name}"
            if not (field.nullable and field.name in values):
                yield _code(field, field.missing), name, hint("%s is needed and must not be empty.", name)
    for field in fields:
        if field.max_bytes is None and not _is_ignored(field, values):
            yield from _broken(field, values.get(field.name), f"{place}{field.name}")


def _inside(field: Property, value: object, place: str) -> Iterator[Problem]:
    """Find what is wrong inside an object, a list or a map."""
    if isinstance(value, dict) and field.fields:
        fields = cast("dict[str, Any]", value)
        yield from problems(field.fields, fields, place=f"{place}.")
        for each in field.fields:
            yield from _inside(each, fields.get(each.name), f"{place}.{each.name}")
    elif isinstance(value, list | dict) and field.of is not None:
        items = cast("Any", enumerate(value) if isinstance(value, list) else value.items())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - of JSON
        for key, item in items:
            yield from _broken(field.of, item, f"{place}[{str(key)[:50]}]")
            yield from _inside(field.of, item, f"{place}[{str(key)[:50]}]")


def _broken(field: Property, value: object, place: str) -> Iterator[Problem]:
    for check in broken(field, value):
        yield _code(field, check.code), place, hint("%s breaks the contract's %s.", place, check.keyword)


def check_parameters(request: RoutedRequest) -> None:
    """Check the ids in the path and the parameters of the query.

    Raises:
        Refusal: One is missing, or cannot be what the contract says.
    """
    rules = request.operation.rules
    for field in rules.path:
        text = request.raw.path_values[field.name]
        if not _fits(field, text):
            raise Refusal(_code(field), f"path {field.name}", "%s in the path is not well-formed.", field.name)
    if not rules.query:
        return
    given = dict(parse_qsl(request.raw.query, keep_blank_values=True))
    for name in given.keys() - {field.name for field in rules.query}:
        request.warn("The parameter %r is not in the contract; it was ignored.", name[:50])
    for field in rules.query:
        text = given.get(field.name, "")
        if field.required and text == "":
            code = _code(field, field.missing)
            raise Refusal(code, f"query {field.name}", "%s is needed and must not be empty.", field.name)
        if text != "" and not _fits(field, text):
            raise Refusal(_code(field), f"query {field.name}", "%s in the query is not well-formed.", field.name)


def _fits(field: Property, text: str) -> bool:
    value = from_text(field, text)
    return value is not None and not broken(field, value)


def from_text(field: Property, text: str) -> object:
    """Parse the text of a parameter or a part of a form; None if it is not of the field's type."""
    match field.type:
        case "integer":
            return int(text) if ID_TEXT(text.removeprefix("-")) else None
        case "number":
            try:
                return float(text)
            except ValueError:
                return None
        case "boolean":
            return BOOLEANS.get(text)
        case _:
            return text


def _code(field: Property, code: int | None = None) -> int:
    return code or field.invalid or INVALID_BODY


def _is_missing(value: object) -> bool:
    return value is None or value == ""


def _is_needed(field: Property, values: Mapping[str, Any]) -> bool:
    if field.needed_when is None:
        return field.required
    other, wanted = field.needed_when
    return values.get(other) in wanted


def _is_ignored(field: Property, values: Mapping[str, Any]) -> bool:
    return field.needed_when is not None and not _is_needed(field, values)


def _typed(request: Request, fields: Fields, value: Mapping[str, Any], place: str) -> dict[str, Any]:
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
