"""A document, looked at the way that rules ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..document import Document, pointer_parts
from ..places import Place, places
from ..reading import mapping, schemas_within, sequence, text, whole

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an operation, in place or through a ``$ref``.

    Attributes:
        status: The key it stands under: an HTTP status or ``default``.
        pointer: Where that key stands.
        place: The answer itself, behind any ``$ref``.
    """

    status: str
    pointer: str
    place: Place


class Contract:
    """A document with an index of its parts."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data: Mapping[str, object] = document.data
        self.places = list(places(document.data))

    @cached_property
    def by_pointer(self) -> Mapping[str, Place]:
        """Every part by where it stands."""
        return {place.pointer: place for place in self.places}

    def of_kind(self, *kinds: str) -> Iterator[Place]:
        """Every part of a kind that is not a ``$ref``."""
        return (place for place in self.places if place.kind in kinds and "$ref" not in place.value)

    @property
    def is_3_0(self) -> bool:
        """Whether the document is OpenAPI 3.0."""
        return text(self.data.get("openapi")).startswith("3.0")

    def at(self, pointer: str) -> object:
        """What stands at a pointer; a mark of its own for nothing."""
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
        """Whether anything stands at a pointer."""
        return pointer.startswith("#") and self.at(pointer) is not _MISSING

    def follow(self, place: Place) -> Place | None:
        """The part behind any chain of ``$ref``; None where it leads nowhere."""
        seen: set[str] = set()
        found: Place | None = place
        while found is not None and isinstance(reference := found.value.get("$ref"), str):
            if reference in seen:
                return None
            seen.add(reference)
            found = self.by_pointer.get(reference)
        return found

    @cached_property
    def operations(self) -> list[Place]:
        """The operations that a client calls."""
        return [place for place in self._all_operations if self.path_of(place)]

    @cached_property
    def callbacks(self) -> list[Place]:
        """The operations that the service calls."""
        return [place for place in self._all_operations if not self.path_of(place)]

    @cached_property
    def _all_operations(self) -> list[Place]:
        return list(self.of_kind("operation"))

    def path_of(self, operation: Place) -> str:
        """The path of an operation that a client calls; empty for a callback."""
        item = operation.around
        if item is None:
            return ""
        return item.name if item.role == "paths" else self._paths_by_component.get(item.pointer, "")

    @cached_property
    def _paths_by_component(self) -> Mapping[str, str]:
        used = mapping(self.data.get("paths")).items()
        return {text(mapping(item).get("$ref")): path for path, item in used if "$ref" in mapping(item)}

    def members(self, owner: Place, role: str) -> Iterator[Place]:
        """The parts directly inside another, in place or through a ``$ref``."""
        for place in self._inside.get(owner.pointer, ()):
            if place.role == role and (found := self.follow(place)) is not None:
                yield found

    @cached_property
    def _inside(self) -> Mapping[str, list[Place]]:
        inside: dict[str, list[Place]] = {}
        for place in self.places:
            if place.around is not None:
                inside.setdefault(place.around.pointer, []).append(place)
        return inside

    def answers(self, operation: Place) -> Iterator[Answer]:
        """The answers of an operation."""
        for place in self._inside.get(operation.pointer, ()):
            if place.role == "responses" and (found := self.follow(place)) is not None:
                yield Answer(place.name, place.pointer, found)

    def parameters(self, operation: Place) -> Iterator[Place]:
        """The parameters of an operation, those of its path included."""
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

    def is_requested(self, place: Place) -> bool:
        """Whether a part is in what a client sends."""
        outer = {around.kind: around for around in place.outward() if around.kind != "schema"}
        component = next((around for around in place.outward() if around.is_component), None)
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

    def codes_of(self, operation: Place, *, recipients: bool = True) -> set[int]:
        """The codes that an operation says it can answer; of its recipients too, where it has any."""
        lists = ["x-error-codes"] + (["x-recipient-error-codes"] if recipients else [])
        return {whole(code) for key in lists for code in sequence(operation.value.get(key))}


def title(operation: Place) -> str:
    """What to call an operation in a message."""
    return text(operation.value.get("operationId")) or operation.name.upper()
