"""What changed in a value that is sent or received, and in the named models, seen from the side of the caller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from contract_tools.changes import Change, added, changed, members, removed
from contract_tools.openapi import (
    callbacks,
    kinds_of,
    mapping,
    may_be_null,
    operations,
    schemas,
    schemas_within,
    sequence,
    text,
)

Direction = Literal["sent", "received"]

SENT: frozenset[Direction] = frozenset({"sent"})
RECEIVED: frozenset[Direction] = frozenset({"received"})

# Each pair of keywords is a floor and a ceiling: raising the one and lowering the other leaves less room.
_FLOORS = ("minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties")
_CEILINGS = ("maxLength", "maxItems", "maximum", "exclusiveMaximum", "maxProperties")
# Keywords for which it is unknown which value is the narrower one.
_SHAPES = ("pattern", "multipleOf", "uniqueItems", "contentMediaType", "x-max-bytes", "x-media-types")
_WIDTHS = {"int32": 1, "int64": 2}


@dataclass(frozen=True, slots=True)
class Value:
    """A value that can be compared."""

    subject: str
    directions: frozenset[Direction]  # whether callers send it, receive it, or both

    def breaks(self, *, less_room: bool) -> bool:
        """Return whether it breaks callers that fewer values (or more) are possible now.

        Less room breaks those who send: what was right is refused. More room breaks those who receive: what never
        came before can come.
        """
        return ("sent" if less_room else "received") in self.directions


def compare_schemas(value: Value, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare two schemas that are written in place."""
    before, after = type_of(old), type_of(new)
    if before != after:
        yield changed(value.subject, f"is {after} now, and was {before}", breaking=True)
        return
    yield from _compare_null(value, old, new)
    yield from _compare_format(value, old, new)
    yield from _compare_limits(value, old, new)
    yield from _compare_enum(value, old, new)
    yield from _compare_meaning(value, old, new)
    yield from _compare_need(value, old, new)
    yield from _compare_payloads(value, old, new)
    if not old.get("deprecated") and new.get("deprecated"):
        yield changed(value.subject, "is deprecated now", breaking=False)
    for key, words in (("items", "each item of {}"), ("additionalProperties", "each value of {}")):
        inner_old, inner_new = mapping(old.get(key)), mapping(new.get(key))
        if inner_old or inner_new:
            inner = Value(words.format(value.subject), value.directions)
            yield from compare_schemas(inner, inner_old, inner_new)
    yield from compare_properties(value, f"field {{}} of {value.subject}", old, new)


def compare_properties(
    owner: Value, label: str, old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[Change]:
    """Compare the fields of two objects; the label has braces where the name of a field stands."""
    was_closed, is_closed = (schema.get("additionalProperties") is False for schema in (old, new))
    if is_closed and not was_closed:
        # Clients that are generated from it fail on the first field that the service adds.
        yield changed(owner.subject, "takes no other fields now", breaking=True)
    elif was_closed and not is_closed:
        yield changed(owner.subject, "takes other fields too now", breaking=owner.breaks(less_room=False))
    before, after = mapping(old.get("properties")), mapping(new.get("properties"))
    was_required, is_required = sequence(old.get("required")), sequence(new.get("required"))
    for field in before:
        if field not in after:
            yield removed(
                label.replace("{}", field), why="the service no longer reads it" if owner.directions == SENT else ""
            )
    for field, schema in after.items():
        value = Value(label.replace("{}", field), owner.directions)
        must = field in is_required
        if field not in before:
            breaking = must and "sent" in owner.directions
            yield added(value.subject, breaking=breaking, why="it has to be sent" if breaking else "")
            continue
        yield from compare_schemas(value, mapping(before[field]), mapping(schema))
        yield from _compare_required(value, field in was_required, must)


def type_of(schema: Mapping[str, object]) -> str:
    """Describe the type of a schema in words, without null."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return reference.rsplit("/", 1)[-1]
    kinds = kinds_of(schema)
    if kinds == ["array"]:
        return f"a list of {type_of(mapping(schema.get('items')))}"
    if kinds == ["string"] and schema.get("format") == "binary":
        return "a file"
    return " or ".join(sorted(kinds)) or "anything"


def _compare_required(value: Value, was: bool, now: bool) -> Iterator[Change]:
    if now and not was:
        words = "always comes now" if "sent" not in value.directions else "is required now"
        yield changed(value.subject, words, breaking=value.breaks(less_room=True))
    elif was and not now:
        words = "may be absent now" if "received" in value.directions else "is optional now"
        yield changed(value.subject, words, breaking=value.breaks(less_room=False))


def _compare_null(value: Value, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    before, after = may_be_null(old), may_be_null(new)
    if before != after:
        words = "may be null now" if after else "may no longer be null"
        yield changed(value.subject, words, breaking=value.breaks(less_room=before))


def _compare_format(value: Value, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    before, after = text(old.get("format")), text(new.get("format"))
    if before == after:
        return
    words = f"has the format {after or 'none'} now, and had {before or 'none'}"
    if before in _WIDTHS and after in _WIDTHS:
        breaking = value.breaks(less_room=_WIDTHS[after] < _WIDTHS[before])
    elif before and after:
        breaking = True
    else:
        breaking = value.breaks(less_room=bool(after))
    yield changed(value.subject, words, breaking=breaking)


def _compare_limits(value: Value, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    for keyword in (*_FLOORS, *_CEILINGS, *_SHAPES):
        before, after = old.get(keyword), new.get(keyword)
        if before == after and (before is None) == (after is None):
            continue
        words = f"has {keyword} {_shown(after)} now, and had {_shown(before)}"
        less_room = _leaves_less(keyword, before, after)
        both = less_room is None
        breaking = both or value.breaks(less_room=bool(less_room))
        yield changed(value.subject, words if both else f"{words}: {_room(less_room)}", breaking=breaking)


def _leaves_less(keyword: str, before: object, after: object) -> bool | None:
    """Return whether a keyword leaves less room than before; None where that is unknown."""
    if before is None or after is None:
        return after is not None
    if keyword in _SHAPES or not isinstance(before, int | float) or not isinstance(after, int | float):
        return None
    return after > before if keyword in _FLOORS else after < before


def _room(less: bool | None) -> str:
    return "fewer values fit" if less else "more values fit"


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def _compare_enum(value: Value, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    if ("enum" in old) != ("enum" in new):
        words = "takes only certain values now" if "enum" in new else "takes any value now"
        yield changed(value.subject, words, breaking=value.breaks(less_room="enum" in new))
        return
    before, after = sequence(old.get("enum")), sequence(new.get("enum"))
    for member in before:
        if member not in after:
            yield removed(f"value {member} of {value.subject}", breaking=value.breaks(less_room=True))
    for member in after:
        if member not in before:
            yield added(f"value {member} of {value.subject}", breaking=value.breaks(less_room=False))


def _compare_meaning(value: Value, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare the open set that says what numbers mean, and what a field says of the request."""
    before, after = text(old.get("x-values")), text(new.get("x-values"))
    if before != after:
        words = f"takes its meaning from {after or 'no set'} now, and took it from {before or 'none'}"
        yield changed(value.subject, words, breaking=bool(before))
    proved, proves = (schema.get("x-proof") is not False for schema in (old, new))
    if proved != proves:
        words = "proves that a request was carried out" if proves else "does not prove that a request was carried out"
        yield changed(value.subject, f"{words} now", breaking=True)


def _compare_need(value: Value, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare when an optional field has to be there."""
    before, after = _cases(old), _cases(new)
    more, fewer = not _within(after, before), not _within(before, after)
    if more or fewer:
        words = f"is needed {_shown_cases(after)} now, and was {_shown_cases(before)}"
        breaking = (more and value.breaks(less_room=True)) or (fewer and value.breaks(less_room=False))
        yield changed(value.subject, words, breaking=breaking)


def _cases(schema: Mapping[str, object]) -> dict[str, list[str]]:
    conditions = mapping(schema.get("x-needed-when"))
    return {field: [str(case) for case in sequence(cases)] for field, cases in conditions.items()}


def _within(narrow: Mapping[str, list[str]], wide: Mapping[str, list[str]]) -> bool:
    """Return whether a field is needed in no other cases: where all conditions are met, and without any never."""
    if not narrow or not wide:
        return not narrow
    return all(field in narrow and set(narrow[field]) <= set(cases) for field, cases in wide.items())


def _shown_cases(conditions: Mapping[str, list[str]]) -> str:
    conditions_met = (f"{field} is {' or '.join(cases)}" for field, cases in conditions.items())
    return f"when {' and '.join(conditions_met)}" if conditions else "in no case"


def _compare_payloads(value: Value, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare the types of a callback, which a text tells apart."""
    before, after = mapping(old.get("x-payloads")), mapping(new.get("x-payloads"))
    yield from members(before, after, f"type {{}} in {value.subject}")
    for name in before:
        if name in after and before[name] != after[name]:
            model = text(after[name]).rsplit("/", 1)[-1]
            yield changed(f"type {name} in {value.subject}", f"holds {model} now", breaking=True)


def compare_models(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare models and enums."""
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
        yield from _compare_open_set(name, old, new, directions)
        return
    value = Value(f"model {name}", directions)
    if mapping(old.get("properties")) or mapping(new.get("properties")):
        yield from compare_properties(value, f"field {name}.{{}}", old, new)
    else:
        yield from compare_schemas(value, old, new)


def _compare_open_set(
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
    """Find which way each named schema travels."""
    found: dict[str, frozenset[Direction]] = {}

    def note(part: object, direction: frozenset[Direction]) -> None:
        for name in schemas_within(data, part):
            found[name] = found.get(name, direction) | direction

    for _, _, operation, around in operations(data):
        note(operation.get("requestBody"), SENT)
        note([operation.get("parameters"), around.get("parameters")], SENT)
        note(operation.get("responses"), RECEIVED)
    for _, _, callback in callbacks(data):
        note(callback.get("requestBody"), RECEIVED)
    return found


# Their own comparisons tell what happens to the others.
_COMPARED = ("schemas", "securitySchemes")


def compare_components(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare the names of components; a new one changes nothing until something refers to it."""
    after = mapping(new.get("components"))
    for section, parts in mapping(old.get("components")).items():
        if section in _COMPARED or section.startswith("x-"):
            continue
        now = mapping(after.get(section, after.get(f"x-{section}")))
        fresh = {name: body for name, body in now.items() if name not in mapping(parts)}
        for name, body in mapping(parts).items():
            if name in now:
                continue
            subject = f"component {section}/{name}"
            renamed = next((other for other, value in fresh.items() if value == body), None)
            if renamed is None:
                yield removed(subject)
            else:
                del fresh[renamed]
                yield changed(subject, f"is called {renamed} now", breaking=True)
