"""Is it OpenAPI at all? The published schemas of OpenAPI and JSON Schema decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator, schemas

from ..document import pointer_to
from .contract import Contract
from .rule import Family, Finding, Rule
from .validation import Misfit, in_brief, misfits

_OPENAPI = Rule("structure", "this is not OpenAPI: {problem}", "{remedy}")
_SCHEMA = Rule("schema-structure", "this is not JSON Schema: {problem}", "{remedy}")
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
    known: Any = schemas
    schema = known.schema_v30 if contract.is_3_0 else known.schema_v31
    # Not the package's own validator: another one, with other words and places, where jsonschema-rs is installed.
    whole = validator_for(schema)(schema)
    for misfit in misfits(whole, contract.data):
        yield _finding(_OPENAPI, "#", misfit)
    if contract.is_3_0:
        return
    # The schema of OpenAPI 3.1 leaves schemas to JSON Schema.
    json_schema = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    for place in contract.of_kind("schema"):
        if place.around is None or place.around.kind != "schema":
            for misfit in misfits(json_schema, place.value):
                yield _finding(_SCHEMA, place.pointer, misfit)


def _check_whole(contract: Contract) -> Iterator[Finding]:
    """What openapi-spec-validator finds beyond the schemas; it says what, but not where."""
    validator: Any = OpenAPIV30SpecValidator if contract.is_3_0 else OpenAPIV31SpecValidator
    try:
        problems = [in_brief(error.message) for error in validator(dict(contract.data)).iter_errors()]
    except Exception as error:  # noqa: BLE001  # how it fails is not documented; each means that it cannot read this
        problems = [in_brief(str(error)) or type(error).__name__]
    for problem in problems:
        yield _ELSEWHERE.broken("#", problem=problem)


def _finding(rule: Rule, start: str, misfit: Misfit) -> Finding:
    remedy = _REMEDIES.get(misfit.keyword, "compare this part with the specification")
    return rule.broken(pointer_to(start, *misfit.path), problem=misfit.problem, remedy=remedy)


STRUCTURE = Family(_check_structure, (_OPENAPI, _SCHEMA))
WHOLE = Family(_check_whole, (_ELSEWHERE,))
