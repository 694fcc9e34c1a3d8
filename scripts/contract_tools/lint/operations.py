"""Operations: id, tag, security, parameters, retry."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import pointer_to
from ..places import Place
from ..reading import mapping, sequence, text
from .contract import Contract, title
from .rule import Family, Finding, Rule

_ID_MISSING = Rule(
    "operation-id-missing",
    "{method} {path} has no operationId, so each generator makes up its own name",
    "give it an operationId",
)
_ID_UNIQUE = Rule(
    "operation-id-unique",
    "operationId {id} is as good as that of {other}; one of the two would vanish from the client",
    "give each operation an id of its own, apart by more than case and underscores",
)
_ID_FORM = Rule(
    "operation-id-form",
    "operationId {id} makes no function name",
    "write it like sendCode: a lower-case letter, then letters and digits",
)
_SECURITY_MISSING = Rule(
    "security-explicit",
    "{id} has no security of its own; generators ignore the document's",
    "add security with the one scheme that it takes",
)
_SECURITY_ONE = Rule(
    "security-one",
    "{id} names {count} security schemes; generated clients cannot choose",
    "name exactly one scheme",
)
_SECURITY_KNOWN = Rule(
    "security-known",
    "{scheme} is not among components/securitySchemes",
    "name one of these: {known}",
)
_SECURITY_CALLBACK = Rule(
    "security-callback",
    "{id} is called by the service, which has no credentials of ours",
    "write security: []",
)
_TAG_ONE = Rule(
    "tag-one",
    "{id} has {count} tags; generators make one module for each of them, or none",
    "give it exactly one tag",
)
_TAG_KNOWN = Rule("tag-known", "tag {tag} is not declared", "add it to the tags of the document")
_PARAMETER_UNDECLARED = Rule(
    "path-parameter-declared",
    "{{{name}}} in {path} is not declared for {id}",
    "add a parameter {name} with in: path",
)
_PARAMETER_UNUSED = Rule(
    "path-parameter-used",
    "parameter {name} of {id} is not in {path}",
    "write {{{name}}} into the path, or take the parameter out",
)
_RETRY = Rule("retry-valid", "x-retry of {id} is {value}", "write safe (it may be repeated) or never")
_EXTENSION = Rule(
    "extension-missing",
    "{id} has no {extension}, which the other operations have",
    "add {extension}",
)

_ID = re.compile(r"[a-z][A-Za-z0-9]*")
_IN_PATH = re.compile(r"\{([^{}]+)\}")
_RETRIES = ("safe", "never")
# A document that uses one of these anywhere has to use it on every operation.
_ALL_OR_NONE = ("x-retry", "x-error-codes", "x-summary-zh")


def _check_ids(contract: Contract) -> Iterator[Finding]:
    seen: dict[str, Place] = {}
    for operation in [*contract.operations, *contract.callbacks]:
        pointer = pointer_to(operation.pointer, "operationId")
        name = text(operation.value.get("operationId"))
        if not name:
            path = operation.around.name if operation.around else ""
            yield _ID_MISSING.broken(operation.pointer, method=operation.name.upper(), path=path)
            continue
        if not _ID.fullmatch(name):
            yield _ID_FORM.broken(pointer, id=name)
        folded = name.replace("_", "").lower()
        if folded in seen:
            yield _ID_UNIQUE.broken(pointer, id=name, other=seen[folded].pointer)
        seen.setdefault(folded, operation)


def _check_security(contract: Contract) -> Iterator[Finding]:
    known = mapping(mapping(contract.data.get("components")).get("securitySchemes"))
    for operation in contract.callbacks:
        if operation.value.get("security") != []:
            yield _SECURITY_CALLBACK.broken(_at(operation, "security"), id=title(operation))
    for operation in contract.operations if known else ():
        pointer = _at(operation, "security")
        if "security" not in operation.value:
            yield _SECURITY_MISSING.broken(pointer, id=title(operation))
            continue
        schemes = [name for requirement in sequence(operation.value["security"]) for name in mapping(requirement)]
        if len(schemes) != 1 or len(sequence(operation.value["security"])) != 1:
            yield _SECURITY_ONE.broken(pointer, id=title(operation), count=len(schemes) or "no")
        for scheme in schemes:
            if scheme not in known:
                yield _SECURITY_KNOWN.broken(pointer, scheme=scheme, known=", ".join(known))


def _check_tags(contract: Contract) -> Iterator[Finding]:
    known = {mapping(tag).get("name") for tag in sequence(contract.data.get("tags"))}
    for operation in [*contract.operations, *contract.callbacks]:
        tags = sequence(operation.value.get("tags"))
        if len(tags) != 1:
            yield _TAG_ONE.broken(_at(operation, "tags"), id=title(operation), count=len(tags) or "no")
        for tag in tags:
            if tag not in known:
                yield _TAG_KNOWN.broken(_at(operation, "tags"), tag=tag)


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
                yield _PARAMETER_UNDECLARED.broken(operation.pointer, name=name, path=path, id=title(operation))
        for name in declared:
            if name not in in_path:
                yield _PARAMETER_UNUSED.broken(operation.pointer, name=name, path=path, id=title(operation))


def _check_extensions(contract: Contract) -> Iterator[Finding]:
    used = [key for key in _ALL_OR_NONE if any(key in operation.value for operation in contract.operations)]
    for operation in contract.operations:
        for key in used:
            if key not in operation.value:
                yield _EXTENSION.broken(operation.pointer, id=title(operation), extension=key)
        if "x-retry" in operation.value and operation.value["x-retry"] not in _RETRIES:
            value = operation.value["x-retry"]
            yield _RETRY.broken(_at(operation, "x-retry"), id=title(operation), value=value)


def _at(operation: Place, key: str) -> str:
    return pointer_to(operation.pointer, key) if key in operation.value else operation.pointer


def _check(contract: Contract) -> Iterator[Finding]:
    for check in (_check_ids, _check_security, _check_tags, _check_parameters, _check_extensions):
        yield from check(contract)


OPERATIONS = Family(
    _check,
    (
        _ID_MISSING,
        _ID_UNIQUE,
        _ID_FORM,
        _SECURITY_MISSING,
        _SECURITY_ONE,
        _SECURITY_KNOWN,
        _SECURITY_CALLBACK,
        _TAG_ONE,
        _TAG_KNOWN,
        _PARAMETER_UNDECLARED,
        _PARAMETER_UNUSED,
        _RETRY,
        _EXTENSION,
    ),
)
