"""Requests: for each object of a request, the function that makes its checked JSON or its form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from contract_tools.emit.model import SCALARS, Member, Operation, Record, SurfaceError, Value
from contract_tools.openapi import KIND_PATTERNS, mapping, pointer_to, sequence, text
from contract_tools.python_source import Source, constant_name, docstring, literal, python_name


def body_function(record: Record, *, form: bool) -> str:
    """Write the function that makes the body of a request."""
    members, noun = record_parameters(record), text(record.schema.get("x-noun"), "request")
    parameters = ", ".join(f"{each.name}: object{'' if each.required else ' = None'}" for each in members)
    head = f"{body_name(record.name)}({parameters})"
    if form:
        return _function(head, "Files", f"The form of a {noun}, checked.", _form(record, members, noun))
    return _function(head, "dict[str, object]", f"The JSON of a {noun}, checked.", _json(record, members, noun))


def _function(head: str, result: str, words: str, body: str) -> str:
    return f"def {head} -> {result}:\n{docstring(words)}{body}"


def _statement(source: str, given: str = "") -> str:
    """Write a statement of a function, for where something is given if that need not be."""
    return f"    if {given} is not None:\n        {source}\n" if given else f"    {source}\n"


def _checked(member: Member) -> str:
    return check(member.value, member.name, literal(member.name))


def _json(record: Record, members: list[Member], noun: str) -> str:
    needed = [each for each in members if each.required]
    rows = "".join(f"{literal(each.wire)}: {_checked(each)},\n" for each in needed)
    source = f"    body_: dict[str, object] = {{\n{rows}}}\n"
    checked = {each.name: f"body_[{literal(each.wire)}]" for each in needed}
    for each in members[len(needed) :]:
        source += _statement(f"body_[{literal(each.wire)}] = {_checked(each)}", each.name)
        source += _demands("elif", each, record, checked, noun)
        checked[each.name] = f"body_.get({literal(each.wire)})"
    return f"{source}    return body_\n"


def _form(record: Record, members: list[Member], noun: str) -> str:
    """Write the form: texts first, which costs nothing, then each file."""
    source = "    form_: list[tuple[str, tuple[str | None, object, str | None]]] = []\n"
    checked: dict[str, str] = {}
    files = [each for each in members if is_file(each.value)]
    for each in (each for each in members if each not in files):
        value, given = _checked(each), "" if each.required and not each.value.nullable else each.name
        if not given:
            source += _statement(f"{each.name}__ = {value}")
            value = checked[each.name] = f"{each.name}__"
        source += _statement(f"form_.append(form_field({literal(each.wire)}, {value}))", given)
        source += _demands("elif", each, record, checked, noun) if given else ""
    for each in files:
        source += _demands(f"if {each.name} is None and", each, record, checked, noun)
    for each in files:
        upload = _call(
            "read_upload",
            each.name,
            literal(each.name),
            field=each.wire,
            max_bytes=Source(each.value.limit("x-max-bytes")),
            media_types=_listed(each.value.media_types),
        )
        source += _statement(f"form_.append({upload})", "" if each.required else each.name)
    return f"{source}    return form_\n"


def _demands(start: str, member: Member, record: Record, checked: Mapping[str, str], noun: str) -> str:
    """Write the check for a field that the value of another one makes necessary."""
    source, place = "", ("properties", member.wire, "x-needed-when")
    pointer = pointer_to("#/components/schemas", record.name, *place)
    others = {each.name: each.value for each in record.members}
    for wire, values in member.needed_when.items():
        name = python_name(wire)
        if not (listed := [each for each in sequence(values) if isinstance(each, (str, int))]):
            remedy = "list the values, whole numbers or texts"
            raise SurfaceError(pointer_to(pointer, wire), f"it names no value of {wire}", remedy)
        if name not in checked:
            raise SurfaceError(
                pointer,
                f"{name} is not in the same object, or is needed itself where {member.wire} has a value",
                "name another property of the object",
            )
        known = f" ({{{others[name].values}({checked[name]}).name}})" if others[name].values else ""
        problem = f'f"is missing, and a {noun} of {name} {{{checked[name]}}}{known} needs it"'
        source += f"    {start} {checked[name]} in {_listed(listed)}:\n"
        source += f'        raise invalid_argument({literal(member.name)}, {problem}, "give it")\n'
    return source


def nested_function(record: Record) -> str:
    """Write the function that makes the JSON of an object inside a request, from a mapping."""
    members = record_parameters(record)
    written = {
        each.name: check(each.value, f"given[{literal(each.name)}]", f'f"{{where}}.{each.name}"') for each in members
    }
    rows = "".join(f"{literal(each.wire)}: {written[each.name]},\n" for each in members if each.required)
    needed = [each.name for each in members if each.required and not each.value.nullable]
    others = [each.name for each in members if each.name not in needed]
    body = f"    given = parse_fields(value, where, required={literal(needed)}, optional={literal(others)})\n"
    body += f"    json: dict[str, object] = {{\n{rows}}}\n"
    for each in members:
        if not each.required:
            body += _statement(f"json[{literal(each.wire)}] = {written[each.name]}", f"given[{literal(each.name)}]")
    head = f"{record_name(record.name)}_of(value: object, where: str)"
    return _function(head, "dict[str, object]", f"The JSON of a `{record.name}`, checked.", f"{body}    return json\n")


def query_function(operation: Operation) -> str:
    """Write the function that makes the query of an operation; empty where it has none."""
    members = [argument.member for argument in operation.arguments if "query" in argument.places]
    if not members:
        return ""
    result, source = "dict[str, str | list[str]]", ""
    for each in members:
        is_repeated = each.value.type == "array" and each.value.schema.get("explode", True) is True
        value = f"[query_text(item) for item in {_checked(each)}]" if is_repeated else f"query_text({_checked(each)})"
        given = "" if each.required and not each.value.nullable else each.name
        source += _statement(f"query_[{literal(each.wire)}] = {value}", given)
    head = f"{query_name(operation)}({', '.join(f'{each.name}: object' for each in members)})"
    body = f"    query_: {result} = {{}}\n{source}    return query_\n"
    return _function(head, result, f"The query of {operation.id}, checked.", body)


def query_name(operation: Operation) -> str:
    """Name the function that makes the query of an operation."""
    return f"query_of_{record_name(operation.id)}"


# The function that checks a value of a kind, and whether it takes a pattern.
_CHECKED_BY = {
    "mobile": ("parse_mobile", True),
    "id": ("parse_id", False),
    "beijing-time": ("parse_send_time", True),
    "epoch-millis": ("parse_moment", False),
    "template-parameters": ("parse_parameters", False),
}
_KINDS = {
    "beijing-time": "datetime | str",
    "epoch-millis": "datetime | int",
    "template-parameters": "Parameters",
    "recipients": "Iterable[RecipientLike]",
    "image": "Image",
    "flag": "bool",
}
_OF_DIGITS = re.compile(r"\^\[0-9\][{+]")


def type_of_argument(value: Value) -> str:
    """Give the type of an argument."""
    return f"{_type_of(value)} | None" if value.nullable else _type_of(value)


def _type_of(value: Value) -> str:
    if value.kind in _KINDS:
        return _KINDS[value.kind]
    if value.type == "string" and text(value.schema.get("format")) == "binary":
        return "Image"
    if value.values:
        return f"{value.values} | {SCALARS.get(value.type, 'int')}"
    if value.kind == "id" and (
        value.schema.get("format") == "digits" or _OF_DIGITS.match(text(value.schema.get("pattern")))
    ):
        return "str | int"  # digits that some have stored as a number
    if value.type == "array" and value.of is not None:
        return f"Iterable[{type_of_argument(value.of)}]"
    if value.type == "map" and value.of is not None:
        return f"Mapping[str, {type_of_argument(value.of)}]"
    return "Mapping[str, object]" if value.type == "record" else SCALARS.get(value.type, "object")


def is_file(value: Value) -> bool:
    """Return whether a field of a form is a file."""
    return value.kind == "image" or (value.type == "string" and value.schema.get("format") == "binary")


def check(value: Value, given: str, where: str, depth: int = 0) -> str:
    """Write the expression for the JSON of a checked value, which is None where it is null.

    Args:
        value: What the contract says of it.
        given: The expression of what the caller gave.
        where: The expression of its name, for the message.
        depth: How many lists and maps it is inside of.
    """
    checked = _check(value, given, where, depth)
    return f"(None if {given} is None else {checked})" if value.nullable else checked


def _check(value: Value, given: str, where: str, depth: int) -> str:
    pattern = text(value.schema.get("pattern")) or KIND_PATTERNS.get(value.kind)
    if value.kind in _CHECKED_BY:
        function, takes_pattern = _CHECKED_BY[value.kind]
        return _call(function, given, where, pattern=pattern if takes_pattern else None)
    if value.kind == "recipients":
        return _recipients(value, given, where)
    if value.kind == "flag" and value.type == "integer":
        return f"int({_call('parse_boolean', given, where)})"
    if value.type == "string":
        return _call(
            "parse_code" if value.kind == "secret" else "parse_text",
            given,
            where,
            shortest=value.limit("minLength"),
            longest=value.limit("maxLength"),
            pattern=pattern,
            advice=text(value.schema.get("x-pattern-advice")) or None,
        )
    numbers = {"smallest": value.bound("minimum"), "largest": value.bound("maximum")}
    if value.type == "integer" and value.values:
        return _call("parse_choice", given, where, value.values, **numbers)
    if value.type in ("integer", "number"):
        unit = text(value.schema.get("x-unit"))
        function = "parse_number" if value.type == "integer" else "parse_decimal"
        return _call(function, given, where, **numbers, unit=f" {unit}" if unit else None)
    if value.type == "boolean":
        return _call("parse_boolean", given, where)
    if value.type == "record":
        return f"{record_name(value.record)}_of({given}, {where})"
    return _each(value, value.of, given, where, depth) if value.of is not None else given


def _each(value: Value, of: Value, given: str, where: str, depth: int) -> str:
    place, item = f"place_{depth}" if depth else "place", f"item_{depth}" if depth else "item"
    name = where.removeprefix("f")[1:-1]
    inside = f'f"{name}[{{{place}!r}}]"'
    made = check(of, item, inside, depth + 1)
    if value.type == "array":
        given = _call("parse_list", given, where, fewest=value.limit("minItems"), most=value.limit("maxItems"))
        return f"[{made} for {place}, {item} in enumerate({given})]"
    sizes = {"fewest": value.limit("minProperties"), "most": value.limit("maxProperties")}
    return f"{{{place}: {made} for {place}, {item} in {_call('parse_map', given, where, **sizes)}.items()}}"


def _recipients(value: Value, given: str, where: str) -> str:
    properties = mapping(mapping(value.of.schema if value.of is not None else None).get("properties"))
    call = _call(
        "parse_recipients",
        given,
        fewest=value.limit("minItems") or 0,
        most=value.limit("maxItems") or Source("1_000_000"),
        argument=None if where == '"recipients"' else Source(where),
        pattern=text(mapping(properties.get("mobile")).get("pattern")) or None,
    )
    return f"recipients_to_json({call})"


def check_path(member: Member, given: str) -> str:
    """Write the expression for an id in a path: a text that leads to no other path."""
    value = member.value
    if value.type == "integer":
        return check(value, given, literal(member.name))
    return _call("parse_id", given, literal(member.name))


def _call(function: str, *arguments: str, **named: object) -> str:
    """Write a call of expressions, and of values by name; those that are None are left out."""
    given = [*arguments, *(f"{name}={literal(value)}" for name, value in named.items() if value is not None)]
    return f"{function}({', '.join(given)})"


def _listed(items: Sequence[object]) -> Source:
    """Write a tuple, on one line if it fits."""
    return Source(f"({', '.join(map(literal, items))}{',' if len(items) == 1 else ''})")


def record_name(name: str) -> str:
    """Name a record in Python's style."""
    return constant_name(name).lower()


def body_name(name: str) -> str:
    """Name the function that makes a body of a record's fields: never the name of one of these."""
    return f"make_{record_name(name)}"


def record_parameters(record: Record) -> list[Member]:
    """List the parameters of the function that makes a record's JSON.

    Those that are required come first, and one that the value of another makes necessary comes after that one.
    """
    ordered = [m for m in record.members if m.required]
    waiting = [m for m in record.members if not m.required]
    while waiting:
        names = {m.name for m in waiting}
        ready = next((m for m in waiting if not names & {*map(python_name, m.needed_when)} - {m.name}), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return ordered
