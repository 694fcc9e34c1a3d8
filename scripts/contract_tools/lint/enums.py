"""Enums, and the names that generators give their members."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from ..document import pointer_to
from ..places import Place
from ..reading import sequence, text
from .contract import Contract
from .rule import Family, Finding, Rule

_NAMES_MISSING = Rule(
    "enum-names-missing",
    "the numbers of {schema} have no names; generated members would be called VALUE_1",
    "add x-enum-varnames",
)
_NAMES_COUNT = Rule(
    "enum-names-count",
    "{count} x-enum-varnames for {values} values; generators drop names or values in silence",
    "give exactly one name for each value",
)
_NAMES_FORM = Rule("enum-names-form", "{name} makes no constant", "write it like NO_MONEY")
_NAMES_UNIQUE = Rule(
    "enum-names-unique",
    "{name} is a name in {other} too; Go and others put all enums into one space of names",
    "choose another name in one of the two",
)
_WORDS_COUNT = Rule(
    "enum-descriptions-count",
    "{count} x-enum-descriptions for {values} values",
    "give exactly one description for each value",
)
_VALUES_UNIQUE = Rule("enum-values-unique", "{value} is there twice", "keep one of the two")
_VALUES_TYPE = Rule("enum-values-type", "{value} is no {type}", "correct the value or the type")
_FIELD = Rule(
    "enum-field",
    "a field with a closed set of values breaks clients on the day a new value arrives",
    "make the field a plain {type}, and name the values in a component that no field refers to",
)

_NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_TYPES: dict[str, tuple[type, ...]] = {"integer": (int,), "string": (str,), "number": (int, float), "boolean": (bool,)}


def _check_enum(place: Place, seen: dict[str, Place]) -> Iterator[Finding]:
    values = sequence(place.value["enum"])
    kind = text(place.value.get("type"))
    pointer = pointer_to(place.pointer, "enum")
    for index, value in enumerate(values):
        if any(value == other and type(value) is type(other) for other in values[:index]):
            yield _VALUES_UNIQUE.broken(pointer_to(pointer, index), value=value)
        if kind in _TYPES and (not isinstance(value, _TYPES[kind]) or isinstance(value, bool) != (kind == "boolean")):
            yield _VALUES_TYPE.broken(pointer_to(pointer, index), value=repr(value), type=kind)
    if place.is_component and kind == "integer" and "x-enum-varnames" not in place.value:
        yield _NAMES_MISSING.broken(place.pointer, schema=place.name)
    for key, rule in (("x-enum-varnames", _NAMES_COUNT), ("x-enum-descriptions", _WORDS_COUNT)):
        if key in place.value and len(sequence(place.value[key])) != len(values):
            count = len(sequence(place.value[key]))
            yield rule.broken(pointer_to(place.pointer, key), count=count, values=len(values))
    for index, name in enumerate(sequence(place.value.get("x-enum-varnames"))):
        at = pointer_to(place.pointer, "x-enum-varnames", index)
        if not _NAME.fullmatch(str(name)) or keyword.iskeyword(str(name)):
            yield _NAMES_FORM.broken(at, name=name)
        elif str(name) in seen:
            yield _NAMES_UNIQUE.broken(at, name=name, other=seen[str(name)].pointer)
        seen.setdefault(str(name), place)


def _check(contract: Contract) -> Iterator[Finding]:
    seen: dict[str, Place] = {}
    enums = [place for place in contract.of_kind("schema") if "enum" in place.value]
    for place in enums:
        yield from _check_enum(place, seen)
        if not place.is_component:
            yield _FIELD.broken(pointer_to(place.pointer, "enum"), type=place.value.get("type", "value"))
    components = {place.pointer: place for place in enums if place.is_component}
    for place in contract.places:
        reference = text(place.value.get("$ref"))
        if place.kind == "schema" and reference in components:
            kind = components[reference].value.get("type", "value")
            yield _FIELD.broken(pointer_to(place.pointer, "$ref"), type=kind)


ENUMS = Family(
    _check,
    (_NAMES_MISSING, _NAMES_COUNT, _NAMES_FORM, _NAMES_UNIQUE, _WORDS_COUNT, _VALUES_UNIQUE, _VALUES_TYPE, _FIELD),
)
