"""Examples: each has to fit its schema, and each error in one has to agree with the catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator
from openapi_schema_validator import OAS30Validator, oas30_format_checker, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from contract_tools.emit.operations import proofs
from contract_tools.lint.rules import Contract, Finding, broken, title
from contract_tools.lint.structure import SchemaError, best_error
from contract_tools.openapi import Node, is_list, is_object, mapping, pointer_to, sequence, text, whole

# How an error is written inside a response.
_ERROR_FORMS = (("code", "message"), ("error_code", "error_message"))
_NOTHING = (None, False, 0, "", "0")
_NAME = "urn:document"

_Fit = Callable[[object, str], SchemaError | None]


@dataclass(frozen=True, slots=True)
class _Example:
    pointer: str
    value: object
    schema: str


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


def _check_schemas(contract: Contract) -> Iterator[Finding]:
    error_of = _checker(contract)
    for example in _examples(contract):
        found = error_of(example.value, example.schema)
        if found is not None:
            yield broken("example-fits", pointer_to(example.pointer, *found.path), problem=found.problem)
        else:
            yield from _check_content(contract, example, error_of)


def _check_content(contract: Contract, example: _Example, error_of: _Fit) -> Iterator[Finding]:
    """Check JSON inside a text, as callbacks carry it."""
    node = contract.by_pointer.get(example.schema)
    schema = contract.follow(node) if node is not None else None
    if schema is None:
        return
    for name, field in mapping(schema.value.get("properties")).items():
        held = mapping(example.value).get(name)
        payloads = mapping(mapping(field).get("x-payloads"))
        if not isinstance(held, str):
            continue
        wanted = text(payloads.get(str(mapping(example.value).get("type"))))
        if not contract.has(wanted):
            continue  # a type that the document does not know
        pointer = pointer_to(example.pointer, name)
        try:
            value = json.loads(held)
        except ValueError as error:
            yield broken("example-content", pointer, name=name, problem=str(error))
            continue
        if (found := error_of(value, wanted)) is not None:
            yield broken("example-content", pointer, name=name, problem=found.problem)


def _errors_in(value: object, pointer: str) -> Iterator[tuple[str, Mapping[str, object], str, str]]:
    """Find everything in an example that is written like an error."""
    if is_object(value):
        for code, message in _ERROR_FORMS:
            if code in value and message in value:
                yield pointer, value, code, message
        for name, inner in value.items():
            yield from _errors_in(inner, pointer_to(pointer, name))
    elif is_list(value):
        for index, inner in enumerate(value):
            yield from _errors_in(inner, pointer_to(pointer, index))


def _check_errors(contract: Contract) -> Iterator[Finding]:
    if not contract.has_codes:
        return
    seen: set[str] = set()
    for operation in contract.operations:
        for response in contract.responses(operation):
            for media_type in contract.members(response.node, "content"):
                for node in contract.members(media_type, "examples"):
                    pointer = pointer_to(node.pointer, "value")
                    for found in _errors_in(node.value.get("value"), pointer):
                        if found[0] not in seen:
                            yield from _check_entry(contract, *found)
                        seen.add(found[0])
                        yield from _check_use(contract, operation, response.status, *found[:3])


def _number(value: object) -> int:
    return int(value) if isinstance(value, str) and value.isdecimal() else whole(value, -1)


def _check_entry(
    contract: Contract, pointer: str, error: Mapping[str, object], code: str, message: str
) -> Iterator[Finding]:
    entry = contract.codes.get(str(error[code]))
    if entry is None:
        yield broken("example-code-known", pointer_to(pointer, code), code=error[code])
    elif error[message] != entry.get("message"):
        wanted = repr(entry.get("message"))
        yield broken(
            "example-message", pointer_to(pointer, message), code=error[code], found=repr(error[message]), wanted=wanted
        )


def _check_use(
    contract: Contract, operation: Node, status: str, pointer: str, error: Mapping[str, object], code: str
) -> Iterator[Finding]:
    entry = contract.codes.get(str(error[code]))
    if entry is None:
        return
    at = pointer_to(pointer, code)
    # A refused recipient is in a success response.
    if status.isdecimal() and not status.startswith("2") and status != text(str(entry.get("http_status"))):
        yield broken(
            "example-status", at, code=error[code], wanted=entry.get("http_status"), found=status, id=title(operation)
        )
    # The shared default response shows a code for everyone.
    if status != "default" and _number(error[code]) not in contract.codes_of(operation):
        yield broken("example-code-listed", at, code=error[code], id=title(operation))


def _check_proofs(contract: Contract) -> Iterator[Finding]:
    """Find refusals with what a client takes as proof that the request was carried out."""
    names = proofs(contract.data)
    for operation in contract.operations:
        for response in contract.responses(operation):
            for media_type in contract.members(response.node, "content"):
                for node in contract.members(media_type, "examples"):
                    for name, value in mapping(node.value.get("value")).items():
                        if not response.status.startswith("2") and name in names and value not in _NOTHING:
                            pointer = pointer_to(node.pointer, "value", name)
                            yield broken("proof-in-refusal", pointer, name=name, status=response.status)


def check_examples(contract: Contract) -> Iterator[Finding]:
    """Check every example against its schema and the catalogue."""
    yield from _check_schemas(contract)
    yield from _check_errors(contract)
    yield from _check_proofs(contract)
