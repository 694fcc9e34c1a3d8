"""Error codes: the catalogue, what repeats it, where operations and fields use them, and what readers see of them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from ..document import pointer_to
from ..naming import error_class_name, family_class_name
from ..places import Place
from ..reading import mapping, sequence, text, whole
from ..shown import ENGLISH, flat, shown_catalogue, shown_codes, shown_payload, shown_payloads
from .contract import Contract, title
from .rules import Finding, broken

# No exception is made for success, so its family needs no declaration.
SUCCESS = "success"
_ROOTS = ("JSMSError", "APIError")
_NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_LISTS = ("x-error-codes", "x-recipient-error-codes")
_ROUTING = "x-routing-error-codes"
_ALWAYS = ("missing", "invalid")
_ROW = re.compile(r"^\| ([0-9]+), .*$", re.MULTILINE)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(value)) and not keyword.iskeyword(value)


def _check_fields(contract: Contract) -> Iterator[Finding]:
    names: dict[str, str] = {}
    families = mapping(contract.data.get("x-error-families"))
    for code, entry in contract.codes.items():
        pointer = pointer_to("#/x-error-codes", code)
        name = text(entry.get("name"))
        if name in names:
            yield broken("code-name-unique", pointer_to(pointer, "name"), name=name, other=names[name])
        names.setdefault(name, code)
        family = text(entry.get("family"), SUCCESS)
        if family not in families and family != SUCCESS:
            at = pointer_to(pointer, "family")
            yield broken(
                "code-family-known", at, family=family, code=code, known=", ".join(families) or "none is declared"
            )


def _check_families(contract: Contract) -> Iterator[Finding]:
    statuses: dict[str, str] = {}
    used = {text(entry.get("family")) for entry in contract.codes.values()}
    for family, value in mapping(contract.data.get("x-error-families")).items():
        pointer, entry = pointer_to("#/x-error-families", family), mapping(value)
        for index, status in enumerate(map(str, sequence(entry.get("http_statuses")))):
            if status in statuses:
                at = pointer_to(pointer, "http_statuses", index)
                yield broken("family-status-unique", at, status=status, other=statuses[status])
            statuses.setdefault(status, family)
        if family not in used and not sequence(entry.get("http_statuses")):
            yield broken("family-unused", pointer, family=family)


def _check_classes(contract: Contract) -> Iterator[Finding]:
    seen: dict[str, str] = dict.fromkeys(_ROOTS, "the root of the exceptions")
    made = [
        (f"the family {family}", family_class_name(family), pointer_to("#/x-error-families", family))
        for family in mapping(contract.data.get("x-error-families"))
    ]
    made += [
        (code, error_class_name(text(entry.get("name"))), pointer_to("#/x-error-codes", code, "name"))
        for code, entry in contract.codes.items()
        if entry.get("family") != SUCCESS and _is_name(entry.get("name"))
    ]
    for subject, name, pointer in made:
        if name in seen:
            yield broken("class-unique", pointer, subject=subject, other=seen[name], name=name)
        seen.setdefault(name, subject)


def _check_enum(contract: Contract) -> Iterator[Finding]:
    pointer = "#/components/schemas/ErrorCode"
    place = contract.by_pointer.get(pointer)
    if place is None or not contract.has_codes:
        return
    values = [str(value) for value in sequence(place.value.get("enum"))]
    for code in contract.codes:
        if code not in values:
            yield broken("enum-code-missing", pointer_to("#/x-error-codes", code), code=code)
    for index, code in enumerate(values):
        if code not in contract.codes:
            yield broken("enum-code-extra", pointer_to(pointer, "enum", index), code=code)
            continue
        for key, field in (("x-enum-varnames", "name"), ("x-enum-descriptions", "meaning")):
            said = sequence(place.value.get(key))
            wanted = contract.codes[code].get(field)
            if index < len(said) and said[index] != wanted:
                at = pointer_to(pointer, key, index)
                yield broken("enum-code-agrees", at, code=code, found=_shown(said[index]), wanted=_shown(wanted))


def _check_table(contract: Contract) -> Iterator[Finding]:
    """A table of the codes in a tag's description, which readers see where renderers hide the enum."""
    for place in contract.of_kind("tag"):
        rows = {row[1]: row[0] for row in _ROW.finditer(text(place.value.get("description")))}
        if not rows.keys() & contract.codes.keys():
            continue
        pointer = pointer_to(place.pointer, "description")
        for row in _ROW.finditer(shown_catalogue(contract.data, ENGLISH)):
            if row[1] not in rows:
                yield broken("code-table-complete", pointer, code=row[1])
            elif rows[row[1]] != row[0]:
                yield broken(
                    "code-table-agrees", pointer, code=row[1], found=_shown(rows[row[1]]), wanted=_shown(row[0])
                )


def _shown(value: object) -> str:
    return "missing" if value is None else repr(value)


def check_catalogue(contract: Contract) -> Iterator[Finding]:
    """Whether the catalogue is complete, and everything that repeats it agrees."""
    for check in (_check_fields, _check_families, _check_classes, _check_enum, _check_table):
        yield from check(contract)


def _check_list(contract: Contract, owner: str, codes: object) -> Iterator[Finding]:
    listed = sequence(codes)
    for index, code in enumerate(listed):
        entry = contract.codes.get(str(code))
        pointer = pointer_to(owner, index)
        if entry is None:
            yield broken("code-known", pointer, code=code)
        elif entry.get("family") == SUCCESS:
            yield broken("code-success", pointer, code=code)
        if code in listed[:index]:
            yield broken("code-twice", pointer, code=code)


def _check_operation(contract: Contract, operation: Place) -> Iterator[Finding]:
    for key in _LISTS:
        yield from _check_list(contract, pointer_to(operation.pointer, key), operation.value.get(key))
    statuses = {answer.status for answer in contract.answers(operation)}
    for index, code in enumerate(sequence(operation.value.get("x-error-codes"))):
        status = whole(contract.codes.get(str(code), {}).get("http_status"))
        if status and str(status) not in statuses:
            pointer = pointer_to(operation.pointer, "x-error-codes", index)
            yield broken("code-status-declared", pointer, code=code, status=status, id=title(operation))


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
            yield broken("field-error-key", pointer, key=key)
        if str(code) not in contract.codes:
            yield broken("field-error-known", pointer, name=name, code=code)
            continue
        for operation in users:
            if code not in contract.codes_of(operation):
                yield broken("field-error-listed", pointer, name=name, code=code, id=title(operation))


def check_codes(contract: Contract) -> Iterator[Finding]:
    """Error codes where operations and fields use them."""
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
            yield broken("code-unused", pointer_to("#/x-error-codes", code), code=code)


_WORD = re.compile(r"[A-Z][A-Za-z]*")


def check_shown(contract: Contract) -> Iterator[Finding]:
    """What readers have to see of the extensions."""
    for operations, shown, rule in (
        (contract.operations, shown_codes, "codes-shown"),
        (contract.callbacks, shown_payload, "payload-shown"),
    ):
        for operation in operations:
            wanted = shown(contract.data, operation.value, ENGLISH)
            if not flat(text(operation.value.get("description"))).endswith(flat(wanted)):
                yield broken(rule, pointer_to(operation.pointer, "description"), id=title(operation), wanted=wanted)
    for tag in contract.of_kind("tag"):
        wanted = shown_payloads(contract.data, text(tag.value.get("name")), ENGLISH)
        if not flat(text(tag.value.get("description"))).endswith(flat(wanted)):
            pointer = pointer_to(tag.pointer, "description")
            yield broken("payload-shown", pointer, id=f"the tag {tag.value.get('name')}", wanted=wanted)
    for index, server in enumerate(sequence(contract.data.get("servers"))):
        found = mapping(server).get("description")
        if found is not None and not _WORD.fullmatch(text(found)):
            yield broken("server-name", pointer_to("#/servers", index, "description"), found=repr(found))
