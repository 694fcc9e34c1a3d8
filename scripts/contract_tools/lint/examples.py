"""Examples: each has to fit its schema, and each error in one has to agree with the catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from openapi_schema_validator import OAS30Validator, oas30_format_checker, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012, SchemaRegistry

from ..document import pointer_to
from ..places import Place
from ..reading import mapping, sequence, text, whole
from .contract import Contract, title
from .rule import Family, Finding, Rule, in_brief

_FITS = Rule("example-fits", "the example does not fit its schema: {problem}", "correct the example or the schema")
_CONTENT = Rule(
    "example-content",
    "the text in {name} does not hold what contentSchema says: {problem}",
    "correct the example or the schema",
)
_CODE = Rule(
    "example-code-known", "code {code} is not in the catalogue", "use a code that is, or add it to x-error-codes"
)
_MESSAGE = Rule(
    "example-message",
    "the message of {code} is {found} here and {wanted} in the catalogue",
    "write the catalogue's",
)
_STATUS = Rule(
    "example-status",
    "{code} comes with HTTP {wanted}, but {id} shows it under {found}",
    "move the example, or correct the catalogue",
)
_LISTED = Rule(
    "example-code-listed",
    "{code} is shown as an answer of {id}, which does not list it",
    "use a code of the operation, or add this one to its x-error-codes",
)

# How an error is written inside an answer.
_ERROR_FORMS = (("code", "message"), ("error_code", "error_message"))
_NAME = "urn:document"

_Errors = Callable[[object, str], Iterator[ValidationError]]


@dataclass(frozen=True, slots=True)
class _Example:
    pointer: str
    value: object
    schema: str


def _examples(contract: Contract) -> Iterator[_Example]:
    for place in contract.of_kind("media_type", "parameter", "header", "schema"):
        schema = place.pointer if place.kind == "schema" else pointer_to(place.pointer, "schema")
        if not contract.has(schema):
            continue
        if "example" in place.value:
            yield _Example(pointer_to(place.pointer, "example"), place.value["example"], schema)
        examples = place.value.get("examples")
        if place.kind == "schema":
            for index, value in enumerate(sequence(examples)):
                yield _Example(pointer_to(place.pointer, "examples", index), value, schema)
            continue
        for name in mapping(examples):
            found = _named(contract, pointer_to(place.pointer, "examples", name))
            if found is not None and "value" in found.value:
                yield _Example(pointer_to(found.pointer, "value"), found.value["value"], schema)


def _named(contract: Contract, pointer: str) -> Place | None:
    place = contract.by_pointer.get(pointer)
    return contract.follow(place) if place is not None else None


def _checker(contract: Contract) -> _Errors:
    """Checks values against schemas that may refer to any part of the document."""
    registry: SchemaRegistry = Registry().with_resource(_NAME, DRAFT202012.create_resource(dict(contract.data)))
    kind, formats = (
        (OAS30Validator, oas30_format_checker) if contract.is_3_0 else (Draft202012Validator, oas31_format_checker)
    )

    def errors_of(value: Any, pointer: str) -> Iterator[ValidationError]:
        schema = {"$ref": f"{_NAME}{quote(pointer, safe='#/')}"}
        return iter(kind(schema, registry=registry, format_checker=formats).iter_errors(value))

    return errors_of


def _check_schemas(contract: Contract) -> Iterator[Finding]:
    errors_of = _checker(contract)
    for example in _examples(contract):
        error = best_match(errors_of(example.value, example.schema))
        if error is not None:
            yield _FITS.broken(pointer_to(example.pointer, *error.absolute_path), problem=in_brief(error.message))
            continue
        yield from _check_content(contract, example, errors_of)


def _check_content(contract: Contract, example: _Example, errors_of: _Errors) -> Iterator[Finding]:
    """JSON inside a text, as callbacks carry it."""
    place = contract.by_pointer.get(example.schema)
    schema = contract.follow(place) if place is not None else None
    if schema is None:
        return
    for name, field in mapping(schema.value.get("properties")).items():
        held = mapping(example.value).get(name)
        if "contentSchema" not in mapping(field) or not isinstance(held, str):
            continue
        wanted = pointer_to(schema.pointer, "properties", name, "contentSchema")
        pointer = pointer_to(example.pointer, name)
        try:
            value = json.loads(held)
        except ValueError as error:
            yield _CONTENT.broken(pointer, name=name, problem=str(error))
            continue
        if (found := best_match(errors_of(value, wanted))) is not None:
            yield _CONTENT.broken(pointer, name=name, problem=in_brief(found.message))


def _errors_in(value: object, pointer: str) -> Iterator[tuple[str, Mapping[str, object], str, str]]:
    """Everything in an example that is written like an error."""
    if isinstance(value, Mapping):
        for code, message in _ERROR_FORMS:
            if code in value and message in value:
                yield pointer, value, code, message
        for name, inner in value.items():
            yield from _errors_in(inner, pointer_to(pointer, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _errors_in(inner, pointer_to(pointer, index))


def _check_errors(contract: Contract) -> Iterator[Finding]:
    if not contract.has_codes:
        return
    seen: set[str] = set()
    for operation in contract.operations:
        for answer in contract.answers(operation):
            for media_type in contract.members(answer.place, "content"):
                for place in contract.members(media_type, "examples"):
                    pointer = pointer_to(place.pointer, "value")
                    for found in _errors_in(place.value.get("value"), pointer):
                        if found[0] not in seen:
                            yield from _check_entry(contract, *found)
                        seen.add(found[0])
                        yield from _check_use(contract, operation, answer.status, *found[:3])


def _number(value: object) -> int:
    return int(value) if isinstance(value, str) and value.isdecimal() else whole(value, -1)


def _check_entry(
    contract: Contract, pointer: str, error: Mapping[str, object], code: str, message: str
) -> Iterator[Finding]:
    entry = contract.codes.get(str(error[code]))
    if entry is None:
        yield _CODE.broken(pointer_to(pointer, code), code=error[code])
    elif error[message] != entry.get("message"):
        wanted = repr(entry.get("message"))
        yield _MESSAGE.broken(pointer_to(pointer, message), code=error[code], found=repr(error[message]), wanted=wanted)


def _check_use(
    contract: Contract, operation: Place, status: str, pointer: str, error: Mapping[str, object], code: str
) -> Iterator[Finding]:
    entry = contract.codes.get(str(error[code]))
    if entry is None:
        return
    at = pointer_to(pointer, code)
    # A refused recipient stands in an answer of success.
    if status.isdecimal() and not status.startswith("2") and status != text(str(entry.get("http_status"))):
        yield _STATUS.broken(at, code=error[code], wanted=entry.get("http_status"), found=status, id=title(operation))
    # The shared default answer shows a code for everyone.
    if status != "default" and _number(error[code]) not in contract.codes_of(operation):
        yield _LISTED.broken(at, code=error[code], id=title(operation))


def _check(contract: Contract) -> Iterator[Finding]:
    yield from _check_schemas(contract)
    yield from _check_errors(contract)


EXAMPLES = Family(_check, (_FITS, _CONTENT, _CODE, _MESSAGE, _STATUS, _LISTED))
