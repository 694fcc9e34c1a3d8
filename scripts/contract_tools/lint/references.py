"""``$ref``: where it leads, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator

from ..document import pointer_to
from ..reading import mapping, text
from .contract import Contract
from .rule import Family, Finding, Rule

_NOWHERE = Rule("reference-resolves", "{target} is nowhere in the document", "correct the $ref, or add what it names")
_FOREIGN = Rule("reference-local", "{target} is outside the document", "bring it in; the generators read one file")
_CIRCLE = Rule("reference-circle", "{target} leads back to here", "put the thing itself at one of the places")
_KIND = Rule("reference-kind", "{target} is a {found} where a {wanted} has to stand", "refer to a {wanted}")
_SIBLINGS = Rule(
    "reference-siblings",
    "{names} beside $ref is read by some generators and dropped by others",
    "move it into what the $ref names, or take it out",
)
_WEBHOOK = Rule(
    "webhook-reference",
    "the webhook {name} is written in place, which openapi-generator takes for an operation of the client",
    "move it to components/pathItems and refer to it",
)
_VALUES = Rule(
    "values-known", "x-values names {name}, which is no schema with enum", "name an enum among components/schemas"
)
_NEEDED = Rule(
    "needed-when-known",
    "x-needed-when names {name}, which is no property beside this one",
    "name a property of the same object",
)
_PAYLOAD = Rule(
    "payload-known", "x-payloads names {target}, which is nowhere in the document", "name a schema by its pointer"
)


def _check_links(contract: Contract) -> Iterator[Finding]:
    for place in contract.places:
        reference = place.value.get("$ref")
        if not isinstance(reference, str):
            continue
        pointer = pointer_to(place.pointer, "$ref")
        if not reference.startswith("#"):
            yield _FOREIGN.broken(pointer, target=reference)
        elif not contract.has(reference):
            yield _NOWHERE.broken(pointer, target=reference)
        elif (target := contract.by_pointer.get(reference)) is not None and target.kind != place.kind:
            yield _KIND.broken(pointer, target=reference, found=_words(target.kind), wanted=_words(place.kind))
        elif target is not None and contract.follow(place) is None and _is_circle(contract, reference):
            yield _CIRCLE.broken(pointer, target=reference)


def _is_circle(contract: Contract, reference: str) -> bool:
    seen: set[str] = set()
    while reference and reference not in seen:
        seen.add(reference)
        target = contract.by_pointer.get(reference)
        reference = text(target.value.get("$ref")) if target else ""
    return bool(reference)


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _check_siblings(contract: Contract) -> Iterator[Finding]:
    for place in contract.places:
        beside = [name for name in place.value if name != "$ref"] if "$ref" in place.value else []
        if beside:
            yield _SIBLINGS.broken(pointer_to(place.pointer, beside[0]), names=", ".join(beside))


def _check_webhooks(contract: Contract) -> Iterator[Finding]:
    for name, value in mapping(contract.data.get("webhooks")).items():
        if "$ref" not in mapping(value):
            yield _WEBHOOK.broken(pointer_to("#", "webhooks", name), name=name)


def _check_names(contract: Contract) -> Iterator[Finding]:
    """Our own extensions that name something."""
    schemas = mapping(mapping(contract.data.get("components")).get("schemas"))
    for place in contract.of_kind("schema"):
        name = place.value.get("x-values")
        if name is not None and "enum" not in mapping(schemas.get(text(name))):
            yield _VALUES.broken(pointer_to(place.pointer, "x-values"), name=name)
        beside = mapping(place.around.value.get("properties") if place.around else None)
        for other in mapping(place.value.get("x-needed-when")):
            if other not in beside:
                yield _NEEDED.broken(pointer_to(place.pointer, "x-needed-when", other), name=other)
        for kind, target in mapping(place.value.get("x-payloads")).items():
            if not contract.has(text(target, "-")):
                yield _PAYLOAD.broken(pointer_to(place.pointer, "x-payloads", kind), target=target)


def _check(contract: Contract) -> Iterator[Finding]:
    for check in (_check_siblings, _check_webhooks, _check_names):
        yield from check(contract)


LINKS = Family(_check_links, (_NOWHERE, _FOREIGN, _CIRCLE, _KIND))
REFERENCES = Family(_check, (_SIBLINGS, _WEBHOOK, _VALUES, _NEEDED, _PAYLOAD))
