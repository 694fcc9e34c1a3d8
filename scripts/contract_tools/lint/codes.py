"""Rules for error codes: the catalogue, the texts that repeat it, and the operations and examples that use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from contract_tools.derived_descriptions import repeating
from contract_tools.document import Problem
from contract_tools.emit.catalogue import SUCCESS
from contract_tools.emit.model import Surface
from contract_tools.emit.operations import proofs
from contract_tools.openapi import (
    Contract,
    Node,
    is_list,
    is_object,
    mapping,
    pointer_to,
    sequence,
    text,
    title,
    whole,
)
from contract_tools.python_source import error_class_name, family_class_name

# How an error is written inside a response.
_ERROR_FORMS = (("code", "message"), ("error_code", "error_message"))
_NOTHING = (None, False, 0, "", "0")
_ROOTS = ("JSMSError", "APIError")
_LISTS = ("x-error-codes", "x-recipient-error-codes")
_ROUTING = "x-routing-error-codes"
_ALWAYS = ("missing", "invalid")
_CATALOGUE = "#/x-error-codes"
_ENUM = "#/components/schemas/ErrorCode"
_WRITTEN = "scripts/regenerate does so in YAML"
_ADD = "add it to x-error-codes of the document, or correct it"


def check_catalogue(contract: Contract) -> Iterator[Problem]:
    """Check that the catalogue is complete, and that everything that repeats it agrees."""
    for check in (_check_entries, _check_families, _check_classes, _check_enum):
        yield from check(contract)


def _check_entries(contract: Contract) -> Iterator[Problem]:
    names: dict[str, str] = {}
    families = mapping(contract.data.get("x-error-families"))
    for code, entry in contract.codes.items():
        name, family = text(entry.get("name")), text(entry.get("family"), SUCCESS)
        if (other := names.setdefault(name, code)) != code:
            message = f"{name} is the name of {other} too"
            yield Problem("code-name-unique", pointer_to(_CATALOGUE, code, "name"), message, "give each its own name")
        if family not in families and family != SUCCESS:
            message = f"the family {family} of {code} is not declared"
            remedy = f"use one of these: {', '.join(families) or 'none is declared'}"
            yield Problem("code-family-known", pointer_to(_CATALOGUE, code, "family"), message, remedy)


def _check_families(contract: Contract) -> Iterator[Problem]:
    statuses: dict[str, str] = {}
    used = {text(entry.get("family")) for entry in contract.codes.values()}
    for family, entry in mapping(contract.data.get("x-error-families")).items():
        pointer, listed = pointer_to("#/x-error-families", family), sequence(mapping(entry).get("http_statuses"))
        for index, status in enumerate(map(str, listed)):
            if (other := statuses.setdefault(status, family)) != family:
                message, remedy = f"HTTP {status} falls to {other} already", "leave each status to one family"
                yield Problem("family-status-unique", pointer_to(pointer, "http_statuses", index), message, remedy)
        if family not in used and not listed:
            message = f"no code and no HTTP status belongs to the family {family}"
            yield Problem("family-unused", pointer, message, "take it out, or give it a code")


def _check_classes(contract: Contract) -> Iterator[Problem]:
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
            yield Problem("class-unique", pointer, message, "call one of the two something else")


def _check_enum(contract: Contract) -> Iterator[Problem]:
    node = contract.by_pointer.get(_ENUM)
    if node is None or not contract.codes:
        return
    values = [str(value) for value in sequence(node.value.get("enum"))]
    for code in contract.codes:
        if code not in values:
            message, remedy = f"{code} is in the catalogue, but not in ErrorCode", f"add it to the enum; {_WRITTEN}"
            yield Problem("enum-code-missing", pointer_to(_CATALOGUE, code), message, remedy)
    for index, code in enumerate(values):
        if code not in contract.codes:
            message, at = f"{code} is in ErrorCode, but not in the catalogue", pointer_to(_ENUM, "enum", index)
            yield Problem("enum-code-extra", at, message, "add it to x-error-codes")
            continue
        for key, field in (("x-enum-varnames", "name"), ("x-enum-descriptions", "meaning")):
            said, wanted = sequence(node.value.get(key)), contract.codes[code].get(field)
            if index < len(said) and said[index] != wanted:
                message = f"{code} is {said[index]!r} here and {wanted!r} in the catalogue"
                remedy = f"write the catalogue's; {_WRITTEN}"
                yield Problem("enum-code-agrees", pointer_to(_ENUM, key, index), message, remedy)


def check_codes(contract: Contract) -> Iterator[Problem]:
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
            yield Problem("code-unused", pointer_to(_CATALOGUE, code), f"no operation returns {code}", remedy)


def _check_list(contract: Contract, owner: str, codes: object) -> Iterator[Problem]:
    for index, code in enumerate(sequence(codes)):
        entry, pointer = contract.codes.get(str(code)), pointer_to(owner, index)
        if entry is None:
            yield Problem("code-known", pointer, f"{code} is not in the catalogue", _ADD)
        elif entry.get("family") == SUCCESS:
            yield Problem("code-success", pointer, f"{code} means success, which is no error", "take it out")
        if code in sequence(codes)[:index]:
            yield Problem("code-twice", pointer, f"{code} is listed twice", "keep one of the two")


def _check_operation(contract: Contract, operation: Node) -> Iterator[Problem]:
    for key in _LISTS:
        yield from _check_list(contract, pointer_to(operation.pointer, key), operation.value.get(key))
    statuses = {response.status for response in contract.responses(operation)}
    for index, code in enumerate(sequence(operation.value.get("x-error-codes"))):
        status = whole(contract.codes.get(str(code), {}).get("http_status"))
        if status and str(status) not in statuses:
            message = f"{code} comes with HTTP {status}, which {title(operation)} does not declare"
            at = pointer_to(operation.pointer, "x-error-codes", index)
            yield Problem("code-status-declared", at, message, f"add the response {status}")


def _check_field(contract: Contract, field: Node) -> Iterator[Problem]:
    schema = mapping(field.value.get("schema")) if field.kind == "parameter" else field.value
    name = field.value.get("name") if field.kind == "parameter" else field.name
    for key, code in mapping(field.value.get("x-errors")).items():
        pointer = pointer_to(field.pointer, "x-errors", key)
        if key not in _ALWAYS and key not in schema:
            message = f"x-errors names {key}, which is neither a keyword of this field nor missing or invalid"
            yield Problem("field-error-key", pointer, message, "use missing, invalid or a keyword that is there")
        if str(code) not in contract.codes:
            message = f"x-errors of {name} names {code}, which is not in the catalogue"
            yield Problem("field-error-known", pointer, message, _ADD)
            continue
        for operation in _users(contract, field):
            if code not in contract.codes_of(operation):
                message = f"a wrong {name} returns {code}, which {title(operation)} does not list"
                remedy = f"add {code} to x-error-codes of {title(operation)}"
                yield Problem("field-error-listed", pointer, message, remedy)


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


def check_descriptions(contract: Contract) -> Iterator[Problem]:
    """Check what descriptions repeat of codes and callbacks, which readers see nowhere else."""
    for each in repeating(contract.data):
        pointer = pointer_to(each.pointer, "description")
        description = text(contract.at(pointer))
        if not each.is_shown_in(description):
            lacks = next((line for line in each.shown.splitlines() if line not in description), "more rows")
            message = f"the description does not show {each.what} as the rest of the document has them: {lacks!r}"
            remedy = f"write this, at its end; {_WRITTEN}:\n{each.shown}\n"
            yield Problem("description-agrees", pointer, message, remedy)


class _Error(NamedTuple):
    pointer: str
    code: object
    message_pointer: str
    message: object


def check_shown_errors(contract: Contract) -> Iterator[Problem]:
    """Check what the examples of responses say of errors against the catalogue."""
    if contract.codes:
        yield from _check_errors(contract)
    yield from _check_proofs(contract)


def _check_errors(contract: Contract) -> Iterator[Problem]:
    seen: set[str] = set()
    for operation, status, pointer, example in _of_responses(contract):
        for found in _errors_in(example, pointer):
            entry = contract.codes.get(str(found.code))
            if found.pointer not in seen:
                yield from _check_entry(found, entry)
            seen.add(found.pointer)
            if entry is not None:
                yield from _check_use(contract, operation, status, found, entry)


def _check_proofs(contract: Contract) -> Iterator[Problem]:
    """Find refusals with what a client takes as proof that the request was carried out."""
    names = proofs(Surface(contract.data))
    for _, status, pointer, example in _of_responses(contract):
        for name, value in mapping(example).items():
            if not status.startswith("2") and name in names and value not in _NOTHING:
                message = f"a response with status {status} shows {name}, which tells a client that the request was"
                remedy = "correct the example, or write x-proof: false on the field"
                yield Problem("proof-in-refusal", pointer_to(pointer, name), f"{message} carried out", remedy)


def _of_responses(contract: Contract) -> Iterator[tuple[Node, str, str, object]]:
    """Yield the examples of responses: the operation, the status, the place and the value."""
    for operation in contract.operations:
        for response in contract.responses(operation):
            for media_type in contract.members(response.node, "content"):
                for node in contract.members(media_type, "examples"):
                    yield operation, response.status, pointer_to(node.pointer, "value"), node.value.get("value")


def _errors_in(value: object, pointer: str) -> Iterator[_Error]:
    """Find everything in an example that is written like an error."""
    if is_object(value):
        for code, message in _ERROR_FORMS:
            if code in value and message in value:
                yield _Error(pointer_to(pointer, code), value[code], pointer_to(pointer, message), value[message])
        for name, inner in value.items():
            yield from _errors_in(inner, pointer_to(pointer, name))
    elif is_list(value):
        for index, inner in enumerate(value):
            yield from _errors_in(inner, pointer_to(pointer, index))


def _check_entry(found: _Error, entry: Mapping[str, object] | None) -> Iterator[Problem]:
    if entry is None:
        remedy = "use a code that is, or add it to x-error-codes"
        yield Problem("example-code-known", found.pointer, f"code {found.code} is not in the catalogue", remedy)
    elif found.message != (wanted := entry.get("message")):
        message = f"the message of {found.code} is {found.message!r} here and {wanted!r} in the catalogue"
        yield Problem("example-message", found.message_pointer, message, "write the catalogue's")


def _check_use(
    contract: Contract, operation: Node, status: str, found: _Error, entry: Mapping[str, object]
) -> Iterator[Problem]:
    code, wanted = found.code, entry.get("http_status")
    # A refused recipient is in a success response.
    if status.isdecimal() and not status.startswith("2") and status != str(wanted):
        message = f"{code} comes with HTTP {wanted}, but {title(operation)} shows it under {status}"
        yield Problem("example-status", found.pointer, message, "move the example, or correct the catalogue")
    # The shared default response shows a code for everyone.
    number = int(code) if isinstance(code, str) and code.isdecimal() else whole(code, -1)
    if status != "default" and number not in contract.codes_of(operation):
        message = f"{code} is shown as a response of {title(operation)}, which does not list it"
        remedy = "use a code of the operation, or add this one to its x-error-codes"
        yield Problem("example-code-listed", found.pointer, message, remedy)
