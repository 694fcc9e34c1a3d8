"""Schemas and enums: forms and names that generators turn into wrappers, empty classes or nothing."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from ..document import pointer_to
from ..places import Place
from ..reading import mapping, schemas, sequence, text
from .contract import Contract
from .rules import Finding, broken

_RANGES = (
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minimum", "maximum"),
    ("minProperties", "maxProperties"),
)
_NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_TYPES: dict[str, tuple[type, ...]] = {"integer": (int,), "string": (str,), "number": (int, float), "boolean": (bool,)}
_MESSAGE_ID = re.compile(r"(?i)msg_?id")
_FEWEST = 2  # one field of the same name is a coincidence


def kinds_of(schema: object) -> list[str]:
    """The types of a schema without null."""
    written = mapping(schema).get("type")
    return [str(kind) for kind in (sequence(written) or [written]) if kind not in ("null", None)]


def _check_object(place: Place) -> Iterator[Finding]:
    schema = place.value
    properties = mapping(schema.get("properties"))
    required = sequence(schema.get("required"))
    for index, name in enumerate(required):
        if name not in properties:
            yield broken("required-declared", pointer_to(place.pointer, "required", index), name=name)
    for name, value in properties.items():
        if _may_be_null(value) and name not in required:
            yield broken("nullable-required", pointer_to(place.pointer, "properties", name), name=name)


def _may_be_null(schema: object) -> bool:
    return "null" in sequence(mapping(schema).get("type")) or mapping(schema).get("nullable") is True


def _check_bounds(place: Place) -> Iterator[Finding]:
    for low, high in _RANGES:
        least, most = place.value.get(low), place.value.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            yield broken("bounds", pointer_to(place.pointer, high), low=low, least=least, high=high, most=most)


def _check_digits(contract: Contract) -> Iterator[Finding]:
    """Fields of responses and callbacks that hold the id of a message, or a code."""
    for place in contract.of_kind("schema"):
        is_id = _MESSAGE_ID.fullmatch(place.name) is not None or "x-values" in place.value
        if place.role != "properties" or not is_id or kinds_of(place.value) != ["string"]:
            continue
        if place.value.get("format") != "digits" and not contract.is_requested(place):
            yield broken("digits-format", place.pointer, name=place.name)


def _check_same(contract: Contract) -> Iterator[Finding]:
    seen: dict[tuple[object, ...], str] = {}
    for name, schema in schemas(contract.data).items():
        fields = tuple(
            (field, str(mapping(value).get("$ref", mapping(value).get("type"))))
            for field, value in sorted(mapping(mapping(schema).get("properties")).items())
        )
        if len(fields) < _FEWEST:
            continue
        if fields in seen:
            yield broken("schema-same", pointer_to("#/components/schemas", name), name=name, other=seen[fields])
        seen.setdefault(fields, name)


def _check_enum(place: Place, seen: dict[str, Place]) -> Iterator[Finding]:
    values = sequence(place.value["enum"])
    kind = text(place.value.get("type"))
    pointer = pointer_to(place.pointer, "enum")
    for index, value in enumerate(values):
        if any(value == other and type(value) is type(other) for other in values[:index]):
            yield broken("enum-values-unique", pointer_to(pointer, index), value=value)
        if kind in _TYPES and (not isinstance(value, _TYPES[kind]) or isinstance(value, bool) != (kind == "boolean")):
            yield broken("enum-values-type", pointer_to(pointer, index), value=repr(value), type=kind)
    for key, rule in (("x-enum-varnames", "enum-names-count"), ("x-enum-descriptions", "enum-descriptions-count")):
        if key in place.value and len(sequence(place.value[key])) != len(values):
            count = len(sequence(place.value[key]))
            yield broken(rule, pointer_to(place.pointer, key), count=count, values=len(values))
    for index, name in enumerate(sequence(place.value.get("x-enum-varnames"))):
        at = pointer_to(place.pointer, "x-enum-varnames", index)
        if not _NAME.fullmatch(str(name)) or keyword.iskeyword(str(name)):
            yield broken("enum-names-form", at, name=name)
        elif str(name) in seen:
            yield broken("enum-names-unique", at, name=name, other=seen[str(name)].pointer)
        seen.setdefault(str(name), place)


def _check_enums(contract: Contract) -> Iterator[Finding]:
    seen: dict[str, Place] = {}
    enums = [place for place in contract.of_kind("schema") if "enum" in place.value]
    for place in enums:
        yield from _check_enum(place, seen)
        if not place.is_component:
            yield broken("enum-field", pointer_to(place.pointer, "enum"), type=place.value.get("type", "value"))
    components = {place.pointer: place for place in enums if place.is_component}
    for place in contract.places:
        reference = text(place.value.get("$ref"))
        if place.kind == "schema" and reference in components:
            kind = components[reference].value.get("type", "value")
            yield broken("enum-field", pointer_to(place.pointer, "$ref"), type=kind)


def check_schemas(contract: Contract) -> Iterator[Finding]:
    """Everything about schemas that takes more than one part to decide."""
    for place in contract.of_kind("schema"):
        yield from _check_object(place)
        yield from _check_bounds(place)
    yield from _check_digits(contract)
    yield from _check_same(contract)
    yield from _check_enums(contract)
