"""Rules that a JSON Schema decides: OpenAPI itself, ``style.yaml`` for parts and extensions, schemas for examples."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from jsonschema import Draft202012Validator, exceptions
from jsonschema.validators import validator_for
from openapi_schema_validator import OAS30Validator, oas30_format_checker, oas31_format_checker
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator, schemas
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML

from contract_tools.document import Problem
from contract_tools.openapi import Contract, Node, mapping, pointer_to, sequence, text, title

_MOST = 200
_NAME = "urn:document"
_CORRECT = "correct the example or the schema"
_UNEXPECTED = re.compile(r"\('(.+?)'.* unexpected\)$")
_REMEDIES = {
    "required": "add it",
    "unevaluatedProperties": "take it out, or begin its name with x-",
    "additionalProperties": "take it out, or begin its name with x-",
    "type": "give a value of that type",
    "enum": "use one of these",
    "pattern": "write it in that form",
}
_READER: Any = YAML(typ="safe", pure=True)
_STYLE: Any = _READER.load(Path(__file__).with_name("style.yaml"))
RULES: Mapping[str, Mapping[str, dict[str, object]]] = _STYLE["rules"]
_EXTENSIONS: Mapping[str, Mapping[str, object]] = _STYLE["extensions"]
_PLACES = {
    name: [kind for kind in _EXTENSIONS if name in _EXTENSIONS[kind]] for each in _EXTENSIONS.values() for name in each
}
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
# Every keyword of JSON Schema, with those that OpenAPI 3.0 and 3.1 add.
_KEYWORDS = frozenset(
    (
        *Draft202012Validator.VALIDATORS,
        *("$schema", "$comment", "$defs", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "then", "else"),
        *("title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples"),
        *("contentMediaType", "contentEncoding", "contentSchema"),
        *("discriminator", "xml", "externalDocs", "example", "nullable"),
    )
)
_BY_LOWER = {name.lower(): name for name in (*_KEYWORDS, *_PLACES)}
# Close enough to be one of ours misspelt, and far enough to leave the extensions of other tools alone.
_CUTOFF = 0.75
# Members whose names and values are the document's own.
_FREE = ("example", "examples", "default", "enum", "const", "value")


class SchemaError(NamedTuple):
    """A place in a value that does not fit a schema."""

    path: tuple[str | int, ...]  # the way to it from the value
    problem: str  # what is wrong, in short
    keyword: str  # the keyword of the schema that it does not fit


def check_structure(contract: Contract) -> Iterator[Problem]:
    """Check that it is OpenAPI and JSON Schema."""
    known: Any = schemas
    schema = known.schema_v30 if contract.is_3_0 else known.schema_v31
    # Not the package's own validator: another one, with other words and places, where jsonschema-rs is installed.
    yield from _schema_errors("OpenAPI", "#", validator_for(schema)(schema), contract.data)
    if contract.is_3_0:
        return
    # The schema of OpenAPI 3.1 leaves schemas to JSON Schema.
    json_schema = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    for node in contract.of_kind("schema"):
        if node.around is None or node.around.kind != "schema":
            yield from _schema_errors("JSON Schema", node.pointer, json_schema, node.value)


def _schema_errors(language: str, start: str, validator: Any, value: object) -> Iterator[Problem]:
    for error in map(_cause, validator.iter_errors(value)):
        remedy = _REMEDIES.get(error.keyword, "compare this part with the specification")
        yield Problem("structure", pointer_to(start, *error.path), f"this is not {language}: {error.problem}", remedy)


def check_whole(contract: Contract) -> Iterator[Problem]:
    """Yield what openapi-spec-validator finds beyond the schemas; it says what, but not where."""
    validator: Any = OpenAPIV30SpecValidator if contract.is_3_0 else OpenAPIV31SpecValidator
    try:
        problems = [in_brief(error.message) for error in validator(dict(contract.data)).iter_errors()]
    except Exception as error:  # noqa: BLE001 - how it fails is not documented; each means that it cannot read this
        problems = [in_brief(str(error)) or type(error).__name__]
    for problem in problems:
        message = f"openapi-spec-validator refuses the document: {problem}"
        yield Problem("validator", "#", message, "correct what it names")


def _cause(error: Any) -> SchemaError:
    """Find the most telling cause of an error."""
    relevant: Any = exceptions
    deepest = (relevant.best_match(error.context) if error.context else None) or error
    return SchemaError(_path(deepest), in_brief(deepest.message), str(deepest.validator))


def _path(error: Any) -> tuple[str | int, ...]:
    """Find the path to what is wrong; only the message of an error names a member that is not allowed."""
    if "propertyNames" in error.absolute_schema_path:
        return (*error.absolute_path, error.instance)
    named = _UNEXPECTED.search(error.message)
    unexpected = (named[1],) if named and named[1] in mapping(error.instance) else ()
    return (*error.absolute_path, *unexpected)


def in_brief(message: str) -> str:
    """Shorten another tool's message to a part of a line, by its middle."""
    line = " ".join(message.split()).rstrip(".")
    return line if len(line) <= _MOST else f"{line[: _MOST - 70]} … {line[-60:]}"


def check_style(contract: Contract) -> Iterator[Problem]:
    """Check the rules of ``style.yaml``, the values of extensions among them."""
    for node in contract.nodes:
        if "$ref" in node.value and node.kind != "path_item":
            continue
        names, validator = _style(tuple(_kinds(contract, node)))
        for error in validator.iter_errors(node.value):
            where, place = error.absolute_schema_path, pointer_to(node.pointer, *_path(error))
            if where[0] == "properties":
                cause = _cause(error)
                message = f"{where[1]} does not fit: {cause.problem}"
                remedy = "see the table of extensions in docs/contract.md"
                yield Problem("extension-value", pointer_to(node.pointer, *cause.path), message, remedy)
                continue
            kind, name = names[int(where[1])]
            words = {
                "name": node.value.get("name") if node.kind == "parameter" else node.name,
                "id": title(node),
                "key": [node.name, *_path(error)][-1],
                "value": in_brief(str(error.instance)),
            }
            says, fix = (str(RULES[kind][name][key]).format(**words) for key in ("says", "fix"))
            yield Problem(name, place, says, fix)


def _kinds(contract: Contract, node: Node) -> Iterator[str]:
    """Yield what a part is for the rules; its own kind first."""
    yield node.kind
    if node.kind == "document" and contract.codes:
        yield "catalogue"
    elif node.kind == "path_item" and node.role == "webhooks":
        yield "webhook"
    elif node.kind == "operation":
        yield "request" if contract.path_of(node) else "callback"
        if contract.path_of(node) and mapping(contract.data.get("components")).get("securitySchemes"):
            yield "secured request"
    elif node.kind == "media_type" and node.around is not None and node.around.kind in ("request_body", "response"):
        yield "body"
        if node.name in _FORMS:
            yield "form"
    elif node.kind == "schema":
        yield "component schema" if node.is_component else "inline schema"
        if not contract.is_3_0:
            yield "schema of 3.1"
        if contract.is_requested(node):
            yield "sent schema"


@lru_cache(maxsize=64)
def _style(kinds: tuple[str, ...]) -> tuple[list[tuple[str, str]], Any]:
    """Make the validator of a part, with the kind and the name of each of its rules."""
    names = [(kind, name) for kind in kinds for name in RULES.get(kind, {})]
    values = {**_EXTENSIONS["any"], **_EXTENSIONS.get(kinds[0], {})}
    return names, Draft202012Validator({"allOf": [RULES[kind][name] for kind, name in names], "properties": values})


def check_extensions(contract: Contract) -> Iterator[Problem]:
    """Check that extensions stand where they are read, and that keywords and extensions are spelt as documented."""
    for node in contract.nodes:
        yield from _check_between(contract, node)
        for name in node.value if "$ref" not in node.value or node.kind == "path_item" else ():
            pointer = pointer_to(node.pointer, name)
            if name.startswith("x-"):
                yield from _check_extension(pointer, name, node.kind)
            elif node.kind == "schema" and name not in _KEYWORDS:
                near = difflib.get_close_matches(name.lower(), _BY_LOWER, n=1, cutoff=_CUTOFF)
                remedy = f"did you mean {_BY_LOWER[near[0]]}?" if near else "take it out, or begin its name with x-"
                message = f"{name} is no keyword of a schema, so nothing reads it"
                yield Problem("schema-keyword", pointer, message, remedy)


def _check_extension(pointer: str, name: str, kind: str) -> Iterator[Problem]:
    places = _PLACES.get(name, [])
    if places and "any" not in places and kind not in places:
        yield _misplaced(pointer, name, kind.replace("_", " "))
    elif not places and (near := difflib.get_close_matches(name.lower().replace("_", "-"), _PLACES, 1, _CUTOFF)):
        message = f"{name} is no extension that anything reads"
        yield Problem("extension-spelling", pointer, message, f"did you mean {near[0]}?")


def _check_between(contract: Contract, node: Node) -> Iterator[Problem]:
    """Find extensions that a wrong indentation put among the members of a map, such as responses."""
    for role, members in node.value.items():
        pointer = pointer_to(node.pointer, role)
        if role.startswith("x-") or role in _FREE or pointer in contract.by_pointer:
            continue
        for name in mapping(members):
            if "any" not in _PLACES.get(name, ["any"]):
                yield _misplaced(pointer_to(pointer, name), name, f"part {role}")


def _misplaced(pointer: str, name: str, kind: str) -> Problem:
    places = ", ".join(_PLACES[name])
    return Problem("extension-place", pointer, f"{name} does nothing on this {kind}", f"put it on: {places}")


_Fit = Callable[[object, str], SchemaError | None]


class _Example(NamedTuple):
    pointer: str
    value: object
    schema: str


def check_examples(contract: Contract) -> Iterator[Problem]:
    """Check every example against its schema."""
    error_of = _checker(contract)
    for example in _examples(contract):
        found = error_of(example.value, example.schema)
        if found is not None:
            pointer = pointer_to(example.pointer, *found.path)
            yield Problem("example-fits", pointer, f"the example does not fit its schema: {found.problem}", _CORRECT)
        else:
            yield from _check_content(contract, example, error_of)


def _examples(contract: Contract) -> Iterator[_Example]:
    for node in contract.of_kind("media_type", "parameter", "header", "schema"):
        schema = node.pointer if node.kind == "schema" else pointer_to(node.pointer, "schema")
        if not contract.has(schema):
            continue
        if "example" in node.value:
            yield _Example(pointer_to(node.pointer, "example"), node.value["example"], schema)
        for index, value in enumerate(sequence(node.value.get("examples"))):
            yield _Example(pointer_to(node.pointer, "examples", index), value, schema)
        for named in contract.members(node, "examples"):
            if "value" in named.value:
                yield _Example(pointer_to(named.pointer, "value"), named.value["value"], schema)


def _checker(contract: Contract) -> _Fit:
    """Make a check of values against schemas that may refer to any part of the document."""
    registries: Any = Registry
    registry = registries().with_resource(_NAME, DRAFT202012.create_resource(dict(contract.data)))
    kind: Any = OAS30Validator if contract.is_3_0 else Draft202012Validator
    formats = oas30_format_checker if contract.is_3_0 else oas31_format_checker

    def error_of(value: object, pointer: str) -> SchemaError | None:
        schema = {"$ref": f"{_NAME}{quote(pointer, safe='#/')}"}
        return _best_error(kind(schema, registry=registry, format_checker=formats), value)

    return error_of


def _best_error(validator: Any, value: object) -> SchemaError | None:
    """Find the most telling error of a value; None where it fits."""
    relevant: Any = exceptions
    try:
        error = relevant.best_match(validator.iter_errors(value))
    except Exception:  # noqa: BLE001 - a schema that breaks the validator is reported by the rules for schemas
        return None
    return None if error is None else _cause(error)


def _check_content(contract: Contract, example: _Example, error_of: _Fit) -> Iterator[Problem]:
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
            yield Problem("example-content", pointer_to(example.pointer, name), message, _CORRECT)
