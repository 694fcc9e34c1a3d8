"""``$ref``: where it leads, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator

from ..document import pointer_to
from ..reading import mapping, text
from .contract import Contract
from .rules import Finding, broken


def check_links(contract: Contract) -> Iterator[Finding]:
    """Where each ``$ref`` leads."""
    for place in contract.places:
        reference = place.value.get("$ref")
        if not isinstance(reference, str):
            continue
        pointer = pointer_to(place.pointer, "$ref")
        if not reference.startswith("#"):
            yield broken("reference-local", pointer, target=reference)
        elif not contract.has(reference):
            yield broken("reference-resolves", pointer, target=reference)
        elif (target := contract.by_pointer.get(reference)) is not None and target.kind != place.kind:
            yield broken(
                "reference-kind", pointer, target=reference, found=_words(target.kind), wanted=_words(place.kind)
            )
        elif target is not None and contract.follow(place) is None and _is_circle(contract, reference):
            yield broken("reference-circle", pointer, target=reference)


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
            yield broken("reference-siblings", pointer_to(place.pointer, beside[0]), names=", ".join(beside))


def _check_names(contract: Contract) -> Iterator[Finding]:
    """Our own extensions that name something."""
    schemas = mapping(mapping(contract.data.get("components")).get("schemas"))
    for place in contract.of_kind("schema"):
        name = place.value.get("x-values")
        if name is not None and "enum" not in mapping(schemas.get(text(name))):
            yield broken("values-known", pointer_to(place.pointer, "x-values"), name=name)
        beside = mapping(place.around.value.get("properties") if place.around else None)
        for other in mapping(place.value.get("x-needed-when")):
            if other not in beside:
                yield broken("needed-when-known", pointer_to(place.pointer, "x-needed-when", other), name=other)
        for kind, target in mapping(place.value.get("x-payloads")).items():
            if not contract.has(text(target, "-")):
                yield broken("payload-known", pointer_to(place.pointer, "x-payloads", kind), target=target)


def check_references(contract: Contract) -> Iterator[Finding]:
    """Parts that refer to others."""
    for check in (_check_siblings, _check_names):
        yield from check(contract)
