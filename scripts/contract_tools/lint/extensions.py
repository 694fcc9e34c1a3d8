"""Extensions of ours: spelt as documented, on the part that they belong to, with a value that fits."""

from __future__ import annotations

import difflib
import keyword
from collections.abc import Iterator, Mapping
from functools import lru_cache

from jsonschema import Draft202012Validator

from ..document import pointer_to
from ..extensions import EXTENSIONS, KINDS
from ..places import Place
from ..reading import mapping, sequence, text
from ..surface.model import method_name, positional_candidates, resource_name
from .contract import Contract, title
from .rules import Finding, broken
from .structure import misfits

# Every keyword of JSON Schema, with those that OpenAPI 3.0 and 3.1 add.
KEYWORDS = frozenset(
    (
        *Draft202012Validator.VALIDATORS,
        *("$schema", "$comment", "$defs", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "then", "else"),
        *("title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples"),
        *("contentMediaType", "contentEncoding", "contentSchema"),
        *("discriminator", "xml", "externalDocs", "example", "nullable"),
    )
)
# Close enough to be one of ours misspelt, and far enough to leave the extensions of other tools alone.
_CUTOFF = 0.75
# Members whose names and values are the document's own; info has a check of its own.
_FREE = ("info", "example", "examples", "default", "enum", "const", "value")
_BY_LOWER = {name.lower(): name for name in (*KEYWORDS, *EXTENSIONS)}


def _check_names(pointer: str, kind: str, value: Mapping[str, object]) -> Iterator[Finding]:
    for name, content in value.items():
        if not name.startswith("x-"):
            continue
        if name not in EXTENSIONS:
            near = difflib.get_close_matches(name.lower().replace("_", "-"), EXTENSIONS, n=1, cutoff=_CUTOFF)
            if near:
                yield broken("extension-spelling", pointer_to(pointer, name), name=name, wanted=near[0])
            continue
        allowed = [(kinds, schema) for kinds, schema in EXTENSIONS[name] if not kinds or kind in kinds]
        if not allowed:
            places = ", ".join(place for kinds, _ in EXTENSIONS[name] for place in kinds)
            yield broken("extension-place", pointer_to(pointer, name), name=name, kind=kind, places=places)
            continue
        for misfit in misfits(_validator(name, [*EXTENSIONS[name]].index(allowed[0])), content):
            yield broken("extension-value", pointer_to(pointer, name, *misfit.path), name=name, problem=misfit.problem)


def _check_between(contract: Contract, place: Place) -> Iterator[Finding]:
    """Extensions among the members of a map, such as responses, where they stand by a wrong indentation."""
    for role, members in place.value.items():
        pointer = pointer_to(place.pointer, role)
        if role.startswith("x-") or role in _FREE or pointer in contract.by_pointer:
            continue
        for name in mapping(members):
            places = ", ".join(kind for kinds, _ in EXTENSIONS.get(name, ()) for kind in kinds)
            if places:
                yield broken(
                    "extension-place", pointer_to(pointer, name), name=name, kind=f"part {role}", places=places
                )


def _check_keywords(place: Place) -> Iterator[Finding]:
    for name in place.value:
        if name in KEYWORDS or name.startswith("x-"):
            continue
        near = difflib.get_close_matches(name.lower(), _BY_LOWER, n=1, cutoff=_CUTOFF)
        remedy = f"did you mean {_BY_LOWER[near[0]]}?" if near else "take it out, or begin its name with x-"
        yield broken("schema-keyword", pointer_to(place.pointer, name), name=name, remedy=remedy)


@lru_cache(maxsize=64)
def _validator(name: str, index: int) -> Draft202012Validator:
    return Draft202012Validator(EXTENSIONS[name][index][1])


def _check_kind(place: Place) -> Iterator[Finding]:
    kind = place.value.get("x-kind")
    schema = mapping(place.value.get("schema")) if place.kind == "parameter" else place.value
    types = [item for item in (schema.get("type"), *sequence(schema.get("type"))) if isinstance(item, str)]
    found = [item for item in types if item != "null"]
    if isinstance(kind, str) and kind in KINDS and not (len(found) == 1 and found[0] in KINDS[kind]):
        yield broken(
            "kind-type",
            pointer_to(place.pointer, "x-kind"),
            kind=kind,
            found=" or ".join(found) or "none",
            wanted=" or ".join(KINDS[kind]),
        )


def _check_methods(contract: Contract) -> Iterator[Finding]:
    seen: dict[tuple[str, str], Place] = {}
    for place in contract.operations:
        operation, path = place.value, contract.path_of(place)
        resource, name = resource_name(operation), method_name(operation, place.name, path)
        if keyword.iskeyword(name) or not name.isidentifier() or name.startswith("_"):
            yield broken("method-name", place.pointer, name=name)
        other = seen.setdefault((resource, name), place)
        # Two operations of one operationId are told by the rule for these.
        if other is not place and other.value.get("operationId") != operation.get("operationId"):
            yield broken("method-unique", place.pointer, resource=resource, name=name, other=title(other))
        known = positional_candidates(contract.data, operation, mapping(place.around.value if place.around else None))
        for index, argument in enumerate(sequence(operation.get("x-positional"))):
            if argument not in known:
                at = pointer_to(place.pointer, "x-positional", index)
                yield broken("positional-known", at, operation=title(place), name=argument, known=", ".join(known))
        effect = text(operation.get("x-effect"))
        if effect in ("sends", "polls") and operation.get("x-retry") != "never":
            yield broken("effect-retry", pointer_to(place.pointer, "x-effect"), operation=title(place), effect=effect)


def check_extensions(contract: Contract) -> Iterator[Finding]:
    """Every extension of ours, and every keyword of a schema."""
    for place in contract.places:
        yield from _check_between(contract, place)
        if place.kind == "schema":
            yield from _check_keywords(place)
        if "$ref" not in place.value or place.kind == "path_item":
            yield from _check_names(place.pointer, place.kind.replace("_", " "), place.value)
        if place.kind in ("schema", "parameter"):
            yield from _check_kind(place)
    yield from _check_names("#/info", "info", mapping(contract.data.get("info")))
    yield from _check_methods(contract)
