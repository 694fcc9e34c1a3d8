"""Requests: for each object of a request, the function that makes its checked JSON or its form."""

from __future__ import annotations

import re

from contract_tools.emit.model import Argument, Member, Operation, Record, SurfaceError, Value, python_name
from contract_tools.openapi import KIND_PATTERNS, mapping, pointer_to, sequence, text
from contract_tools.python_source import constant_name, docstring, literal


def body_function(record: Record, *, form: bool) -> str:
    """Write the function that makes the body of a request."""
    members = record_parameters(record)
    noun = text(record.schema.get("x-noun"), "request")
    head = (
        f"def {body_name(record.name)}({', '.join(map(_parameter, members))}) -> "
        f"{'Files' if form else 'dict[str, object]'}:\n"
    )
    words = docstring(f"The {'form' if form else 'JSON'} of a {noun}, checked.")
    body = _form(record, members, noun) if form else _json(record, members, noun)
    return f"{head}{words}{body}"


def _parameter(member: Member) -> str:
    return f"{member.name}: object" if member.required else f"{member.name}: object = None"


def _json(record: Record, members: list[Member], noun: str) -> str:
    required = [member for member in members if member.required]
    rows = "".join(f"        {literal(m.wire)}: {check(m.value, m.name, literal(m.name))},\n" for m in required)
    source = f"    body_: dict[str, object] = {{\n{rows}    }}\n"
    checked = {member.name: f"body_[{literal(member.wire)}]" for member in required}
    for member in members:
        if not member.required:
            source += f"    if {member.name} is not None:\n"
            source += (
                f"        body_[{literal(member.wire)}] = {check(member.value, member.name, literal(member.name))}\n"
            )
            source += _demands(member, record, members, checked, noun)
            checked[member.name] = f"body_.get({literal(member.wire)})"
    return f"{source}    return body_\n"


def _form(record: Record, members: list[Member], noun: str) -> str:
    """Write the form: texts first, which costs nothing, then each file."""
    source = "    form_: list[tuple[str, tuple[str | None, object, str | None]]] = []\n"
    checked: dict[str, str] = {}
    for member in [m for m in members if not is_file(m.value)]:
        value = check(member.value, member.name, literal(member.name))
        if member.required and not member.value.nullable:
            source += f"    {member.name}__ = {value}\n"
            source += f"    form_.append(form_field({literal(member.wire)}, {member.name}__))\n"
            checked[member.name] = f"{member.name}__"
        else:
            source += f"    if {member.name} is not None:\n"
            source += f"        form_.append(form_field({literal(member.wire)}, {value}))\n"
            source += _demands(member, record, members, checked, noun)
    files = [m for m in members if is_file(m.value)]
    for member in files:
        source += _demands(member, record, members, checked, noun).replace(
            "    elif ", f"    if {member.name} is None and "
        )
    for member in files:
        value = f"form_.append({check_file(member, member.name, literal(member.name))})"
        source += f"    {value}\n" if member.required else f"    if {member.name} is not None:\n        {value}\n"
    return f"{source}    return form_\n"


def _demands(member: Member, record: Record, members: list[Member], checked: dict[str, str], noun: str) -> str:
    """Write the check for a field that the value of another one makes necessary."""
    source = ""
    for name, values in needed_when(member, record):
        other = next((each for each in members if each.name == name), None)
        if other is None or name not in checked:
            raise SurfaceError(
                pointer_to(_properties(record), member.wire, "x-needed-when"),
                f"{name} is not in the same object, or is needed itself where {member.wire} has a value",
                "name another property of the object",
            )
        shown = f"{{{checked[name]}}}"
        if other.value.values:
            shown += f" ({{{other.value.values}({checked[name]}).name}})"
        source += (
            f"    elif {checked[name]} in {values}:\n"
            f"        raise invalid_argument({literal(member.name)}, "
            f'f"is missing, and a {noun} of {name} {shown} needs it", "give it")\n'
        )
    return source


def nested_function(record: Record) -> str:
    """Write the function that makes the JSON of an object inside a request, from a mapping."""
    members = record_parameters(record)
    name = record_name(record.name)
    rows = "".join(f"        {literal(m.wire)}: {_inside(m)},\n" for m in members if m.required)
    needed = [m.name for m in members if m.required and not m.value.nullable]
    others = [m.name for m in members if m.name not in needed]
    source = (
        f"def {name}_of(value: object, where: str) -> dict[str, object]:\n"
        + docstring(f"The JSON of a `{record.name}`, checked.")
        + f"    given = parse_fields(value, where, required={literal(needed)}, optional={literal(others)})\n"
        + f"    json: dict[str, object] = {{\n{rows}    }}\n"
    )
    for member in members:
        if not member.required:
            source += f"    if given[{literal(member.name)}] is not None:\n"
            source += f"        json[{literal(member.wire)}] = {_inside(member)}\n"
    return f"{source}    return json\n"


def _inside(member: Member) -> str:
    return check(member.value, f"given[{literal(member.name)}]", f'f"{{where}}.{member.name}"')


def query_function(operation: Operation) -> str:
    """Write the function that makes the query of an operation; empty where it has none."""
    members = [argument.member for argument in operation.arguments if "query" in argument.places]
    if not members:
        return ""
    source = (
        f"def {query_name(operation)}({', '.join(f'{m.name}: object' for m in members)}) -> "
        "dict[str, str | list[str]]:\n"
        + docstring(f"The query of {operation.id}, checked.")
        + "    query_: dict[str, str | list[str]] = {}\n"
    )
    for member in members:
        checked = check(member.value, member.name, literal(member.name))
        one_each = member.value.type == "array" and member.value.schema.get("explode", True) is True
        written = f"[query_text(item) for item in {checked}]" if one_each else f"query_text({checked})"
        value = f"query_[{literal(member.wire)}] = {written}"
        needed = member.required and not member.value.nullable
        source += f"    {value}\n" if needed else f"    if {member.name} is not None:\n        {value}\n"
    return f"{source}    return query_\n"


def query_name(operation: Operation) -> str:
    """Write the function that makes the query of an operation."""
    return f"query_of_{record_name(operation.id)}"


_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
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
        return f"{value.values} | {_SCALARS.get(value.type, 'int')}"
    if value.kind == "id" and (
        value.schema.get("format") == "digits" or _OF_DIGITS.match(text(value.schema.get("pattern")))
    ):
        return "str | int"  # digits that some have stored as a number
    if value.type == "array" and value.of is not None:
        return f"Iterable[{type_of_argument(value.of)}]"
    if value.type == "map" and value.of is not None:
        return f"Mapping[str, {type_of_argument(value.of)}]"
    return "Mapping[str, object]" if value.type == "record" else _SCALARS.get(value.type, "object")


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
    kind = value.kind
    if kind == "mobile":
        return _call("parse_mobile", given, where, pattern=_pattern(value))
    if kind == "id":
        return _call("parse_id", given, where)
    if kind == "beijing-time":
        return _call("parse_send_time", given, where, pattern=_pattern(value))
    if kind == "epoch-millis":
        return _call("parse_moment", given, where)
    if kind == "template-parameters":
        return _call("parse_parameters", given, where)
    if kind == "recipients":
        return _recipients(value, given, where)
    if kind == "flag" and value.type == "integer":
        return f"int({_call('parse_boolean', given, where)})"
    return _check_type(value, given, where, depth)


def _check_type(value: Value, given: str, where: str, depth: int) -> str:
    if value.type == "string":
        function = "parse_code" if value.kind == "secret" else "parse_text"
        advice = text(value.schema.get("x-pattern-advice"))
        return _call(
            function,
            given,
            where,
            shortest=_limit(value, "minLength"),
            longest=_limit(value, "maxLength"),
            pattern=_pattern(value),
            advice=literal(advice) if advice else None,
        )
    if value.type == "integer" and value.values:
        limits = {"smallest": _bound(value, "minimum"), "largest": _bound(value, "maximum")}
        return _call("parse_choice", given, where, value.values, **limits)
    if value.type in ("integer", "number"):
        unit = text(value.schema.get("x-unit"))
        return _call(
            "parse_number" if value.type == "integer" else "parse_decimal",
            given,
            where,
            smallest=_bound(value, "minimum"),
            largest=_bound(value, "maximum"),
            unit=literal(f" {unit}") if unit else None,
        )
    if value.type == "boolean":
        return _call("parse_boolean", given, where)
    if value.type == "record":
        return f"{record_name(value.record)}_of({given}, {where})"
    if value.type in ("array", "map") and value.of is not None:
        return _each(value, value.of, given, where, depth)
    return given


def _each(value: Value, of: Value, given: str, where: str, depth: int) -> str:
    place, item = f"place_{depth}" if depth else "place", f"item_{depth}" if depth else "item"
    name = where.removeprefix("f")[1:-1]
    inside = f'f"{name}[{{{place}!r}}]"'
    if value.type == "array":
        listed = _call("parse_list", given, where, fewest=_limit(value, "minItems"), most=_limit(value, "maxItems"))
        return f"[{check(of, item, inside, depth + 1)} for {place}, {item} in enumerate({listed})]"
    mapped = _call(
        "parse_map", given, where, fewest=_limit(value, "minProperties"), most=_limit(value, "maxProperties")
    )
    return f"{{{place}: {check(of, item, inside, depth + 1)} for {place}, {item} in {mapped}.items()}}"


def _recipients(value: Value, given: str, where: str) -> str:
    properties = mapping(mapping(value.of.schema if value.of is not None else None).get("properties"))
    pattern = mapping(properties.get("mobile")).get("pattern")
    call = _call(
        "parse_recipients",
        given,
        fewest=_limit(value, "minItems") or "0",
        most=_limit(value, "maxItems") or "1_000_000",
        argument=None if where == '"recipients"' else where,
        pattern=literal(pattern) if isinstance(pattern, str) else None,
    )
    return f"recipients_to_json({call})"


def check_file(member: Member, given: str, where: str) -> str:
    """Write the expression for a checked file of a form."""
    value = member.value
    media_types = [text(item) for item in sequence(value.schema.get("x-media-types"))]
    return _call(
        "read_upload",
        given,
        where,
        field=literal(member.wire),
        max_bytes=literal(value.limit("x-max-bytes")),
        media_types=f"({', '.join(map(literal, media_types))}{',' if len(media_types) == 1 else ''})",
    )


def check_path(member: Member, given: str) -> str:
    """Write the expression for an id in a path: a text that leads to no other path."""
    value = member.value
    if value.type == "integer":
        return check(value, given, literal(member.name))
    return _call("parse_id", given, literal(member.name))


def _call(function: str, *arguments: str, **named: str | None) -> str:
    given = [*arguments, *(f"{name}={value}" for name, value in named.items() if value is not None)]
    return f"{function}({', '.join(given)})"


def _limit(value: Value, keyword: str) -> str | None:
    limit = value.limit(keyword)
    return None if limit is None else literal(limit)


def _bound(value: Value, keyword: str) -> str | None:
    limit = value.bound(keyword)
    return None if limit is None else repr(limit)


def _pattern(value: Value) -> str | None:
    pattern = text(value.schema.get("pattern")) or KIND_PATTERNS.get(value.kind)
    return literal(pattern) if pattern else None


def record_name(name: str) -> str:
    """Write the name of a record in Python's style."""
    return constant_name(name).lower()


def body_name(name: str) -> str:
    """Name the function that makes a body of a record's fields: never the name of one of these."""
    return f"make_{record_name(name)}"


def record_parameters(record: Record) -> list[Member]:
    """Write the parameters of the function that makes a record's JSON.

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


def argument_types(operation: Operation) -> list[tuple[Argument, str]]:
    """List every argument of an operation with its type in the signature."""
    return [(argument, type_of_argument(argument.member.value)) for argument in operation.arguments]


def needed_when(member: Member, record: Record) -> list[tuple[str, str]]:
    """Find the fields whose values make a field required, with these values as source."""
    found: list[tuple[str, str]] = []
    for name, values in member.needed_when.items():
        listed = [item for item in sequence(values) if isinstance(item, (str, int))]
        if not listed:
            at = pointer_to(_properties(record), member.wire, "x-needed-when", name)
            raise SurfaceError(at, f"it names no value of {name}", "list the values, whole numbers or texts")
        found.append((python_name(name), f"({', '.join(map(literal, listed))}{',' if len(listed) == 1 else ''})"))
    return found


def _properties(record: Record) -> str:
    return pointer_to("#/components/schemas", record.name, "properties")
