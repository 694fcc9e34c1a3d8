"""The fields of a body against the contract: types first (50007), then what is missing, then the shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from ..contract import Field, Schema, full_match
from .hints import Hint, hint
from .leniency import Leniency, tolerate
from .refusal import Refusal
from .request import Request, RoutedRequest

INVALID_BODY = 50007
ID_TEXT = full_match("[0-9]{1,19}")
DEFAULTS_WHERE_EMPTY = frozenset({"sign_id"})
"""Optional integers for which an empty text is documented: it means the default."""
JSON_NAMES = {"string": "a text", "integer": "an integer", "object": "an object", "array": "a list"}


def check_types(request: Request, schema: Schema, value: Mapping[str, Any]) -> None:
    """Take the known fields of a JSON body into ``request.fields``, each of its JSON type.

    Raises:
        Refusal: A field has the wrong JSON type (50007).
    """
    request.fields = _typed(request, schema, value, "")


def check_fields(request: Request, schema: Schema) -> None:
    """Check that nothing is missing, then the shape of each field.

    Raises:
        Refusal: With the code that the contract names for the field.
    """
    for code, name, said in problems(schema, request.fields, request.waived):
        raise Refusal(code, f"field {name}", said)
    for field in schema.fields.values():
        if field.max_bytes is None and _is_ignored(field, request.fields):
            for code, _ in broken(field, request.fields.get(field.name)):
                tolerate(request, Leniency.UNUSED_FIELD, code, f"field {field.name}")


def problems(
    schema: Schema, values: Mapping[str, Any], waived: frozenset[str] = frozenset()
) -> Iterator[tuple[int, str, Hint]]:
    """What is wrong with the fields, in order: code, field and hint."""
    for field in schema.fields.values():
        if field.is_missing(values.get(field.name)) and field.name not in waived and _is_needed(field, values):
            yield field.missing or field.invalid, field.name, hint("%s is needed and must not be empty.", field.name)
    for field in schema.fields.values():
        if field.max_bytes is None and not _is_ignored(field, values):
            for code, keyword in broken(field, values.get(field.name)):
                yield code, field.name, hint("%s breaks the contract's %s.", field.name, keyword)


def broken(field: Field, value: object) -> Iterator[tuple[int, str]]:
    """What of the contract a value breaks: code and keyword."""
    for keyword, passes, code in field.checks:
        if value is not None and not passes(value):
            yield code, keyword


def check_path_id(request: RoutedRequest) -> None:
    """Check the id in the path, where there is one.

    Raises:
        Refusal: It cannot be an id of this kind.
    """
    parameter = request.operation.parameter
    if parameter is None:
        return
    text = request.path_id
    if parameter.schema["type"] == "string":
        fits = full_match(parameter.schema["pattern"])(text)
    else:
        fits = ID_TEXT(text) and parameter.schema["minimum"] <= int(text) < 2**63
    if not fits:
        raise Refusal(parameter.code, f"path {parameter.name}", "%s in the path is not well-formed.", parameter.name)


def _is_needed(field: Field, values: Mapping[str, Any]) -> bool:
    if field.needed_when is None:
        return field.required
    other, wanted = field.needed_when
    return values.get(other) in wanted


def _is_ignored(field: Field, values: Mapping[str, Any]) -> bool:
    return field.needed_when is not None and not _is_needed(field, values)


def _typed(request: Request, schema: Schema, value: Mapping[str, Any], place: str) -> dict[str, Any]:
    for name in value.keys() - schema.fields.keys():
        request.warn("The field %s%r is not in the contract; it was ignored.", place, name[:50])
    return {
        name: _typed_value(request, field, value[name], f"{place}{name}")
        for name, field in schema.fields.items()
        if name in value
    }


def _typed_value(request: Request, field: Field, value: object, place: str) -> object:
    if value is None:
        if not (field.required and field.missing):
            tolerate(request, Leniency.NULL_FIELD, INVALID_BODY, f"field {place}")
        return None
    if value == "" and field.required and field.missing:
        return None
    if value == "" and field.type == "integer" and not field.required:
        if field.name not in DEFAULTS_WHERE_EMPTY:
            tolerate(request, Leniency.NULL_FIELD, INVALID_BODY, f"field {place}")
        return None
    if field.type == "string":
        return _text(request, value, place)
    if field.type == "integer":
        return _integer(request, value, place)
    if field.type == "object":
        return _texts_by_name(request, value, place)
    if field.item is None or not isinstance(value, list):
        raise _wrong_type(field.type, place)
    items = cast("list[object]", value)
    typed: list[dict[str, Any]] = []
    for number, item in enumerate(items):
        if not isinstance(item, dict):
            raise _wrong_type("object", f"{place}[{number}]")
        typed.append(_typed(request, field.item, cast("dict[str, Any]", item), f"{place}[]."))
    return typed


def _text(request: Request, value: object, place: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        tolerate(request, Leniency.TEXT_NUMBER, INVALID_BODY, f"field {place}")
        return str(value) if abs(value) < 10**20 else "?"
    raise _wrong_type("string", place)


def _integer(request: Request, value: object, place: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and ID_TEXT(value):
        tolerate(request, Leniency.INTEGER_TEXT, INVALID_BODY, f"field {place}")
        return int(value)
    raise _wrong_type("integer", place)


def _texts_by_name(request: Request, value: object, place: str) -> dict[str, str]:
    if value == []:
        tolerate(request, Leniency.TEMP_PARA_LIST, INVALID_BODY, f"field {place}")
        return {}
    if not isinstance(value, dict):
        raise _wrong_type("object", place)
    texts: dict[str, str] = {}
    for name, item in cast("dict[str, object]", value).items():
        if isinstance(item, str):
            texts[name] = item
        elif isinstance(item, int | float) and not isinstance(item, bool):
            tolerate(request, Leniency.TEMP_PARA_NUMBER, INVALID_BODY, f"field {place}")
            texts[name] = str(item)
        elif item is None:
            tolerate(request, Leniency.NULL_FIELD, INVALID_BODY, f"field {place}")
            texts[name] = ""
        else:
            raise _wrong_type("string", f"{place}.{name[:50]}")
    return texts


def _wrong_type(wanted: str, place: str) -> Refusal:
    return Refusal(INVALID_BODY, f"field {place}", "%s must be %s.", place, Hint(JSON_NAMES[wanted]))
