"""Requests: for each object of a request, the function that makes its checked JSON or its form."""

from __future__ import annotations

from ..python_source import docstring, literal
from ..reading import text
from .checks import check, check_file, is_file, needed_when, record_name, record_parameters
from .model import Member, Operation, Record, SurfaceError


def body_function(record: Record, *, form: bool) -> str:
    """The function that makes the body of a request."""
    members = record_parameters(record)
    noun = text(record.schema.get("x-noun"), "request")
    head = (
        f"def {record_name(record.name)}({', '.join(map(_parameter, members))}) -> "
        f"{'Files' if form else 'dict[str, object]'}:\n"
    )
    words = docstring(f"The {'form' if form else 'JSON'} of a {noun}, checked.")
    body = _form(members, noun) if form else _json(members, noun)
    return f"{head}{words}{body}"


def _parameter(member: Member) -> str:
    return f"{member.name}: object" if member.required else f"{member.name}: object = None"


def _json(members: list[Member], noun: str) -> str:
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
            source += _demands(member, members, checked, noun)
            checked[member.name] = f"body_.get({literal(member.wire)})"
    return f"{source}    return body_\n"


def _form(members: list[Member], noun: str) -> str:
    """Texts first, which costs nothing, then each file."""
    source = "    form_: list[tuple[str, tuple[str | None, object, str | None]]] = []\n"
    checked: dict[str, str] = {}
    for member in [m for m in members if not is_file(m.value)]:
        if member.value.type not in ("string", "integer", "number", "boolean"):
            raise SurfaceError(f"{member.wire} is a list or an object in a form; a form has texts and files")
        value = check(member.value, member.name, literal(member.name))
        if member.required:
            source += f"    {member.name}__ = {value}\n"
            source += f"    form_.append(form_field({literal(member.wire)}, {member.name}__))\n"
            checked[member.name] = f"{member.name}__"
        else:
            source += f"    if {member.name} is not None:\n"
            source += f"        form_.append(form_field({literal(member.wire)}, {value}))\n"
            source += _demands(member, members, checked, noun)
    files = [m for m in members if is_file(m.value)]
    for member in files:
        source += _demands(member, members, checked, noun).replace("    elif ", f"    if {member.name} is None and ")
    for member in files:
        value = f"form_.append({check_file(member, member.name, literal(member.name))})"
        source += f"    {value}\n" if member.required else f"    if {member.name} is not None:\n        {value}\n"
    return f"{source}    return form_\n"


def _demands(member: Member, members: list[Member], checked: dict[str, str], noun: str) -> str:
    """What refuses a request without a field that the value of another one makes necessary."""
    source = ""
    for name, values in needed_when(member):
        other = next((each for each in members if each.name == name), None)
        if other is None:
            raise SurfaceError(f"x-needed-when of {member.wire} names {name}, which is not in the same object")
        if name not in checked:
            raise SurfaceError(f"x-needed-when of {member.wire} names {name}, which is not before it")
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
    """The function that makes the JSON of an object inside of a request, from a mapping."""
    members = record_parameters(record)
    name = record_name(record.name)
    rows = "".join(f"        {literal(m.wire)}: {_inside(m)},\n" for m in members if m.required)
    source = (
        f"def {name}_of(value: object, where: str) -> dict[str, object]:\n"
        + docstring(f"The JSON of a `{record.name}`, checked.")
        + f"    given = parse_fields(value, where, required={literal([m.name for m in members if m.required])}, "
        + f"optional={literal([m.name for m in members if not m.required])})\n"
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
    """The function that makes the query of an operation; empty where it has none."""
    members = [argument.member for argument in operation.arguments if "query" in argument.places]
    if not members:
        return ""
    source = (
        f"def {query_name(operation)}({', '.join(f'{m.name}: object' for m in members)}) -> dict[str, str]:\n"
        + docstring(f"The query of {operation.id}, checked.")
        + "    query: dict[str, str] = {}\n"
    )
    for member in members:
        value = f"query[{literal(member.wire)}] = query_text({check(member.value, member.name, literal(member.name))})"
        source += f"    {value}\n" if member.required else f"    if {member.name} is not None:\n        {value}\n"
    return f"{source}    return query\n"


def query_name(operation: Operation) -> str:
    """The function that makes the query of an operation."""
    return f"query_of_{record_name(operation.id)}"
