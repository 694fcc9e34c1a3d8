"""A document the way that rules look at it, and what they find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from contract_tools.document import Document, pointer_parts
from contract_tools.openapi import Node, mapping, nodes, schemas_within, sequence, text, whole


class Finding(NamedTuple):
    """A place that breaks a rule."""

    rule: str  # the rule's name, such as ``operation-id-unique``
    pointer: str  # where in the document, as a JSON pointer that begins with ``#``
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A place that has to change."""

    path: str
    line: int
    pointer: str  # where in the document, as a JSON pointer that begins with ``#``
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """File, line, pointer, what is wrong and what to do, in one line."""
        return f"{self.path}:{self.line}: {self.pointer}: {self.message}. Fix: {self.remedy}."


_MISSING = object()


class Response(NamedTuple):
    """One response of an operation, in place or through a ``$ref``."""

    status: str  # its key: an HTTP status or ``default``
    pointer: str
    node: Node  # the response itself, behind any ``$ref``


class Contract:
    """A document with an index of its parts."""

    def __init__(self, document: Document) -> None:
        self.data: Mapping[str, object] = document.data
        self.nodes = list(nodes(document.data))
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
