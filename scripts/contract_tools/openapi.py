"""Find what a document's plain data holds: typed values, operations, schemas, and an index of all parts.

A part that a fork leaves out is empty, not an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, TypeGuard

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
KIND_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "mobile": "^1[0-9]{10}$",
        "beijing-time": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
    }
)
"""How a text of a kind (x-kind) is written in a request, where its field has no pattern of its own."""
_NOTHING: Mapping[str, object] = {}


def pointer_to(pointer: str, *parts: str | int) -> str:
    """Extend a JSON pointer."""
    return "/".join([pointer, *(str(part).replace("~", "~0").replace("/", "~1") for part in parts)])


def pointer_parts(pointer: str) -> list[str]:
    """Split a JSON pointer into its names, unescaped; with or without ``#`` in front."""
    path = pointer.removeprefix("#")
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Return whether the value is an object."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Return whether the value is a list."""
    return isinstance(value, list | tuple)


def mapping(value: object) -> Mapping[str, object]:
    """Return the value where it is an object, an empty one if not."""
    return value if is_object(value) else _NOTHING


def sequence(value: object) -> Sequence[object]:
    """Return the value where it is a list, an empty one if not."""
    return value if is_list(value) else ()


def text(value: object, otherwise: str = "") -> str:
    """Return the value where it is a text, ``otherwise`` if not."""
    return value if isinstance(value, str) else otherwise


def whole(value: object, otherwise: int = 0) -> int:
    """Return the value where it is a whole number, ``otherwise`` if not."""
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def kinds_of(schema: object) -> list[str]:
    """List the types of a schema without null."""
    written = mapping(schema).get("type")
    return [str(kind) for kind in (sequence(written) or [written]) if kind not in ("null", None)]


def may_be_null(schema: object) -> bool:
    """Return whether a schema takes null, as OpenAPI 3.1 or 3.0 writes it."""
    written = mapping(schema).get("type")
    return "null" in (sequence(written) or [written]) or mapping(schema).get("nullable") is True


def follow(data: Mapping[str, object], value: object) -> Mapping[str, object]:
    """Resolve a ``$ref`` inside the document; an object without one is returned as it is."""
    seen: set[str] = set()
    node = mapping(value)
    while isinstance(reference := node.get("$ref"), str):
        if reference in seen or not reference.startswith("#/"):
            return _NOTHING
        seen.add(reference)
        found: object = data
        for part in pointer_parts(reference):
            found = mapping(found).get(part)
        node = mapping(found)
    return node


def operations(data: Mapping[str, object]) -> Iterator[tuple[str, str, Mapping[str, object], Mapping[str, object]]]:
    """Yield every operation as path, method, the operation, and the path item around it."""
    for path, item in mapping(data.get("paths")).items():
        around = follow(data, item)
        for method in METHODS:
            if is_object(operation := around.get(method)):
                yield path, method, operation, around


def parameters_of(
    data: Mapping[str, object], operation: Mapping[str, object], around: Mapping[str, object]
) -> list[Mapping[str, object]]:
    """Collect the parameters of an operation, those of its path first; one of its own replaces that of the path."""
    found: dict[tuple[str, str], Mapping[str, object]] = {}
    for owner in (around, operation):
        for value in sequence(owner.get("parameters")):
            parameter = follow(data, value)
            found[text(parameter.get("in")), text(parameter.get("name"))] = parameter
    return list(found.values())


def webhooks(data: Mapping[str, object]) -> Mapping[str, object]:
    """Find the callbacks, whatever the version of OpenAPI calls them."""
    return mapping(data.get("webhooks", data.get("x-webhooks")))


def callbacks(data: Mapping[str, object]) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Yield every operation that the service calls: its name among the callbacks, its place, and itself."""
    for name, item in webhooks(data).items():
        pointer, around = text(mapping(item).get("$ref")) or pointer_to("#/webhooks", name), follow(data, item)
        for method in METHODS:
            if is_object(operation := around.get(method)):
                yield name, pointer_to(pointer, method), operation


def schemas(data: Mapping[str, object]) -> Mapping[str, object]:
    """Return the named schemas."""
    return mapping(mapping(data.get("components")).get("schemas"))


def schemas_within(data: Mapping[str, object], start: object) -> set[str]:
    """Find the schemas that can be reached from a part of the document, through ``$ref`` and ``x-payloads``."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting: list[object] = [start]
    while waiting:
        node = waiting.pop()
        if is_object(node):
            waiting.extend(node.values())
            for reference in (node.get("$ref"), *mapping(node.get("x-payloads")).values()):
                if isinstance(reference, str) and reference not in seen:
                    seen.add(reference)
                    if reference.startswith("#/components/schemas/"):
                        found.add(reference.removeprefix("#/components/schemas/"))
                    waiting.append(follow(data, {"$ref": reference}))
        elif is_list(node):
            waiting.extend(node)
    return found & set(schemas(data))


# What the members of each kind of part are; {kind}: an object with names of its own, [kind]: a list.
_WRITTEN: Mapping[str, str] = {
    "document": (
        "info=info paths={path_item} webhooks={path_item} x-webhooks={path_item} components=components tags=[tag]"
    ),
    "components": (
        "schemas={schema} responses={response} parameters={parameter} examples={example} requestBodies={request_body} "
        "headers={header} securitySchemes={security_scheme} callbacks={callback} pathItems={path_item} "
        "x-pathItems={path_item}"
    ),
    "path_item": f"parameters=[parameter] {' '.join(f'{method}=operation' for method in METHODS)}",
    "operation": "parameters=[parameter] requestBody=request_body responses={response} callbacks={callback}",
    "callback": "*=path_item",
    "parameter": "schema=schema examples={example} content={media_type}",
    "header": "schema=schema examples={example} content={media_type}",
    "request_body": "content={media_type}",
    "response": "content={media_type} headers={header}",
    "media_type": "schema=schema examples={example}",
    "schema": (
        "properties={schema} patternProperties={schema} dependentSchemas={schema} $defs={schema} "
        "allOf=[schema] anyOf=[schema] oneOf=[schema] prefixItems=[schema] items=schema contains=schema not=schema "
        "if=schema then=schema else=schema additionalProperties=schema propertyNames=schema contentSchema=schema "
        "unevaluatedItems=schema unevaluatedProperties=schema"
    ),
}
_MEMBERS: Mapping[str, Mapping[str, str]] = {
    kind: dict(member.split("=") for member in members.split()) for kind, members in _WRITTEN.items()
}


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A part of a document."""

    kind: str  # what it is: ``operation``, ``schema``, ``media_type`` …
    pointer: str  # its place
    name: str  # its name in the part around it
    value: Mapping[str, object]
    around: Node | None  # the part around it; None for the document
    role: str  # the member of the part around it that holds it: ``properties``, ``items``, ``requestBody`` …

    def outward(self) -> Iterator[Node]:
        """Yield this part and all those around it, from the inside out."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.around

    @property
    def is_component(self) -> bool:
        """Whether it is a named component that others refer to."""
        return self.around is not None and self.around.kind == "components"


def nodes(data: Mapping[str, object]) -> Iterator[Node]:
    """Yield every part of a document, from the outside in and in the order of the file."""
    yield from _within(Node("document", "#", "", data, None, ""))


def _within(node: Node) -> Iterator[Node]:
    yield node
    known = _MEMBERS.get(node.kind, {})
    for name, value in node.value.items():
        kind = known.get(name, known.get("*", ""))
        pointer = pointer_to(node.pointer, name)
        if kind.startswith("{"):
            members = list(mapping(value).items())
        elif kind.startswith("["):
            members = [(str(index), inner) for index, inner in enumerate(sequence(value))]
        elif kind and is_object(value):
            yield from _within(Node(kind, pointer, name, value, node, name))
            continue
        else:
            continue
        for key, inner in members:
            if is_object(inner):
                yield from _within(Node(kind[1:-1], pointer_to(pointer, key), key, inner, node, name))


_MISSING = object()


class Response(NamedTuple):
    """One response of an operation, in place or through a ``$ref``."""

    status: str  # its key: an HTTP status or ``default``
    pointer: str
    node: Node  # the response itself, behind any ``$ref``


class Contract:
    """A document with an index of its parts."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.data = data
        self.nodes = list(nodes(data))
        self.by_pointer = {node.pointer: node for node in self.nodes}
        self._inside: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.around is not None:
                self._inside.setdefault(node.around.pointer, []).append(node)

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        """Find every part of a kind that is not a ``$ref``."""
        return (node for node in self.nodes if node.kind in kinds and "$ref" not in node.value)

    @property
    def is_3_0(self) -> bool:
        """Whether the document is OpenAPI 3.0."""
        return text(self.data.get("openapi")).startswith("3.0")

    def at(self, pointer: str) -> object:
        """Find the value at a pointer; a sentinel for none."""
        found: object = self.data
        for part in pointer_parts(pointer):
            fields, items = mapping(found), sequence(found)
            if part in fields:
                found = fields[part]
            elif part.isdecimal() and int(part) < len(items):
                found = items[int(part)]
            else:
                return _MISSING
        return found

    def has(self, pointer: str) -> bool:
        """Return whether there is a value at a pointer."""
        return pointer.startswith("#") and self.at(pointer) is not _MISSING

    def follow(self, node: Node) -> Node | None:
        """Follow any chain of ``$ref``; None where it leads nowhere."""
        seen: set[str] = set()
        found: Node | None = node
        while found is not None and isinstance(reference := found.value.get("$ref"), str):
            if reference in seen:
                return None
            seen.add(reference)
            found = self.by_pointer.get(reference)
        return found

    @cached_property
    def operations(self) -> list[Node]:
        """The operations that a client calls."""
        return [node for node in self.of_kind("operation") if self.path_of(node)]

    @cached_property
    def callbacks(self) -> list[Node]:
        """The operations that the service calls."""
        return [node for node in self.of_kind("operation") if not self.path_of(node)]

    def path_of(self, operation: Node) -> str:
        """Find the path of an operation that a client calls; empty for a callback."""
        item = operation.around
        if item is None:
            return ""
        return item.name if item.role == "paths" else self._paths_by_component.get(item.pointer, "")

    @cached_property
    def _paths_by_component(self) -> Mapping[str, str]:
        used = mapping(self.data.get("paths")).items()
        return {text(mapping(item).get("$ref")): path for path, item in used if "$ref" in mapping(item)}

    def members(self, owner: Node, role: str) -> Iterator[Node]:
        """Yield the parts directly inside another, in place or through a ``$ref``."""
        for node in self._inside.get(owner.pointer, ()):
            if node.role == role and (found := self.follow(node)) is not None:
                yield found

    def responses(self, operation: Node) -> Iterator[Response]:
        """Yield the responses of an operation."""
        for node in self._inside.get(operation.pointer, ()):
            if node.role == "responses" and (found := self.follow(node)) is not None:
                yield Response(node.name, node.pointer, found)

    def parameters(self, operation: Node) -> Iterator[Node]:
        """Yield the parameters of an operation, those of its path included."""
        yield from self.members(operation, "parameters")
        if operation.around is not None:
            yield from self.members(operation.around, "parameters")

    @cached_property
    def requested(self) -> Mapping[str, set[str]]:
        """Schemas that operations take in a body: the schema's name, and the pointers of the operations."""
        found: dict[str, set[str]] = {}
        for operation in self.operations:
            for name in schemas_within(self.data, operation.value.get("requestBody")):
                found.setdefault(name, set()).add(operation.pointer)
        return found

    def is_requested(self, node: Node) -> bool:
        """Return whether a part is in what a client sends."""
        outer = {around.kind: around for around in node.outward() if around.kind != "schema"}
        component = next((around for around in node.outward() if around.is_component), None)
        if component is not None and component.kind == "schema":
            return component.name in self.requested
        if "operation" in outer and not self.path_of(outer["operation"]):
            return False
        return "parameter" in outer or "request_body" in outer

    @cached_property
    def codes(self) -> Mapping[str, Mapping[str, object]]:
        """The catalogue of error codes; empty where the document has none."""
        return {code: mapping(entry) for code, entry in mapping(self.data.get("x-error-codes")).items()}

    def codes_of(self, operation: Node) -> set[int]:
        """Find the codes that an operation can return, those of its recipients included."""
        lists = (operation.value.get(key) for key in ("x-error-codes", "x-recipient-error-codes"))
        return {whole(code) for codes in lists for code in sequence(codes)}


def title(operation: Node) -> str:
    """Name an operation for a message."""
    return text(operation.value.get("operationId")) or operation.name.upper()
