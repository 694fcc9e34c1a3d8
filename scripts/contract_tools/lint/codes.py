"""Error codes: a catalogue that agrees with itself and with everything that repeats it, and operations that use it."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tools.descriptions import repeating
from contract_tools.emit.catalogue import SUCCESS
from contract_tools.lint.contract import Contract, Finding, title
from contract_tools.openapi import Node, mapping, pointer_to, sequence, text, whole
from contract_tools.python_source import error_class_name, family_class_name

_ROOTS = ("JSMSError", "APIError")
_LISTS = ("x-error-codes", "x-recipient-error-codes")
_ROUTING = "x-routing-error-codes"
_ALWAYS = ("missing", "invalid")
_CATALOGUE = "#/x-error-codes"
_ENUM = "#/components/schemas/ErrorCode"
_WRITTEN = "scripts/regenerate does so in YAML"
_ADD = "add it to x-error-codes of the document, or correct it"


def check_catalogue(contract: Contract) -> Iterator[Finding]:
    """Check that the catalogue is complete, and that everything that repeats it agrees."""
    for check in (_check_entries, _check_families, _check_classes, _check_enum):
        yield from check(contract)


def _check_entries(contract: Contract) -> Iterator[Finding]:
    names: dict[str, str] = {}
    families = mapping(contract.data.get("x-error-families"))
    for code, entry in contract.codes.items():
        name, family = text(entry.get("name")), text(entry.get("family"), SUCCESS)
        if (other := names.setdefault(name, code)) != code:
            message = f"{name} is the name of {other} too"
            yield Finding("code-name-unique", pointer_to(_CATALOGUE, code, "name"), message, "give each its own name")
        if family not in families and family != SUCCESS:
            message = f"the family {family} of {code} is not declared"
            remedy = f"use one of these: {', '.join(families) or 'none is declared'}"
            yield Finding("code-family-known", pointer_to(_CATALOGUE, code, "family"), message, remedy)


def _check_families(contract: Contract) -> Iterator[Finding]:
    statuses: dict[str, str] = {}
    used = {text(entry.get("family")) for entry in contract.codes.values()}
    for family, entry in mapping(contract.data.get("x-error-families")).items():
        pointer, listed = pointer_to("#/x-error-families", family), sequence(mapping(entry).get("http_statuses"))
        for index, status in enumerate(map(str, listed)):
            if (other := statuses.setdefault(status, family)) != family:
                message, remedy = f"HTTP {status} falls to {other} already", "leave each status to one family"
                yield Finding("family-status-unique", pointer_to(pointer, "http_statuses", index), message, remedy)
        if family not in used and not listed:
            message = f"no code and no HTTP status belongs to the family {family}"
            yield Finding("family-unused", pointer, message, "take it out, or give it a code")


def _check_classes(contract: Contract) -> Iterator[Finding]:
    seen: dict[str, str] = dict.fromkeys(_ROOTS, "the root of the exceptions")
    made = [
        (f"the family {family}", family_class_name(family), pointer_to("#/x-error-families", family))
        for family in mapping(contract.data.get("x-error-families"))
    ]
    made += [
        (code, error_class_name(name), pointer_to(_CATALOGUE, code, "name"))
        for code, entry in contract.codes.items()
        if (name := text(entry.get("name"))) and entry.get("family") != SUCCESS
    ]
    for subject, name, pointer in made:
        if (other := seen.setdefault(name, subject)) != subject:
            message = f"{subject} and {other} both become the class {name}"
            yield Finding("class-unique", pointer, message, "call one of the two something else")


def _check_enum(contract: Contract) -> Iterator[Finding]:
    node = contract.by_pointer.get(_ENUM)
    if node is None or not contract.codes:
        return
    values = [str(value) for value in sequence(node.value.get("enum"))]
    for code in contract.codes:
        if code not in values:
            message, remedy = f"{code} is in the catalogue, but not in ErrorCode", f"add it to the enum; {_WRITTEN}"
            yield Finding("enum-code-missing", pointer_to(_CATALOGUE, code), message, remedy)
    for index, code in enumerate(values):
        if code not in contract.codes:
            message, at = f"{code} is in ErrorCode, but not in the catalogue", pointer_to(_ENUM, "enum", index)
            yield Finding("enum-code-extra", at, message, "add it to x-error-codes")
            continue
        for key, field in (("x-enum-varnames", "name"), ("x-enum-descriptions", "meaning")):
            said, wanted = sequence(node.value.get(key)), contract.codes[code].get(field)
            if index < len(said) and said[index] != wanted:
                message = f"{code} is {said[index]!r} here and {wanted!r} in the catalogue"
                remedy = f"write the catalogue's; {_WRITTEN}"
                yield Finding("enum-code-agrees", pointer_to(_ENUM, key, index), message, remedy)


def check_codes(contract: Contract) -> Iterator[Finding]:
    """Check the error codes that operations and fields use."""
    routing = contract.data.get(_ROUTING)
    yield from _check_list(contract, f"#/{_ROUTING}", routing)
    used = {whole(code) for code in sequence(routing)}
    for operation in contract.operations:
        used |= contract.codes_of(operation)
        yield from _check_operation(contract, operation)
    for field in contract.of_kind("schema", "parameter"):
        if "x-errors" in field.value:
            yield from _check_field(contract, field)
    for code, entry in contract.codes.items():
        if entry.get("family") != SUCCESS and not (code.isdecimal() and int(code) in used):
            remedy = "list it where it can occur, or take it out of the catalogue"
            yield Finding("code-unused", pointer_to(_CATALOGUE, code), f"no operation returns {code}", remedy)


def _check_list(contract: Contract, owner: str, codes: object) -> Iterator[Finding]:
    for index, code in enumerate(sequence(codes)):
        entry, pointer = contract.codes.get(str(code)), pointer_to(owner, index)
        if entry is None:
            yield Finding("code-known", pointer, f"{code} is not in the catalogue", _ADD)
        elif entry.get("family") == SUCCESS:
            yield Finding("code-success", pointer, f"{code} means success, which is no error", "take it out")
        if code in sequence(codes)[:index]:
            yield Finding("code-twice", pointer, f"{code} is listed twice", "keep one of the two")


def _check_operation(contract: Contract, operation: Node) -> Iterator[Finding]:
    for key in _LISTS:
        yield from _check_list(contract, pointer_to(operation.pointer, key), operation.value.get(key))
    statuses = {response.status for response in contract.responses(operation)}
    for index, code in enumerate(sequence(operation.value.get("x-error-codes"))):
        status = whole(contract.codes.get(str(code), {}).get("http_status"))
        if status and str(status) not in statuses:
            message = f"{code} comes with HTTP {status}, which {title(operation)} does not declare"
            at = pointer_to(operation.pointer, "x-error-codes", index)
            yield Finding("code-status-declared", at, message, f"add the response {status}")


def _check_field(contract: Contract, field: Node) -> Iterator[Finding]:
    schema = mapping(field.value.get("schema")) if field.kind == "parameter" else field.value
    name = field.value.get("name") if field.kind == "parameter" else field.name
    for key, code in mapping(field.value.get("x-errors")).items():
        pointer = pointer_to(field.pointer, "x-errors", key)
        if key not in _ALWAYS and key not in schema:
            message = f"x-errors names {key}, which is neither a keyword of this field nor missing or invalid"
            yield Finding("field-error-key", pointer, message, "use missing, invalid or a keyword that is there")
        if str(code) not in contract.codes:
            message = f"x-errors of {name} names {code}, which is not in the catalogue"
            yield Finding("field-error-known", pointer, message, _ADD)
            continue
        for operation in _users(contract, field):
            if code not in contract.codes_of(operation):
                message = f"a wrong {name} returns {code}, which {title(operation)} does not list"
                remedy = f"add {code} to x-error-codes of {title(operation)}"
                yield Finding("field-error-listed", pointer, message, remedy)


def _users(contract: Contract, field: Node) -> list[Node]:
    """Find the operations whose requests have this field."""
    outer = list(field.outward())
    component = next((node for node in outer if node.is_component), None)
    if component is not None and component.kind == "schema":
        pointers = contract.requested.get(component.name, set())
        return [operation for operation in contract.operations if operation.pointer in pointers]
    parameter = next((node for node in outer if node.kind == "parameter"), None)
    if parameter is not None:
        return [operation for operation in contract.operations if parameter in list(contract.parameters(operation))]
    return [node for node in outer if node.kind == "operation"]


def check_descriptions(contract: Contract) -> Iterator[Finding]:
    """Check what descriptions repeat of codes and callbacks, which readers see nowhere else."""
    for each in repeating(contract.data):
        pointer = pointer_to(each.pointer, "description")
        description = text(contract.at(pointer))
        if not each.is_shown_in(description):
            lacks = next((line for line in each.shown.splitlines() if line not in description), "more rows")
            message = f"the description does not show {each.what} as the rest of the document has them: {lacks!r}"
            remedy = f"write this, at its end; {_WRITTEN}:\n{each.shown}\n"
            yield Finding("description-agrees", pointer, message, remedy)
