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
from .rule import Family, Finding, Rule
from .validation import misfits

_SPELLING = Rule("extension-spelling", "{name} is no extension that anything reads", "did you mean {wanted}?")
_PLACE = Rule("extension-place", "{name} does nothing on this {kind}", "put it on: {places}")
_VALUE = Rule("extension-value", "{name} does not fit: {problem}", "see the table of extensions in docs/contract.md")
_KEYWORD = Rule("schema-keyword", "{name} is no keyword of a schema, so nothing reads it", "{remedy}")
_KIND = Rule("kind-type", "a field of the kind {kind} has the type {found}", "make it {wanted}, or take x-kind out")
_METHOD = Rule(
    "method-unique",
    "{resource}.{name}() is the method of {other} too",
    "name one of the two with x-method or x-resource",
)
_METHOD_NAME = Rule("method-name", "{name} cannot be the name of a method", "choose another name with x-method")
_POSITIONAL = Rule(
    "positional-known", "{operation} has no argument {name}", "use some of these, in this order: {known}"
)
_EFFECT = Rule(
    "effect-retry", "{operation} {effect}, and x-retry does not say never", "write x-retry: never, or another x-effect"
)

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
                yield _SPELLING.broken(pointer_to(pointer, name), name=name, wanted=near[0])
            continue
        allowed = [(kinds, schema) for kinds, schema in EXTENSIONS[name] if not kinds or kind in kinds]
        if not allowed:
            places = ", ".join(place for kinds, _ in EXTENSIONS[name] for place in kinds)
            yield _PLACE.broken(pointer_to(pointer, name), name=name, kind=kind, places=places)
            continue
        for misfit in misfits(_validator(name, [*EXTENSIONS[name]].index(allowed[0])), content):
            yield _VALUE.broken(pointer_to(pointer, name, *misfit.path), name=name, problem=misfit.problem)


def _check_between(contract: Contract, place: Place) -> Iterator[Finding]:
    """Extensions among the members of a map, such as responses, where they stand by a wrong indentation."""
    for role, members in place.value.items():
        pointer = pointer_to(place.pointer, role)
        if role.startswith("x-") or role in _FREE or pointer in contract.by_pointer:
            continue
        for name in mapping(members):
            places = ", ".join(kind for kinds, _ in EXTENSIONS.get(name, ()) for kind in kinds)
            if places:
                yield _PLACE.broken(pointer_to(pointer, name), name=name, kind=f"part {role}", places=places)


def _check_keywords(place: Place) -> Iterator[Finding]:
    for name in place.value:
        if name in KEYWORDS or name.startswith("x-"):
            continue
        near = difflib.get_close_matches(name.lower(), _BY_LOWER, n=1, cutoff=_CUTOFF)
        remedy = f"did you mean {_BY_LOWER[near[0]]}?" if near else "take it out, or begin its name with x-"
        yield _KEYWORD.broken(pointer_to(place.pointer, name), name=name, remedy=remedy)


@lru_cache(maxsize=64)
def _validator(name: str, index: int) -> Draft202012Validator:
    return Draft202012Validator(EXTENSIONS[name][index][1])


def _check_kind(place: Place) -> Iterator[Finding]:
    kind = place.value.get("x-kind")
    schema = mapping(place.value.get("schema")) if place.kind == "parameter" else place.value
    types = [item for item in (schema.get("type"), *sequence(schema.get("type"))) if isinstance(item, str)]
    found = [item for item in types if item != "null"]
    if isinstance(kind, str) and kind in KINDS and not (len(found) == 1 and found[0] in KINDS[kind]):
        yield _KIND.broken(
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
            yield _METHOD_NAME.broken(place.pointer, name=name)
        other = seen.setdefault((resource, name), place)
        # Two operations of one operationId are told by the rule for these.
        if other is not place and other.value.get("operationId") != operation.get("operationId"):
            yield _METHOD.broken(place.pointer, resource=resource, name=name, other=title(other))
        known = positional_candidates(contract.data, operation, mapping(place.around.value if place.around else None))
        for index, argument in enumerate(sequence(operation.get("x-positional"))):
            if argument not in known:
                at = pointer_to(place.pointer, "x-positional", index)
                yield _POSITIONAL.broken(at, operation=title(place), name=argument, known=", ".join(known))
        effect = text(operation.get("x-effect"))
        if effect in ("sends", "polls") and operation.get("x-retry") != "never":
            yield _EFFECT.broken(pointer_to(place.pointer, "x-effect"), operation=title(place), effect=effect)


def _check(contract: Contract) -> Iterator[Finding]:
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


EXTENSION_RULES = Family(
    _check, (_SPELLING, _PLACE, _VALUE, _KEYWORD, _KIND, _METHOD, _METHOD_NAME, _POSITIONAL, _EFFECT)
)
