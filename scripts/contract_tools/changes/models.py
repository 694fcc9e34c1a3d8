"""What changed in named schemas and other components."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..reading import follow, mapping, operations, schemas, schemas_within, sequence, webhooks
from .change import Change, added, changed, removed
from .schemas import RECEIVED, SENT, Direction, Value, compare_properties, compare_schemas


def compare_models(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Models and enums that came, went or changed."""
    before, after = schemas(old), schemas(new)
    used = _directions(old)
    for name, directions in _directions(new).items():
        used[name] = used.get(name, frozenset()) | directions
    for name, schema in before.items():
        if name not in after:
            yield removed(f"{_word(schema)} {name}")
            continue
        yield from _compare_model(name, mapping(schema), mapping(after[name]), used.get(name, frozenset()))
    for name, schema in after.items():
        if name not in before:
            yield added(f"{_word(schema)} {name}")


def _compare_model(
    name: str, old: Mapping[str, object], new: Mapping[str, object], directions: frozenset[Direction]
) -> Iterator[Change]:
    if "enum" in old and "enum" in new:
        yield from _compare_enum(name, old, new, directions)
        return
    value = Value(f"model {name}", directions)
    if mapping(old.get("properties")) or mapping(new.get("properties")):
        yield from compare_properties(value, name, old, new)
    else:
        yield from compare_schemas(value, old, new)


def _compare_enum(
    name: str, old: Mapping[str, object], new: Mapping[str, object], directions: frozenset[Direction]
) -> Iterator[Change]:
    before, after = _members(old), _members(new)
    for value, member in before.items():
        if value not in after:
            yield removed(f"enum member {name}.{member} ({value})")
        elif after[value] != member:
            words = f"({value}) is called {after[value]} now"
            yield changed(f"enum member {name}.{member}", words, breaking=True)
    for value, member in after.items():
        if value not in before:
            # An open set can grow; one that a received field refers to is closed, and refuses what it does not know.
            yield added(f"enum member {name}.{member} ({value})", breaking="received" in directions)


def _members(schema: Mapping[str, object]) -> dict[str, str]:
    names = sequence(schema.get("x-enum-varnames"))
    values = [str(value) for value in sequence(schema.get("enum"))]
    return {value: str(names[index]) if index < len(names) else value for index, value in enumerate(values)}


def _word(schema: object) -> str:
    return "enum" if "enum" in mapping(schema) else "model"


def _directions(data: Mapping[str, object]) -> dict[str, frozenset[Direction]]:
    """Which way each named schema travels."""
    found: dict[str, frozenset[Direction]] = {}

    def note(part: object, direction: frozenset[Direction]) -> None:
        for name in schemas_within(data, part):
            found[name] = found.get(name, direction) | direction

    for _, _, operation, around in operations(data):
        note(operation.get("requestBody"), SENT)
        note([operation.get("parameters"), around.get("parameters")], SENT)
        note(operation.get("responses"), RECEIVED)
    for item in webhooks(data).values():
        for method in follow(data, item).values():
            note(mapping(method).get("requestBody"), RECEIVED)
    return found


# Their own comparisons tell what happens to the others.
_COMPARED = ("schemas", "securitySchemes")


def compare_components(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Components that went, or have another name; a new one changes nothing until something refers to it."""
    after = mapping(new.get("components"))
    for section, members in mapping(old.get("components")).items():
        if section in _COMPARED or section.startswith("x-"):
            continue
        now = mapping(after.get(section, after.get(f"x-{section}")))
        fresh = {name: body for name, body in now.items() if name not in mapping(members)}
        for name, body in mapping(members).items():
            if name in now:
                continue
            subject = f"component {section}/{name}"
            renamed = next((other for other, value in fresh.items() if value == body), None)
            if renamed is None:
                yield removed(subject)
            else:
                del fresh[renamed]
                yield changed(subject, f"is called {renamed} now", breaking=True)
