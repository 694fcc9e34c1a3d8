"""Schemas, names and descriptions: what generators turn into wrappers, broken identifiers or nothing."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from contract_tools.lint.rules import Contract, Finding, broken
from contract_tools.openapi import Node, kinds_of, mapping, may_be_null, pointer_to, schemas, sequence, text

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


def _check_object(node: Node) -> Iterator[Finding]:
    schema = node.value
    properties = mapping(schema.get("properties"))
    required = sequence(schema.get("required"))
    for index, name in enumerate(required):
        if name not in properties:
            yield broken("required-declared", pointer_to(node.pointer, "required", index), name=name)
    for name, value in properties.items():
        if may_be_null(value) and name not in required:
            yield broken("nullable-required", pointer_to(node.pointer, "properties", name), name=name)


def _check_bounds(node: Node) -> Iterator[Finding]:
    for low, high in _RANGES:
        least, most = node.value.get(low), node.value.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            yield broken("bounds", pointer_to(node.pointer, high), low=low, least=least, high=high, most=most)


def _check_digits(contract: Contract) -> Iterator[Finding]:
    """Check the fields of responses and callbacks that hold the id of a message, or a code."""
    for node in contract.of_kind("schema"):
        is_id = _MESSAGE_ID.fullmatch(node.name) is not None or "x-values" in node.value
        if node.role != "properties" or not is_id or kinds_of(node.value) != ["string"]:
            continue
        if node.value.get("format") != "digits" and not contract.is_requested(node):
            yield broken("digits-format", node.pointer, name=node.name)


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


def _check_enum(node: Node, seen: dict[str, Node]) -> Iterator[Finding]:
    values = sequence(node.value["enum"])
    kind = text(node.value.get("type"))
    pointer = pointer_to(node.pointer, "enum")
    for index, value in enumerate(values):
        if any(value == other and type(value) is type(other) for other in values[:index]):
            yield broken("enum-values-unique", pointer_to(pointer, index), value=value)
        if kind in _TYPES and (not isinstance(value, _TYPES[kind]) or isinstance(value, bool) != (kind == "boolean")):
            yield broken("enum-values-type", pointer_to(pointer, index), value=repr(value), type=kind)
    for key, rule in (("x-enum-varnames", "enum-names-count"), ("x-enum-descriptions", "enum-descriptions-count")):
        if key in node.value and len(sequence(node.value[key])) != len(values):
            count = len(sequence(node.value[key]))
            yield broken(rule, pointer_to(node.pointer, key), count=count, values=len(values))
    for index, name in enumerate(sequence(node.value.get("x-enum-varnames"))):
        at = pointer_to(node.pointer, "x-enum-varnames", index)
        if not _NAME.fullmatch(str(name)) or keyword.iskeyword(str(name)):
            yield broken("enum-names-form", at, name=name)
        elif str(name) in seen:
            yield broken("enum-names-unique", at, name=name, other=seen[str(name)].pointer)
        seen.setdefault(str(name), node)


def _check_enums(contract: Contract) -> Iterator[Finding]:
    seen: dict[str, Node] = {}
    enums = [node for node in contract.of_kind("schema") if "enum" in node.value]
    for node in enums:
        yield from _check_enum(node, seen)
        if not node.is_component:
            yield broken("enum-field", pointer_to(node.pointer, "enum"), type=node.value.get("type", "value"))
    components = {node.pointer: node for node in enums if node.is_component}
    for node in contract.nodes:
        reference = text(node.value.get("$ref"))
        if node.kind == "schema" and reference in components:
            kind = components[reference].value.get("type", "value")
            yield broken("enum-field", pointer_to(node.pointer, "$ref"), type=kind)


def check_schemas(contract: Contract) -> Iterator[Finding]:
    """Check everything about schemas that takes more than one part to decide."""
    for node in contract.of_kind("schema"):
        yield from _check_object(node)
        yield from _check_bounds(node)
    yield from _check_digits(contract)
    yield from _check_same(contract)
    yield from _check_enums(contract)


# Each was seen to break openapi-python-client 0.29.1, or, where the reason says so, another generator.
_PROPERTIES: Mapping[str, str] = MappingProxyType(
    {
        "d": "hides the dictionary that the generated model reads",
        "cls": "hides the class in the generated from_dict",
        "self": "hides the object in generated methods",
        "body": "hides the body in generated functions",
        "field_dict": "hides the dictionary that the generated model writes",
        "src_dict": "hides the dictionary that the generated model is made from",
        "additional_properties": "takes the place of the unknown properties of the generated model",
        "additional_keys": "takes the place of a method of the generated model",
        "to_dict": "takes the place of a method of the generated model",
        "from_dict": "takes the place of a method of the generated model",
        "cast": "hides a function that the generated model calls",
    }
)
_PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        "body": "meets the body in the generated function's arguments",
        "client": "meets the client in the generated function's arguments",
        "headers": "hides the headers in the generated function",
        "params": "hides the query in the generated function",
        "cookies": "hides the cookies in the generated function",
    }
)
_SCHEMAS: Mapping[str, str] = MappingProxyType(
    {
        "Error": "hides what TypeScript, Swift and Go call Error themselves",
        "Exception": "hides what most languages call Exception themselves",
        "Object": "hides what Java, C# and TypeScript call Object themselves",
        "String": "hides what Java and TypeScript call String themselves",
        "Any": "hides a type that generated Python uses",
        "Response": "hides a type that the generated client uses",
        "Unset": "hides a type that the generated client uses",
        "UNSET": "hides a value that the generated client uses",
    }
)
_COMMENT_ENDS = ("*/", '"""')
_MOST = 300
_WORDS = ("description", "summary", "title", "x-summary-zh", "x-assumed")
_CODE_WORDS = ("meaning", "meaning_zh", "remedy", "remedy_zh", "message", "summary", "summary_zh")
_SCHEMA_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")


def _snake_case(name: str) -> str:
    """Convert a name to the one that generated Python has."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name)
    return words.strip("_").lower()


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower() or name


def _check_characters(node: Node) -> Iterator[Finding]:
    """Refuse names that look like others: Python's parser reads ｃｌａｓｓ as class, and U+200B is invisible."""
    given = (node.name, node.pointer), (text(node.value.get("name")), pointer_to(node.pointer, "name"))
    for name, pointer in given:
        plain = unicodedata.normalize("NFKC", name)
        hidden = next((character for character in name if not character.isprintable()), None)
        if hidden is not None:
            readable = "".join(character for character in plain if character.isprintable()) or "name"
            yield broken(
                "name-characters", pointer, name=ascii(name), reason=f"holds U+{ord(hidden):04X}", plain=readable
            )
        elif plain != name:
            yield broken("name-characters", pointer, name=name, reason=f"is read as {plain} by Python", plain=plain)


def _check_properties(node: Node) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name in mapping(node.value.get("properties")):
        pointer = pointer_to(node.pointer, "properties", name)
        folded = _folded(name)
        if _snake_case(name) in _PROPERTIES:
            yield broken("property-reserved", pointer, name=name, reason=_PROPERTIES[_snake_case(name)])
        if keyword.iskeyword(name):
            yield broken("property-keyword", pointer, name=name)
        if node.is_component and folded == _folded(node.name):
            yield broken("property-like-schema", pointer, name=name)
        if folded in seen:
            yield broken("property-unique", pointer, name=name, other=seen[folded])
        seen.setdefault(folded, name)


def _check_components(contract: Contract) -> Iterator[Finding]:
    components = mapping(contract.data.get("components"))
    for name in mapping(components.get("schemas")):
        pointer = pointer_to("#/components/schemas", name)
        if name in _SCHEMAS:
            yield broken("schema-reserved", pointer, name=name, reason=_SCHEMAS[name])
        elif not _SCHEMA_NAME.fullmatch(name):
            yield broken("schema-name", pointer, name=name)
    seen: dict[str, str] = {}
    for section, members in components.items():
        for name in mapping(members):
            shown = f"{section}/{name}"
            if _folded(name) in seen:
                pointer = pointer_to("#/components", section, name)
                yield broken("component-unique", pointer, name=shown, other=seen[_folded(name)])
            seen.setdefault(_folded(name), shown)


def _check_parameters(contract: Contract) -> Iterator[Finding]:
    for node in contract.of_kind("parameter"):
        name = text(node.value.get("name"))
        pointer = pointer_to(node.pointer, "name")
        if name in _PARAMETERS:
            yield broken("parameter-reserved", pointer, name=name, reason=_PARAMETERS[name])
        if keyword.iskeyword(name):
            yield broken("property-keyword", pointer, name=name)


def check_names(contract: Contract) -> Iterator[Finding]:
    """Refuse names that generated code stumbles over."""
    for node in contract.nodes:
        yield from _check_characters(node)
    for node in contract.of_kind("schema"):
        yield from _check_properties(node)
    yield from _check_components(contract)
    yield from _check_parameters(contract)


def _texts(contract: Contract) -> Iterator[tuple[str, str]]:
    """Find every text that may be copied into source, and its place."""
    owners: list[tuple[str, Mapping[str, object], tuple[str, ...]]] = [
        (node.pointer, node.value, _WORDS) for node in contract.nodes
    ]
    owners.append(("#/info", mapping(contract.data.get("info")), _WORDS))
    for key in ("x-error-codes", "x-error-families"):
        for name, entry in mapping(contract.data.get(key)).items():
            owners.append((pointer_to("#", key, name), mapping(entry), _CODE_WORDS))
    for pointer, owner, names in owners:
        for name in names:
            if isinstance(value := owner.get(name), str):
                yield pointer_to(pointer, name), value
        for index, value in enumerate(sequence(owner.get("x-enum-descriptions"))):
            yield pointer_to(pointer, "x-enum-descriptions", index), text(value)


def check_texts(contract: Contract) -> Iterator[Finding]:
    """Refuse texts that break the source they are copied into."""
    for pointer, value in _texts(contract):
        for token in _COMMENT_ENDS:
            if token in value:
                yield broken("text-comment", pointer, token=token)
        if "\\u" in value:
            yield broken("text-escape", pointer)
    description = text(mapping(contract.data.get("info")).get("description"))
    if len(description) > _MOST:
        yield broken("info-short", "#/info/description", length=len(description), most=_MOST)
