"""Names and descriptions: what becomes identifiers and comments in other languages' source."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ..document import pointer_to
from ..places import Place
from ..reading import mapping, sequence, text
from .contract import Contract
from .rules import Finding, broken

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
    """A name the way that generated Python writes it."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name)
    return words.strip("_").lower()


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower() or name


def _check_characters(place: Place) -> Iterator[Finding]:
    """Names that are not what they look like: Python's parser reads ｃｌａｓｓ as class, and U+200B is invisible."""
    given = (place.name, place.pointer), (text(place.value.get("name")), pointer_to(place.pointer, "name"))
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


def _check_properties(place: Place) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name in mapping(place.value.get("properties")):
        pointer = pointer_to(place.pointer, "properties", name)
        folded = _folded(name)
        if _snake_case(name) in _PROPERTIES:
            yield broken("property-reserved", pointer, name=name, reason=_PROPERTIES[_snake_case(name)])
        if keyword.iskeyword(name):
            yield broken("property-keyword", pointer, name=name)
        if place.is_component and folded == _folded(place.name):
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
    for place in contract.of_kind("parameter"):
        name = text(place.value.get("name"))
        pointer = pointer_to(place.pointer, "name")
        if name in _PARAMETERS:
            yield broken("parameter-reserved", pointer, name=name, reason=_PARAMETERS[name])
        if keyword.iskeyword(name):
            yield broken("property-keyword", pointer, name=name)


def check_names(contract: Contract) -> Iterator[Finding]:
    """Names that generated code stumbles over."""
    for place in contract.places:
        yield from _check_characters(place)
    for place in contract.of_kind("schema"):
        yield from _check_properties(place)
    yield from _check_components(contract)
    yield from _check_parameters(contract)


def _texts(contract: Contract) -> Iterator[tuple[str, str]]:
    """Every text that may be copied into source, and where it stands."""
    owners: list[tuple[str, Mapping[str, object], tuple[str, ...]]] = [
        (place.pointer, place.value, _WORDS) for place in contract.places
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
    """Texts that break the source they are copied into."""
    for pointer, value in _texts(contract):
        for token in _COMMENT_ENDS:
            if token in value:
                yield broken("text-comment", pointer, token=token)
        if "\\u" in value:
            yield broken("text-escape", pointer)
    description = text(mapping(contract.data.get("info")).get("description"))
    if len(description) > _MOST:
        yield broken("info-short", "#/info/description", length=len(description), most=_MOST)
