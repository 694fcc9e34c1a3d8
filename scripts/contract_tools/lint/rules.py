"""The rules in rules.toml, those of them that a JSON Schema decides, and a document the way that rules look at it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator

from contract_tools.document import Document, pointer_parts
from contract_tools.openapi import Node, mapping, nodes, schemas_within, sequence, text, whole


@dataclass(frozen=True)
class Rule:
    """One rule. One with ``on`` is broken by each part of these kinds that meets all of its conditions.

    Attributes:
        says: What is wrong where it is broken; names in braces are filled in for each place.
        fix: What to do about it, in the same way.
        on: Kinds of parts; ``operation`` is one that a client calls, ``callback`` one that the service calls.
        when: A JSON Schema that a part fits where it breaks the rule; without one, a part that has one of ``at`` does.
        at: The members that are named as the place, those that are there.
        inside: Kinds that the part around it may have.
        role: The member of the part around it that it has to stand in.
        named: The names that it may have.
        component: Whether it has to be a component, or must not be one.
        requested: It has to be in what a client sends.
        openapi: The only version of OpenAPI that has the rule.
    """

    says: str
    fix: str
    on: Sequence[str] = ()
    when: Mapping[str, object] | None = None
    at: Sequence[str] = ()
    inside: Sequence[str] = ()
    role: str = ""
    named: Sequence[str] = ()
    component: bool | None = None
    requested: bool = False
    openapi: str = ""

    @cached_property
    def _fits(self) -> Callable[[object], bool]:
        validator: Any = Draft202012Validator(dict(self.when or {}))
        return cast("Callable[[object], bool]", validator.is_valid)

    def is_broken_by(self, contract: Contract, node: Node) -> bool:
        """Return whether a part of its kinds breaks it."""
        return (
            (not self.inside or (node.around is not None and node.around.kind in self.inside))
            and self.role in ("", node.role)
            and (not self.named or node.name in self.named)
            and self.component in (None, node.is_component)
            and (not self.openapi or contract.is_3_0 == (self.openapi == "3.0"))
            and (self.when is not None or not self.at or any(name in node.value for name in self.at))
            and self._fits(node.value)
            and (not self.requested or contract.is_requested(node))
        )


def _read() -> Mapping[str, Rule]:
    content = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
    return {name: Rule(**rule) for name, rule in content.items()}


RULES = _read()


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that breaks a rule."""

    name: str
    pointer: str
    values: Mapping[str, object]

    @property
    def message(self) -> str:
        """What is wrong there."""
        return RULES[self.name].says.format(**self.values)

    @property
    def remedy(self) -> str:
        """What to do about it there."""
        return RULES[self.name].fix.format(**self.values)


def broken(name: str, pointer: str, /, **values: object) -> Finding:
    """Report that a rule is broken at this place."""
    return Finding(name, pointer, values)


def check_parts(contract: Contract) -> Iterator[Finding]:
    """List the rules that a JSON Schema decides."""
    kinds = {"operation": contract.operations, "callback": contract.callbacks}
    for name, rule in RULES.items():
        for kind in rule.on:
            for node in kinds.get(kind) or contract.of_kind(*() if kind in kinds else (kind,)):
                if rule.is_broken_by(contract, node):
                    yield from _findings(contract, name, rule, node)


def _findings(contract: Contract, name: str, rule: Rule, node: Node) -> Iterator[Finding]:
    own = node.value.get("name") if node.kind == "parameter" else node.name
    values = {"name": own, "id": title(node) if node.kind == "operation" else ""}
    found = [pointer for at in rule.at if contract.has(pointer := f"{node.pointer}/{at}")]
    for pointer in found or [node.pointer]:
        value = mapping(node.value) if pointer == node.pointer else contract.at(pointer)
        yield broken(name, pointer, keyword=pointer_parts(pointer)[-1] if found else "", value=value, **values)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A place that has to change.

    Attributes:
        path: The file, as it was named.
        line: The line, counted from 1.
        pointer: Where in the document, as a JSON pointer that begins with ``#``.
        rule: The rule's name, such as ``operation-id-unique``.
        message: What is wrong.
        remedy: What to do about it.
    """

    path: str
    line: int
    pointer: str
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """File, line, pointer, what is wrong and what to do, in one line."""
        return f"{self.path}:{self.line}: {self.pointer}: {self.message}. Fix: {self.remedy}."


_MISSING = object()


@dataclass(frozen=True, slots=True)
class Response:
    """One response of an operation, in place or through a ``$ref``.

    Attributes:
        status: Its key: an HTTP status or ``default``.
        pointer: The place of that key.
        node: The response itself, behind any ``$ref``.
    """

    status: str
    pointer: str
    node: Node


class Contract:
    """A document with an index of its parts."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data: Mapping[str, object] = document.data
        self.nodes = list(nodes(document.data))

    @cached_property
    def by_pointer(self) -> Mapping[str, Node]:
        """Every part by its place."""
        return {node.pointer: node for node in self.nodes}

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
        return [node for node in self._all_operations if self.path_of(node)]

    @cached_property
    def callbacks(self) -> list[Node]:
        """The operations that the service calls."""
        return [node for node in self._all_operations if not self.path_of(node)]

    @cached_property
    def _all_operations(self) -> list[Node]:
        return list(self.of_kind("operation"))

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

    @cached_property
    def _inside(self) -> Mapping[str, list[Node]]:
        inside: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.around is not None:
                inside.setdefault(node.around.pointer, []).append(node)
        return inside

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

    @property
    def has_codes(self) -> bool:
        """Whether the document has a catalogue of error codes."""
        return bool(self.codes)

    def codes_of(self, operation: Node, *, recipients: bool = True) -> set[int]:
        """Find the codes that an operation can return, those of its recipients included."""
        lists = ["x-error-codes"] + (["x-recipient-error-codes"] if recipients else [])
        return {whole(code) for key in lists for code in sequence(operation.value.get(key))}


def title(operation: Node) -> str:
    """Name an operation for a message."""
    return text(operation.value.get("operationId")) or operation.name.upper()
