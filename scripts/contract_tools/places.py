"""Where the parts of an OpenAPI document stand, and what each of them is.

A walk that knows OpenAPI: a property that happens to be called ``$ref``, or a ``type`` inside an example, is not taken
for what it looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from types import MappingProxyType

from .document import pointer_to
from .reading import METHODS, is_list, is_object, mapping, sequence

_CONTENT = {"schema": "schema", "examples": "{example}", "content": "{media_type}"}

# What the members of each kind of part are; {kind}: an object with names of its own, [kind]: a list.
_MEMBERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "document": {
            "paths": "{path_item}",
            "webhooks": "{path_item}",
            "x-webhooks": "{path_item}",
            "components": "components",
            "tags": "[tag]",
        },
        "components": {
            "schemas": "{schema}",
            "responses": "{response}",
            "parameters": "{parameter}",
            "examples": "{example}",
            "requestBodies": "{request_body}",
            "headers": "{header}",
            "securitySchemes": "{security_scheme}",
            "callbacks": "{callback}",
            "pathItems": "{path_item}",
            "x-pathItems": "{path_item}",
        },
        "path_item": {"parameters": "[parameter]"} | dict.fromkeys(METHODS, "operation"),
        "operation": {
            "parameters": "[parameter]",
            "requestBody": "request_body",
            "responses": "{response}",
            "callbacks": "{callback}",
        },
        "callback": {"*": "path_item"},
        "parameter": _CONTENT,
        "header": _CONTENT,
        "request_body": {"content": "{media_type}"},
        "response": {"content": "{media_type}", "headers": "{header}"},
        "media_type": {"schema": "schema", "examples": "{example}"},
        "schema": {
            "properties": "{schema}",
            "patternProperties": "{schema}",
            "dependentSchemas": "{schema}",
            "$defs": "{schema}",
            "allOf": "[schema]",
            "anyOf": "[schema]",
            "oneOf": "[schema]",
            "prefixItems": "[schema]",
        }
        | dict.fromkeys(
            (
                "items",
                "additionalProperties",
                "not",
                "if",
                "then",
                "else",
                "contains",
                "propertyNames",
                "unevaluatedItems",
                "unevaluatedProperties",
                "contentSchema",
            ),
            "schema",
        ),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A part of a document.

    Attributes:
        kind: What it is: ``operation``, ``schema``, ``media_type`` …
        pointer: Where it stands.
        name: Its name in the part around it.
        value: The part itself.
        around: The part around it; None for the document.
        role: The member of the part around it that it stands in: ``properties``, ``items``, ``requestBody`` …
    """

    kind: str
    pointer: str
    name: str
    value: Mapping[str, object]
    around: Place | None
    role: str

    def outward(self) -> Iterator[Place]:
        """This part and all those around it, from the inside out."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.around

    @property
    def is_component(self) -> bool:
        """Whether it stands among the components, with a name that others refer to."""
        return self.around is not None and self.around.kind == "components"


def places(data: Mapping[str, object]) -> Iterator[Place]:
    """Every part of a document, from the outside in and in the order of the file."""
    yield from _within(Place("document", "#", "", data, None, ""))


def rebuilt(
    data: Mapping[str, object], change: Callable[[str, dict[str, object]], dict[str, object]]
) -> dict[str, object]:
    """A copy of a document in which each part, from the inside out, is what ``change`` makes of its kind and value."""
    return _rebuilt("document", data, change)


def _rebuilt(
    kind: str, value: Mapping[str, object], change: Callable[[str, dict[str, object]], dict[str, object]]
) -> dict[str, object]:
    known = _MEMBERS.get(kind, {})
    made: dict[str, object] = {}
    for name, member in value.items():
        of = known.get(name, known.get("*", ""))

        def part(inner: object, of: str = of.strip("{}[]")) -> object:
            return _rebuilt(of, inner, change) if is_object(inner) else deepcopy(inner)

        if of.startswith("{") and is_object(member):
            made[name] = {key: part(inner) for key, inner in member.items()}
        elif of.startswith("[") and is_list(member):
            made[name] = [part(inner) for inner in member]
        else:
            made[name] = part(member) if of else deepcopy(member)
    return change(kind, made)


def _within(place: Place) -> Iterator[Place]:
    yield place
    known = _MEMBERS.get(place.kind, {})
    for name, value in place.value.items():
        kind = known.get(name, known.get("*", ""))
        pointer = pointer_to(place.pointer, name)
        if kind.startswith("{"):
            members = list(mapping(value).items())
        elif kind.startswith("["):
            members = [(str(index), inner) for index, inner in enumerate(sequence(value))]
        elif kind and is_object(value):
            yield from _within(Place(kind, pointer, name, value, place, name))
            continue
        else:
            continue
        for key, inner in members:
            if is_object(inner):
                yield from _within(Place(kind[1:-1], pointer_to(pointer, key), key, inner, place, name))
