"""Bodies and answers: which there have to be, and what they have to carry."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import pointer_to
from ..reading import mapping
from .contract import Contract, title
from .rule import Family, Finding, Rule

_RANGE = Rule(
    "answer-range",
    "{status} stands for many statuses, which most generators cannot express",
    "name each status, and add default for the rest",
)
_DEFAULT = Rule(
    "answer-default",
    "{id} has no default answer, so generated clients have no type for what they do not expect",
    "add default with the shared error answer",
)
_SUCCESS = Rule("answer-success", "{id} has no answer of success", "add an answer with a 2xx status")
_ELSEWHERE = Rule(
    "answer-in-place",
    "the success response {status} is a $ref, and some generators then type its result as null",
    "write the response in place; error responses may stay references",
)
_EXAMPLE = Rule("example-missing", "this body has no example", "add examples with at least one complete value")
_PARAMETER = Rule("parameter-example", "the parameter {name} has no example", "add an example beside its schema")
_NO_SCHEMA = Rule(
    "content-schema",
    "this content has no schema",
    "give it a schema; a body that is empty has no content at all",
)
_ENCODING = Rule(
    "content-encoding",
    "an encoding block is read by few generators",
    "take it out; a file is type: string with format: binary",
)
_FORM = Rule(
    "form-named",
    "the form has no name, so it becomes a list of loose arguments",
    "name it among components/schemas and refer to it",
)

_RANGE_KEY = re.compile(r"[1-5]XX", re.IGNORECASE)
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def _check_answers(contract: Contract) -> Iterator[Finding]:
    for operation in [*contract.operations, *contract.callbacks]:
        answers = list(contract.answers(operation))
        for answer in answers:
            if _RANGE_KEY.fullmatch(answer.status):
                yield _RANGE.broken(answer.pointer, status=answer.status)
            if answer.status.startswith("2") and "$ref" in mapping(contract.at(answer.pointer)):
                yield _ELSEWHERE.broken(answer.pointer, status=answer.status)
    for operation in contract.operations:
        statuses = {answer.status for answer in contract.answers(operation)}
        pointer = pointer_to(operation.pointer, "responses")
        if "default" not in statuses:
            yield _DEFAULT.broken(pointer, id=title(operation))
        if not any(status.startswith("2") for status in statuses):
            yield _SUCCESS.broken(pointer, id=title(operation))


def _check_content(contract: Contract) -> Iterator[Finding]:
    for place in contract.of_kind("media_type"):
        if place.around is None or place.around.kind not in ("request_body", "response"):
            continue
        if "schema" not in place.value:
            yield _NO_SCHEMA.broken(place.pointer)
        elif not mapping(place.value.get("examples")) and "example" not in place.value:
            yield _EXAMPLE.broken(place.pointer)
        if "encoding" in place.value:
            yield _ENCODING.broken(pointer_to(place.pointer, "encoding"))
        if place.name in _FORMS and "schema" in place.value and "$ref" not in mapping(place.value["schema"]):
            yield _FORM.broken(pointer_to(place.pointer, "schema"))


def _check_parameters(contract: Contract) -> Iterator[Finding]:
    for place in contract.of_kind("parameter"):
        if "example" not in place.value and not mapping(place.value.get("examples")):
            yield _PARAMETER.broken(place.pointer, name=place.value.get("name"))


def _check(contract: Contract) -> Iterator[Finding]:
    for check in (_check_answers, _check_content, _check_parameters):
        yield from check(contract)


ANSWERS = Family(_check, (_RANGE, _DEFAULT, _SUCCESS, _ELSEWHERE, _EXAMPLE, _PARAMETER, _NO_SCHEMA, _ENCODING, _FORM))
