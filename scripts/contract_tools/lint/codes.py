"""Error codes where they are used: by operations, by fields, before any operation."""

from __future__ import annotations

from collections.abc import Iterator

from ..document import pointer_to
from ..places import Place
from ..reading import mapping, sequence, whole
from .catalogue import SUCCESS
from .contract import Contract, title
from .rule import Family, Finding, Rule

_KNOWN = Rule("code-known", "{code} is not in the catalogue", "add it to x-error-codes of the document, or correct it")
_SUCCESS = Rule("code-success", "{code} means success, which is no error", "take it out")
_TWICE = Rule("code-twice", "{code} is listed twice", "keep one of the two")
_STATUS = Rule(
    "code-status-declared",
    "{code} comes with HTTP {status}, which {id} does not declare",
    "add the answer {status}",
)
_UNUSED = Rule(
    "code-unused", "no operation answers {code}", "list it where it can occur, or take it out of the catalogue"
)
_FIELD_KEY = Rule(
    "field-error-key",
    "x-errors names {key}, which is neither a keyword of this field nor missing or invalid",
    "use missing, invalid or a keyword that is there",
)
_FIELD_LISTED = Rule(
    "field-error-listed",
    "a wrong {name} is answered with {code}, which {id} does not list",
    "add {code} to x-error-codes of {id}",
)
_FIELD_CODE = Rule(
    "field-error-known",
    "x-errors of {name} names {code}, which is not in the catalogue",
    "add it to x-error-codes of the document, or correct it",
)

_LISTS = ("x-error-codes", "x-recipient-error-codes")
_ROUTING = "x-routing-error-codes"
_ALWAYS = ("missing", "invalid")


def _check_list(contract: Contract, owner: str, codes: object) -> Iterator[Finding]:
    listed = sequence(codes)
    for index, code in enumerate(listed):
        entry = contract.codes.get(str(code))
        pointer = pointer_to(owner, index)
        if entry is None:
            yield _KNOWN.broken(pointer, code=code)
        elif entry.get("family") == SUCCESS:
            yield _SUCCESS.broken(pointer, code=code)
        if code in listed[:index]:
            yield _TWICE.broken(pointer, code=code)


def _check_operation(contract: Contract, operation: Place) -> Iterator[Finding]:
    for key in _LISTS:
        yield from _check_list(contract, pointer_to(operation.pointer, key), operation.value.get(key))
    statuses = {answer.status for answer in contract.answers(operation)}
    for index, code in enumerate(sequence(operation.value.get("x-error-codes"))):
        status = whole(contract.codes.get(str(code), {}).get("http_status"))
        if status and str(status) not in statuses:
            pointer = pointer_to(operation.pointer, "x-error-codes", index)
            yield _STATUS.broken(pointer, code=code, status=status, id=title(operation))


def _users(contract: Contract, field: Place) -> list[Place]:
    """The operations whose requests have this field."""
    outer = list(field.outward())
    component = next((place for place in outer if place.is_component), None)
    if component is not None and component.kind == "schema":
        pointers = contract.requested.get(component.name, set())
        return [operation for operation in contract.operations if operation.pointer in pointers]
    parameter = next((place for place in outer if place.kind == "parameter"), None)
    if parameter is not None:
        return [operation for operation in contract.operations if parameter in list(contract.parameters(operation))]
    return [place for place in outer if place.kind == "operation"]


def _check_field(contract: Contract, field: Place) -> Iterator[Finding]:
    schema = mapping(field.value.get("schema")) if field.kind == "parameter" else field.value
    name = field.value.get("name") if field.kind == "parameter" else field.name
    users = _users(contract, field)
    for key, code in mapping(field.value.get("x-errors")).items():
        pointer = pointer_to(field.pointer, "x-errors", key)
        if key not in _ALWAYS and key not in schema:
            yield _FIELD_KEY.broken(pointer, key=key)
        if str(code) not in contract.codes:
            yield _FIELD_CODE.broken(pointer, name=name, code=code)
            continue
        for operation in users:
            if code not in contract.codes_of(operation):
                yield _FIELD_LISTED.broken(pointer, name=name, code=code, id=title(operation))


def _check(contract: Contract) -> Iterator[Finding]:
    fields = [place for place in contract.of_kind("schema", "parameter") if "x-errors" in place.value]
    for operation in contract.operations:
        yield from _check_operation(contract, operation)
    for field in fields:
        yield from _check_field(contract, field)
    yield from _check_list(contract, pointer_to("#", _ROUTING), contract.data.get(_ROUTING))
    used = {whole(code) for code in sequence(contract.data.get(_ROUTING))}
    for operation in contract.operations:
        used |= contract.codes_of(operation)
    for code, entry in contract.codes.items():
        if entry.get("family") != SUCCESS and not (code.isdecimal() and int(code) in used):
            yield _UNUSED.broken(pointer_to("#/x-error-codes", code), code=code)


CODES = Family(_check, (_KNOWN, _SUCCESS, _TWICE, _STATUS, _UNUSED, _FIELD_KEY, _FIELD_LISTED, _FIELD_CODE))
