"""Operations: id, tag, security, parameters, responses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import pointer_to
from ..places import Place
from ..reading import mapping, sequence, text
from .contract import Contract, title
from .rules import Finding, broken

_ID = re.compile(r"[a-z][A-Za-z0-9]*")
_RANGE_KEY = re.compile(r"[1-5]XX", re.IGNORECASE)
_IN_PATH = re.compile(r"\{([^{}]+)\}")
# A document that uses one of these anywhere has to use it on every operation.
_ALL_OR_NONE = ("x-retry", "x-error-codes", "x-summary-zh")


def _check_ids(contract: Contract) -> Iterator[Finding]:
    seen: dict[str, Place] = {}
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


def _check_extensions(contract: Contract) -> Iterator[Finding]:
    used = [key for key in _ALL_OR_NONE if any(key in operation.value for operation in contract.operations)]
    for operation in contract.operations:
        for key in used:
            if key not in operation.value:
                yield broken("extension-missing", operation.pointer, id=title(operation), extension=key)


def _check_answers(contract: Contract) -> Iterator[Finding]:
    for operation in [*contract.operations, *contract.callbacks]:
        for answer in contract.answers(operation):
            if _RANGE_KEY.fullmatch(answer.status):
                yield broken("answer-range", answer.pointer, status=answer.status)
            if answer.status.startswith("2") and "$ref" in mapping(contract.at(answer.pointer)):
                yield broken("answer-in-place", answer.pointer, status=answer.status)


def _at(operation: Place, key: str) -> str:
    return pointer_to(operation.pointer, key) if key in operation.value else operation.pointer


def check_operations(contract: Contract) -> Iterator[Finding]:
    """Everything about operations that takes more than one part to decide."""
    for check in (_check_ids, _check_security, _check_tags, _check_parameters, _check_extensions, _check_answers):
        yield from check(contract)
