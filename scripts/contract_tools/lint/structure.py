"""Is it OpenAPI at all, does each ``$ref`` lead to what it should, and are operations complete?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, exceptions
from jsonschema.validators import validator_for
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator, schemas

from contract_tools.lint.rules import Contract, Finding, broken, title
from contract_tools.openapi import Node, mapping, pointer_to, sequence, text

_MOST = 200
_UNEXPECTED = re.compile(r"\('(.+?)'.* unexpected\)$")


_REMEDIES = {
    "required": "add it",
    "unevaluatedProperties": "take it out, or begin its name with x-",
    "additionalProperties": "take it out, or begin its name with x-",
    "type": "give a value of that type",
    "enum": "use one of these",
    "pattern": "write it in that form",
}


def check_structure(contract: Contract) -> Iterator[Finding]:
    """Check that it is OpenAPI and JSON Schema."""
    known: Any = schemas
    schema = known.schema_v30 if contract.is_3_0 else known.schema_v31
    # Not the package's own validator: another one, with other words and places, where jsonschema-rs is installed.
    whole = validator_for(schema)(schema)
    for error in iter_errors(whole, contract.data):
        yield _finding("structure", "#", error)
    if contract.is_3_0:
        return
    # The schema of OpenAPI 3.1 leaves schemas to JSON Schema.
    json_schema = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    for node in contract.of_kind("schema"):
        if node.around is None or node.around.kind != "schema":
            for error in iter_errors(json_schema, node.value):
                yield _finding("schema-structure", node.pointer, error)


def check_whole(contract: Contract) -> Iterator[Finding]:
    """Yield what openapi-spec-validator finds beyond the schemas; it says what, but not where."""
    validator: Any = OpenAPIV30SpecValidator if contract.is_3_0 else OpenAPIV31SpecValidator
    try:
        problems = [in_brief(error.message) for error in validator(dict(contract.data)).iter_errors()]
    except Exception as error:  # noqa: BLE001 - how it fails is not documented; each means that it cannot read this
        problems = [in_brief(str(error)) or type(error).__name__]
    for problem in problems:
        yield broken("validator", "#", problem=problem)


def _finding(rule: str, start: str, error: SchemaError) -> Finding:
    remedy = _REMEDIES.get(error.keyword, "compare this part with the specification")
    return broken(rule, pointer_to(start, *error.path), problem=error.problem, remedy=remedy)


@dataclass(frozen=True, slots=True)
class SchemaError:
    """A place in a value that does not fit a schema.

    Attributes:
        path: The way to it from the value.
        problem: What is wrong, in short.
        keyword: The keyword of the schema that it does not fit.
    """

    path: tuple[str | int, ...]
    problem: str
    keyword: str


def iter_errors(validator: object, value: object) -> Iterator[SchemaError]:
    """Yield each error of a value against a validator's schema, by its most telling cause."""
    checker: Any = validator
    for error in checker.iter_errors(value):
        yield _schema_error(error)


def best_error(validator: object, value: object) -> SchemaError | None:
    """Find the most telling error of a value; None where it fits."""
    checker: Any = validator
    relevant: Any = exceptions
    try:
        error = relevant.best_match(checker.iter_errors(value))
    except Exception:  # noqa: BLE001 - a schema that breaks the validator is reported by the rules for schemas
        return None
    return None if error is None else _schema_error(error)


def _schema_error(error: Any) -> SchemaError:
    relevant: Any = exceptions
    deepest = (relevant.best_match(error.context) if error.context else None) or error
    path = (*deepest.absolute_path, *_unexpected(deepest))
    return SchemaError(path, in_brief(deepest.message), str(deepest.validator))


def _unexpected(error: Any) -> tuple[str, ...]:
    """Find the member that may not be there, or not by this name: such an error says so in its message alone."""
    if "propertyNames" in error.absolute_schema_path:
        return (error.instance,)
    named = _UNEXPECTED.search(error.message)
    return (named[1],) if named and named[1] in mapping(error.instance) else ()


def in_brief(message: str) -> str:
    """Shorten another tool's message to a part of a line, by its middle."""
    line = " ".join(message.split()).rstrip(".")
    return line if len(line) <= _MOST else f"{line[: _MOST - 70]} … {line[-60:]}"


def check_links(contract: Contract) -> Iterator[Finding]:
    """Check where each ``$ref`` leads."""
    for node in contract.nodes:
        reference = node.value.get("$ref")
        if not isinstance(reference, str):
            continue
        pointer = pointer_to(node.pointer, "$ref")
        if not reference.startswith("#"):
            yield broken("reference-local", pointer, target=reference)
        elif not contract.has(reference):
            yield broken("reference-resolves", pointer, target=reference)
        elif (target := contract.by_pointer.get(reference)) is not None and target.kind != node.kind:
            yield broken(
                "reference-kind", pointer, target=reference, found=_words(target.kind), wanted=_words(node.kind)
            )
        elif target is not None and contract.follow(node) is None and _is_circle(contract, reference):
            yield broken("reference-circle", pointer, target=reference)


def _is_circle(contract: Contract, reference: str) -> bool:
    seen: set[str] = set()
    while reference and reference not in seen:
        seen.add(reference)
        target = contract.by_pointer.get(reference)
        reference = text(target.value.get("$ref")) if target else ""
    return bool(reference)


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _check_siblings(contract: Contract) -> Iterator[Finding]:
    for node in contract.nodes:
        beside = [name for name in node.value if name != "$ref"] if "$ref" in node.value else []
        if beside:
            yield broken("reference-siblings", pointer_to(node.pointer, beside[0]), names=", ".join(beside))


def _check_names(contract: Contract) -> Iterator[Finding]:
    """Check our own extensions that name something."""
    schemas = mapping(mapping(contract.data.get("components")).get("schemas"))
    for node in contract.of_kind("schema"):
        name = node.value.get("x-values")
        if name is not None and "enum" not in mapping(schemas.get(text(name))):
            yield broken("values-known", pointer_to(node.pointer, "x-values"), name=name)
        beside = mapping(node.around.value.get("properties") if node.around else None)
        for other in mapping(node.value.get("x-needed-when")):
            if other not in beside:
                yield broken("needed-when-known", pointer_to(node.pointer, "x-needed-when", other), name=other)
        for kind, target in mapping(node.value.get("x-payloads")).items():
            if not contract.has(text(target, "-")):
                yield broken("payload-known", pointer_to(node.pointer, "x-payloads", kind), target=target)


def check_references(contract: Contract) -> Iterator[Finding]:
    """Check the parts that refer to others."""
    for check in (_check_siblings, _check_names):
        yield from check(contract)


_ID = re.compile(r"[a-z][A-Za-z0-9]*")
_RANGE_KEY = re.compile(r"[1-5]XX", re.IGNORECASE)
_IN_PATH = re.compile(r"\{([^{}]+)\}")
# A document that uses one of these anywhere has to use it on every operation.
_ALL_OR_NONE = ("x-retry", "x-error-codes", "x-summary-zh")


def _check_ids(contract: Contract) -> Iterator[Finding]:
    seen: dict[str, Node] = {}
    for operation in [*contract.operations, *contract.callbacks]:
        pointer = pointer_to(operation.pointer, "operationId")
        name = text(operation.value.get("operationId"))
        if not name:
            path = operation.around.name if operation.around else ""
            yield broken("operation-id-missing", operation.pointer, method=operation.name.upper(), path=path)
            continue
        if not _ID.fullmatch(name):
            yield broken("operation-id-form", pointer, id=name)
        folded = name.replace("_", "").lower()
        if folded in seen:
            yield broken("operation-id-unique", pointer, id=name, other=seen[folded].pointer)
        seen.setdefault(folded, operation)


def _check_security(contract: Contract) -> Iterator[Finding]:
    known = mapping(mapping(contract.data.get("components")).get("securitySchemes"))
    for operation in contract.operations if known else ():
        pointer = _at(operation, "security")
        if "security" not in operation.value:
            yield broken("security-explicit", pointer, id=title(operation))
            continue
        schemes = [name for requirement in sequence(operation.value["security"]) for name in mapping(requirement)]
        if len(schemes) != 1 or len(sequence(operation.value["security"])) != 1:
            yield broken("security-one", pointer, id=title(operation), count=len(schemes) or "no")
        for scheme in schemes:
            if scheme not in known:
                yield broken("security-known", pointer, scheme=scheme, known=", ".join(known))


def _check_tags(contract: Contract) -> Iterator[Finding]:
    known = {mapping(tag).get("name") for tag in sequence(contract.data.get("tags"))}
    for operation in [*contract.operations, *contract.callbacks]:
        for tag in sequence(operation.value.get("tags")):
            if tag not in known:
                yield broken("tag-known", _at(operation, "tags"), tag=tag)


def _check_parameters(contract: Contract) -> Iterator[Finding]:
    for operation in contract.operations:
        path = contract.path_of(operation)
        in_path = _IN_PATH.findall(path)
        declared = {
            text(parameter.value.get("name")): parameter
            for parameter in contract.parameters(operation)
            if parameter.value.get("in") == "path"
        }
        for name in in_path:
            if name not in declared:
                yield broken("path-parameter-declared", operation.pointer, name=name, path=path, id=title(operation))
        for name in declared:
            if name not in in_path:
                yield broken("path-parameter-used", operation.pointer, name=name, path=path, id=title(operation))


def _check_all_or_none(contract: Contract) -> Iterator[Finding]:
    used = [key for key in _ALL_OR_NONE if any(key in operation.value for operation in contract.operations)]
    for operation in contract.operations:
        for key in used:
            if key not in operation.value:
                yield broken("extension-missing", operation.pointer, id=title(operation), extension=key)


def _check_responses(contract: Contract) -> Iterator[Finding]:
    for operation in [*contract.operations, *contract.callbacks]:
        for response in contract.responses(operation):
            if _RANGE_KEY.fullmatch(response.status):
                yield broken("response-range", response.pointer, status=response.status)
            if response.status.startswith("2") and "$ref" in mapping(contract.at(response.pointer)):
                yield broken("response-in-place", response.pointer, status=response.status)


def _at(operation: Node, key: str) -> str:
    return pointer_to(operation.pointer, key) if key in operation.value else operation.pointer


def check_operations(contract: Contract) -> Iterator[Finding]:
    """Check everything about operations that takes more than one part to decide."""
    for check in (_check_ids, _check_security, _check_tags, _check_parameters, _check_all_or_none, _check_responses):
        yield from check(contract)
