"""Schemas: keywords and forms that generators turn into wrappers, empty classes or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..document import pointer_to
from ..places import Place
from ..reading import mapping, schemas, sequence, text
from .contract import Contract
from .rule import Family, Finding, Rule

_UNION = Rule(
    "schema-union",
    "{keyword} becomes a wrapper, an empty class or broken code in most generators",
    "write one plain schema, and say the rest in its description",
)
_CONST = Rule(
    "schema-const", "const is dropped or becomes a class of its own", "write an enum component, or a description"
)
_UNREAD = Rule(
    "schema-unread",
    "{keyword} is read by no generator, so the client would not know of it",
    "say it in the description, or write it with plain keywords",
)
_TITLE = Rule("schema-title", "a title renames the generated class", "take it out; the component's name is the name")
_TYPES = Rule(
    "schema-types",
    "type {types} is a union, which most generators cannot express",
    "write one type, or one type and 'null'",
)
_UNTYPED = Rule("schema-untyped", "this schema has no type, so generators take anything", "add its type")
_FORMAT_PATTERN = Rule(
    "format-beside-pattern",
    "format {format} beside pattern: generators read one of the two, and not the same one",
    "keep the pattern alone",
)
_INTEGER_FORMAT = Rule(
    "integer-format",
    "an integer without a size is 32 bits in some languages and 64 in others",
    "add format: int32 or format: int64",
)
_DEFAULT = Rule(
    "request-default",
    "generators send a default although the caller left the field out",
    "take it out, and say in the description what the service assumes",
)
_INLINE = Rule(
    "object-unnamed",
    "an object without a name gets a different one from each generator",
    "name it among components/schemas and refer to it",
)
_NOT_OBJECT = Rule(
    "component-object",
    "{name} is no object and no enum, so generators wrap it in a class of its own",
    "write it in place where it is used",
)
_CONTENT = Rule(
    "schema-content",
    "{keyword} makes a file of the text in some generated clients",
    "take it out, and name the schemas of a JSON text in x-payloads",
)
_DIGITS = Rule(
    "digits-format",
    "{name} is a text of digits that may come as a number, and nothing says so",
    "add format: digits, which recipes map to a type that reads both",
)
_SAME = Rule(
    "schema-same",
    "{name} has the same fields as {other}, so typed languages get two classes for one record",
    "refer to {other}, and take this one out",
)
_ITEMS = Rule("array-items", "this array does not say what is in it", "add items")
_REQUIRED = Rule(
    "required-declared", "{name} is required, but not among the properties", "add the property or correct the name"
)
_NULLABLE_REQUIRED = Rule(
    "nullable-required",
    "{name} may be null and absent, which generated types cannot tell apart",
    "list it as required, or take 'null' away",
)
_NULLABLE = Rule("nullable-keyword", "OpenAPI 3.1 does not know nullable", "write type: [{type}, 'null']")
_BOUNDS = Rule("bounds", "{low} {least} is above {high} {most}, so nothing fits", "correct one of the two")


@dataclass(frozen=True, slots=True)
class _Keyword:
    names: tuple[str, ...]
    rule: Rule


_KEYWORDS = (
    _Keyword(("oneOf", "anyOf", "allOf", "discriminator"), _UNION),
    _Keyword(("const",), _CONST),
    _Keyword(
        (
            "not",
            "if",
            "then",
            "else",
            "dependentSchemas",
            "dependentRequired",
            "patternProperties",
            "propertyNames",
            "prefixItems",
            "contains",
            "unevaluatedItems",
            "unevaluatedProperties",
            "$defs",
            "$dynamicRef",
            "$anchor",
            "$id",
        ),
        _UNREAD,
    ),
    _Keyword(("title",), _TITLE),
    _Keyword(("contentMediaType", "contentEncoding", "contentSchema"), _CONTENT),
)
_RANGES = (
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minimum", "maximum"),
    ("minProperties", "maxProperties"),
)
_SIZES = ("int32", "int64")
_MESSAGE_ID = re.compile(r"(?i)msg_?id")
_FEWEST = 2  # one field of the same name is a coincidence


def kinds_of(schema: object) -> list[str]:
    """The types of a schema without null."""
    written = mapping(schema).get("type")
    return [str(kind) for kind in (sequence(written) or [written]) if kind not in ("null", None)]


def _check_keywords(place: Place) -> Iterator[Finding]:
    for keyword in _KEYWORDS:
        for name in keyword.names:
            if name in place.value:
                yield keyword.rule.broken(pointer_to(place.pointer, name), keyword=name)


def _check_type(place: Place, contract: Contract) -> Iterator[Finding]:
    schema, written = place.value, place.value.get("type")
    is_union = any(name in schema for name in ("oneOf", "anyOf", "allOf"))
    if written is None and not is_union and "enum" not in schema and "const" not in schema:
        yield _UNTYPED.broken(place.pointer)
    if isinstance(written, list) and len(kinds_of(schema)) != 1:
        yield _TYPES.broken(pointer_to(place.pointer, "type"), types=schema["type"])
    if "nullable" in schema and not contract.is_3_0:
        kind = text(schema.get("type"), "string")
        yield _NULLABLE.broken(pointer_to(place.pointer, "nullable"), type=kind)
    kinds = kinds_of(schema)
    if "integer" in kinds and schema.get("format") not in _SIZES:
        yield _INTEGER_FORMAT.broken(place.pointer)
    if "format" in schema and "pattern" in schema:
        yield _FORMAT_PATTERN.broken(pointer_to(place.pointer, "format"), format=schema["format"])
    if "array" in kinds and "items" not in schema:
        yield _ITEMS.broken(place.pointer)


def _check_object(place: Place) -> Iterator[Finding]:
    schema = place.value
    properties = mapping(schema.get("properties"))
    if properties and not place.is_component:
        yield _INLINE.broken(place.pointer)
    if place.is_component and "enum" not in schema and not properties and kinds_of(schema):
        yield _NOT_OBJECT.broken(place.pointer, name=place.name)
    required = sequence(schema.get("required"))
    for index, name in enumerate(required):
        if name not in properties:
            yield _REQUIRED.broken(pointer_to(place.pointer, "required", index), name=name)
    for name, value in properties.items():
        if _may_be_null(value) and name not in required:
            yield _NULLABLE_REQUIRED.broken(pointer_to(place.pointer, "properties", name), name=name)


def _may_be_null(schema: object) -> bool:
    return "null" in sequence(mapping(schema).get("type")) or mapping(schema).get("nullable") is True


def _check_bounds(place: Place) -> Iterator[Finding]:
    for low, high in _RANGES:
        least, most = place.value.get(low), place.value.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            yield _BOUNDS.broken(pointer_to(place.pointer, high), low=low, least=least, high=high, most=most)


def _check_digits(contract: Contract) -> Iterator[Finding]:
    """Fields of responses and callbacks that hold the id of a message, or a code."""
    for place in contract.of_kind("schema"):
        is_id = _MESSAGE_ID.fullmatch(place.name) is not None or "x-values" in place.value
        if place.role != "properties" or not is_id or kinds_of(place.value) != ["string"]:
            continue
        if place.value.get("format") != "digits" and not contract.is_requested(place):
            yield _DIGITS.broken(place.pointer, name=place.name)


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
            yield _SAME.broken(pointer_to("#/components/schemas", name), name=name, other=seen[fields])
        seen.setdefault(fields, name)


def _check(contract: Contract) -> Iterator[Finding]:
    for place in contract.of_kind("schema"):
        yield from _check_keywords(place)
        yield from _check_type(place, contract)
        yield from _check_object(place)
        yield from _check_bounds(place)
        if "default" in place.value and contract.is_requested(place):
            yield _DEFAULT.broken(pointer_to(place.pointer, "default"))
    yield from _check_digits(contract)
    yield from _check_same(contract)


SCHEMAS = Family(
    _check,
    (
        _UNION,
        _CONST,
        _UNREAD,
        _TITLE,
        _TYPES,
        _UNTYPED,
        _FORMAT_PATTERN,
        _INTEGER_FORMAT,
        _DEFAULT,
        _INLINE,
        _NOT_OBJECT,
        _CONTENT,
        _DIGITS,
        _SAME,
        _ITEMS,
        _REQUIRED,
        _NULLABLE_REQUIRED,
        _NULLABLE,
        _BOUNDS,
    ),
)
