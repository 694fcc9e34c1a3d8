"""Examples: each has to fit its schema, and each error in one has to agree with the catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from jsonschema import Draft202012Validator
from openapi_schema_validator import OAS30Validator, oas30_format_checker, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from contract_tools.emit.model import Surface
from contract_tools.emit.operations import proofs
from contract_tools.lint.contract import Contract, Finding, title
from contract_tools.lint.style import SchemaError, best_error
from contract_tools.openapi import Node, is_list, is_object, mapping, pointer_to, sequence, text, whole

# How an error is written inside a response.
_ERROR_FORMS = (("code", "message"), ("error_code", "error_message"))
_NOTHING = (None, False, 0, "", "0")
_NAME = "urn:document"
_CORRECT = "correct the example or the schema"

_Fit = Callable[[object, str], SchemaError | None]


class _Example(NamedTuple):
    pointer: str
    value: object
    schema: str


class _Error(NamedTuple):
    pointer: str
    code: object
    message_pointer: str
    message: object


def _examples(contract: Contract) -> Iterator[_Example]:
    for node in contract.of_kind("media_type", "parameter", "header", "schema"):
        schema = node.pointer if node.kind == "schema" else pointer_to(node.pointer, "schema")
        if not contract.has(schema):
            continue
        if "example" in node.value:
            yield _Example(pointer_to(node.pointer, "example"), node.value["example"], schema)
        examples = node.value.get("examples")
        if node.kind == "schema":
            for index, value in enumerate(sequence(examples)):
                yield _Example(pointer_to(node.pointer, "examples", index), value, schema)
            continue
        for name in mapping(examples):
            found = _named(contract, pointer_to(node.pointer, "examples", name))
            if found is not None and "value" in found.value:
                yield _Example(pointer_to(found.pointer, "value"), found.value["value"], schema)


def _named(contract: Contract, pointer: str) -> Node | None:
    node = contract.by_pointer.get(pointer)
    return contract.follow(node) if node is not None else None


def _checker(contract: Contract) -> _Fit:
    """Make a check of values against schemas that may refer to any part of the document."""
    registries: Any = Registry
    registry = registries().with_resource(_NAME, DRAFT202012.create_resource(dict(contract.data)))
    kind: Any = OAS30Validator if contract.is_3_0 else Draft202012Validator
    formats = oas30_format_checker if contract.is_3_0 else oas31_format_checker

    def error_of(value: object, pointer: str) -> SchemaError | None:
        schema = {"$ref": f"{_NAME}{quote(pointer, safe='#/')}"}
        return best_error(kind(schema, registry=registry, format_checker=formats), value)

    return error_of


def check_examples(contract: Contract) -> Iterator[Finding]:
    """Check every example against its schema, and what it says of errors against the catalogue."""
    error_of = _checker(contract)
    for example in _examples(contract):
        found = error_of(example.value, example.schema)
        if found is not None:
            pointer = pointer_to(example.pointer, *found.path)
            yield Finding("example-fits", pointer, f"the example does not fit its schema: {found.problem}", _CORRECT)
        else:
            yield from _check_content(contract, example, error_of)
    if contract.codes:
        yield from _check_errors(contract)
    yield from _check_proofs(contract)


def _check_content(contract: Contract, example: _Example, error_of: _Fit) -> Iterator[Finding]:
    """Check JSON inside a text, as callbacks carry it."""
    node = contract.by_pointer.get(example.schema)
    schema = contract.follow(node) if node is not None else None
    for name, field in mapping(schema.value.get("properties") if schema is not None else None).items():
        given = mapping(example.value)
        wanted = text(mapping(mapping(field).get("x-payloads")).get(str(given.get("type"))))
        held = given.get(name)
        if not isinstance(held, str) or not contract.has(wanted):
            continue  # a type that the document does not know
        try:
            found = error_of(json.loads(held), wanted)
            problem = "" if found is None else found.problem
        except ValueError as error:
            problem = str(error)
        if problem:
            message = f"the text in {name} does not hold what x-payloads says: {problem}"
            yield Finding("example-content", pointer_to(example.pointer, name), message, _CORRECT)


def _check_errors(contract: Contract) -> Iterator[Finding]:
    seen: set[str] = set()
    for operation, status, pointer, example in _of_responses(contract):
        for found in _errors_in(example, pointer):
            entry = contract.codes.get(str(found.code))
            if found.pointer not in seen:
                yield from _check_entry(found, entry)
            seen.add(found.pointer)
            if entry is not None:
                yield from _check_use(contract, operation, status, found, entry)


def _check_proofs(contract: Contract) -> Iterator[Finding]:
    """Find refusals with what a client takes as proof that the request was carried out."""
    names = proofs(Surface(contract.data))
    for _, status, pointer, example in _of_responses(contract):
        for name, value in mapping(example).items():
            if not status.startswith("2") and name in names and value not in _NOTHING:
                message = f"a response with status {status} shows {name}, which tells a client that the request was"
                remedy = "correct the example, or write x-proof: false on the field"
                yield Finding("proof-in-refusal", pointer_to(pointer, name), f"{message} carried out", remedy)


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


def _check_entry(found: _Error, entry: Mapping[str, object] | None) -> Iterator[Finding]:
    if entry is None:
        remedy = "use a code that is, or add it to x-error-codes"
        yield Finding("example-code-known", found.pointer, f"code {found.code} is not in the catalogue", remedy)
    elif found.message != (wanted := entry.get("message")):
        message = f"the message of {found.code} is {found.message!r} here and {wanted!r} in the catalogue"
        yield Finding("example-message", found.message_pointer, message, "write the catalogue's")


def _check_use(
    contract: Contract, operation: Node, status: str, found: _Error, entry: Mapping[str, object]
) -> Iterator[Finding]:
    code, wanted = found.code, entry.get("http_status")
    # A refused recipient is in a success response.
    if status.isdecimal() and not status.startswith("2") and status != str(wanted):
        message = f"{code} comes with HTTP {wanted}, but {title(operation)} shows it under {status}"
        yield Finding("example-status", found.pointer, message, "move the example, or correct the catalogue")
    # The shared default response shows a code for everyone.
    number = int(code) if isinstance(code, str) and code.isdecimal() else whole(code, -1)
    if status != "default" and number not in contract.codes_of(operation):
        message = f"{code} is shown as a response of {title(operation)}, which does not list it"
        remedy = "use a code of the operation, or add this one to its x-error-codes"
        yield Finding("example-code-listed", found.pointer, message, remedy)
