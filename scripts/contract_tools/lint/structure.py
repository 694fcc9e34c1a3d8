"""Is it OpenAPI at all? The published schemas of OpenAPI and JSON Schema decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from openapi_spec_validator.schemas import openapi_v30_schema_validator, openapi_v31_schema_validator

from ..document import pointer_to
from .contract import Contract
from .rule import Family, Finding, Rule, in_brief

_STRUCTURE = Rule("structure", "this is not OpenAPI: {problem}", "{remedy}")
_SCHEMA = Rule("schema-structure", "this is not JSON Schema: {problem}", "correct the keyword or its value")
_ELSEWHERE = Rule("validator", "openapi-spec-validator refuses the document: {problem}", "correct what it names")

_REMEDIES = {
    "required": "add it",
    "unevaluatedProperties": "take it out, or begin its name with x-",
    "additionalProperties": "take it out, or begin its name with x-",
    "type": "give a value of that type",
    "enum": "use one of these",
    "pattern": "write it in that form",
}


def _check_structure(contract: Contract) -> Iterator[Finding]:
    whole = openapi_v30_schema_validator if contract.is_3_0 else openapi_v31_schema_validator
    document: Any = contract.data
    for error in whole.iter_errors(document):
        yield _finding(_STRUCTURE, "#", error)
    if contract.is_3_0:
        return
    # The schema of OpenAPI 3.1 leaves schemas to JSON Schema.
    schemas = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    for place in contract.of_kind("schema"):
        if place.around is None or place.around.kind != "schema":
            schema: Any = place.value
            for error in schemas.iter_errors(schema):
                yield _finding(_SCHEMA, place.pointer, error)


def _check_whole(contract: Contract) -> Iterator[Finding]:
    """What openapi-spec-validator finds beyond the schemas; it says what, but not where."""
    validator = OpenAPIV30SpecValidator if contract.is_3_0 else OpenAPIV31SpecValidator
    try:
        errors: Iterable[ValidationError] = list(validator(dict(contract.data)).iter_errors())
    except Exception as error:  # noqa: BLE001  # how it fails is not documented; each means that it cannot read this
        yield _ELSEWHERE.broken("#", problem=str(error) or type(error).__name__)
        return
    for found in errors:
        yield _ELSEWHERE.broken("#", problem=in_brief(found.message))


def _finding(rule: Rule, start: str, error: ValidationError) -> Finding:
    inner = best_match(error.context or ()) if error.context else None
    deepest = inner if isinstance(inner, ValidationError) else error
    pointer = pointer_to(start, *deepest.absolute_path)
    remedy = _REMEDIES.get(str(deepest.validator), "compare this part with the OpenAPI specification")
    return rule.broken(pointer, problem=in_brief(deepest.message), remedy=remedy)


STRUCTURE = Rule("structure", "this is not OpenAPI: {problem}", "{remedy}")
_SCHEMA = Rule("schema-structure", "this is not JSON Schema: {problem}", "correct the keyword or its value")
_ELSEWHERE = Rule("validator", "openapi-spec-validator refuses the document: {problem}", "correct what it names")

_REMEDIES = {
    "required": "add it",
    "unevaluatedProperties": "take it out, or begin its name with x-",
    "additionalProperties": "take it out, or begin its name with x-",
    "type": "give a value of that type",
    "enum": "use one of these",
    "pattern": "write it in that form",
}


def _check_structure(contract: Contract) -> Iterator[Finding]:
    whole = openapi_v30_schema_validator if contract.is_3_0 else openapi_v31_schema_validator
    document: Any = contract.data
    for error in whole.iter_errors(document):
        yield _finding(_STRUCTURE, "#", error)
    if contract.is_3_0:
        return
    # The schema of OpenAPI 3.1 leaves schemas to JSON Schema.
    schemas = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    for place in contract.of_kind("schema"):
        if place.around is None or place.around.kind != "schema":
            schema: Any = place.value
            for error in schemas.iter_errors(schema):
                yield _finding(_SCHEMA, place.pointer, error)


def _check_whole(contract: Contract) -> Iterator[Finding]:
    """What openapi-spec-validator finds beyond the schemas; it says what, but not where."""
    validator = OpenAPIV30SpecValidator if contract.is_3_0 else OpenAPIV31SpecValidator
    try:
        errors: Iterable[ValidationError] = list(validator(dict(contract.data)).iter_errors())
    except Exception as error:  # noqa: BLE001  # how it fails is not documented; each means that it cannot read this
        yield _ELSEWHERE.broken("#", problem=str(error) or type(error).__name__)
        return
    for found in errors:
        yield _ELSEWHERE.broken("#", problem=in_brief(found.message))


def _finding(rule: Rule, start: str, error: ValidationError) -> Finding:
    inner = best_match(error.context or ()) if error.context else None
    deepest = inner if isinstance(inner, ValidationError) else error
    pointer = pointer_to(start, *deepest.absolute_path)
    remedy = _REMEDIES.get(str(deepest.validator), "compare this part with the OpenAPI specification")
    return rule.broken(pointer, problem=in_brief(deepest.message), remedy=remedy)


def in_brief(message: str) -> str:
    line = " ".join(message.split()).rstrip(".")
    return line if len(line) <= 200 else f"{line[:120]} … {line[-70:]}"


STRUCTURE = Family(_check_structure, (_STRUCTURE, _SCHEMA))
WHOLE = Family(_check_whole, (_ELSEWHERE,))
