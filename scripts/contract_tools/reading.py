"""Typed looks at a document's plain data, forgiving of what a fork leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_NOTHING: Mapping[str, object] = {}


def is_mapping(value: object) -> TypeGuard[Mapping[str, object]]:
    """Whether a value is an object."""
    return isinstance(value, Mapping)


def is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    """Whether a value is a list."""
    return isinstance(value, list | tuple)


def mapping(value: object) -> Mapping[str, object]:
    """The value where it is an object, an empty one otherwise."""
    return value if is_mapping(value) else _NOTHING


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Whether the value is an object."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Whether the value is a list."""
    return isinstance(value, list)


def sequence(value: object) -> Sequence[object]:
    """The value where it is a list, an empty one otherwise."""
    return value if is_sequence(value) else ()


def text(value: object, otherwise: str = "") -> str:
    """The value where it is a text."""
    return value if isinstance(value, str) else otherwise


def whole(value: object, otherwise: int = 0) -> int:
    """The value where it is a whole number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def follow(data: Mapping[str, object], value: object) -> Mapping[str, object]:
    """The object that a ``$ref`` inside the document leads to, or the object itself."""
    seen: set[str] = set()
    node = mapping(value)
    while isinstance(reference := node.get("$ref"), str):
        if reference in seen or not reference.startswith("#/"):
            return _NOTHING
        seen.add(reference)
        found: object = data
        for part in reference[2:].split("/"):
            found = mapping(found).get(part.replace("~1", "/").replace("~0", "~"))
        node = mapping(found)
    return node


def operations(data: Mapping[str, object]) -> Iterator[tuple[str, str, Mapping[str, object], Mapping[str, object]]]:
    """Every operation as path, method, the operation, and the path item around it."""
    for path, item in mapping(data.get("paths")).items():
        around = follow(data, item)
        for method in METHODS:
            if is_mapping(operation := around.get(method)):
                yield path, method, operation, around


def webhooks(data: Mapping[str, object]) -> Mapping[str, object]:
    """The callbacks, whatever the version of OpenAPI calls them."""
    return mapping(data.get("webhooks", data.get("x-webhooks")))


def schemas(data: Mapping[str, object]) -> Mapping[str, object]:
    """The named schemas."""
    return mapping(mapping(data.get("components")).get("schemas"))


def schemas_within(data: Mapping[str, object], start: object) -> set[str]:
    """Names of the schemas that can be reached from a part of the document, through ``$ref`` and ``x-payloads``."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting: list[object] = [start]
    while waiting:
        node = waiting.pop()
        if is_mapping(node):
            waiting.extend(node.values())
            for reference in (node.get("$ref"), *mapping(node.get("x-payloads")).values()):
                if isinstance(reference, str) and reference not in seen:
                    seen.add(reference)
                    if reference.startswith("#/components/schemas/"):
                        found.add(reference.removeprefix("#/components/schemas/"))
                    waiting.append(follow(data, {"$ref": reference}))
        elif is_sequence(node):
            waiting.extend(node)
    return found & set(schemas(data))
