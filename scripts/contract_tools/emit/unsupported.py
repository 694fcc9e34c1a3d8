"""What the typed client cannot express, found before anything is generated, with what to do instead."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from contract_tools.document import Document, Problem
from contract_tools.emit.customised import customised_results, parsed
from contract_tools.emit.model import Surface, SurfaceError, class_name, resource_name
from contract_tools.openapi import (
    follow,
    kinds_of,
    mapping,
    operations,
    pointer_to,
    schemas,
    schemas_within,
    sequence,
    text,
)
from contract_tools.python_source import IMPORTED, error_class_name, family_class_name

_OVERLAY = Path(__file__).parents[3] / "overlay"
_JSON, _FORM = "application/json", "multipart/form-data"
_PLAIN = ("string", "integer", "number", "boolean")


def unsupported(document: Document) -> list[Problem]:
    """Find every part of a document that the typed client would leave out or get wrong."""
    found = [*_in_operations(document.data), *_names(document.data)]
    return [document.place(Problem("unsupported", each.pointer, each.problem, each.remedy)) for each in found]


def _in_operations(data: Mapping[str, object]) -> Iterator[SurfaceError]:
    for path, method, operation, around in operations(data):
        pointer = pointer_to("#/paths", path, method)
        name = text(operation.get("operationId"), f"{method.upper()} {path}")
        for owner, place in ((around, pointer_to("#/paths", path)), (operation, pointer)):
            for index, parameter in enumerate(sequence(owner.get("parameters"))):
                where = text(follow(data, parameter).get("in"))
                if where in ("header", "cookie"):
                    yield SurfaceError(
                        pointer_to(place, "parameters", index),
                        f"{name} has a parameter in a {where}, which the typed client does not send",
                        "put it into the path, the query or the body, or take it out",
                    )
        yield from _body(data, operation, pointer, name)
        yield from _responses(data, operation, pointer, name)
        yield from _resource(operation, pointer)
    for call in Surface(data).operations:
        optional = ""
        for argument in call.arguments:
            if argument.positional and argument.member.required and optional:
                yield SurfaceError(
                    pointer_to("#/paths", call.path, call.verb.lower(), "x-positional"),
                    f"{optional} need not be given, and {argument.member.name} after it must be",
                    f"name {argument.member.name} first, or leave {optional} out",
                )
            optional = optional or ("" if argument.member.required else argument.member.name)


def _body(
    data: Mapping[str, object], operation: Mapping[str, object], pointer: str, name: str
) -> Iterator[SurfaceError]:
    content = mapping(follow(data, operation.get("requestBody")).get("content"))
    at = pointer_to(pointer, "requestBody", "content")
    if content and not content.keys() & {_JSON, _FORM}:
        yield SurfaceError(
            at, f"{name} takes {', '.join(content)}, which the typed client does not send", f"write {_JSON} or {_FORM}"
        )
    if _JSON in content or _FORM not in content:
        return
    form = mapping(content[_FORM]).get("schema")
    reference = text(mapping(form).get("$ref")) or pointer_to(at, _FORM, "schema")
    for field, schema in mapping(follow(data, form).get("properties")).items():
        if not set(kinds_of(follow(data, schema))) <= {*_PLAIN}:
            yield SurfaceError(
                pointer_to(reference, "properties", field),
                f"{field} is a list or an object in a form, which the typed client does not send",
                "make it a text, a number, a boolean or a file, or send JSON",
            )


def _responses(
    data: Mapping[str, object], operation: Mapping[str, object], pointer: str, name: str
) -> Iterator[SurfaceError]:
    for status, response in mapping(operation.get("responses")).items():
        content = mapping(follow(data, response).get("content"))
        if status.startswith("2") and content and _JSON not in content:
            yield SurfaceError(
                pointer_to(pointer, "responses", status, "content"),
                f"{name} responds with {', '.join(content)}, which the typed client does not read",
                f"write {_JSON}, or take the content out where the body is empty",
            )


def _resource(operation: Mapping[str, object], pointer: str) -> Iterator[SurfaceError]:
    resource = resource_name(operation)
    at = pointer_to(pointer, "x-resource" if "x-resource" in operation else "tags")
    if resource in _attributes() or class_name(resource) in _CLASSES:
        yield SurfaceError(
            at,
            f"{resource} is a name of the client's own, and no resource can have it",
            "choose another with x-resource",
        )


def _names(data: Mapping[str, object]) -> Iterator[SurfaceError]:
    results = schemas_within(data, [operation.get("responses") for _, _, operation, _ in operations(data)])
    for name in schemas(data):
        if name in _CLASSES or (name in results and name in defined("jsms_client/__init__.py")):
            yield SurfaceError(
                pointer_to("#/components/schemas", name),
                f"{name} is the name of a class of the client's own",
                "call the schema something else",
            )
    own = defined("jsms_runtime/errors.py") | defined("jsms_client/errors.py")
    made = [
        (pointer_to("#/x-error-codes", code, "name"), error_class_name(text(mapping(entry).get("name"))))
        for code, entry in mapping(data.get("x-error-codes")).items()
    ]
    made += [
        (pointer_to("#/x-error-families", family), family_class_name(family))
        for family in mapping(data.get("x-error-families"))
    ]
    for pointer, name in made:
        if name in own or hasattr(builtins, name):
            yield SurfaceError(pointer, f"its exception would be {name}, which there is already", "choose another name")


# What modules of results and resources import or define by these names.
_CLASSES = (
    frozenset({name for name in IMPORTED if name[0].isupper()})
    | {*customised_results()[1], "MalformedRecord", "Resources"} - customised_results()[0].keys()
)


@cache
def defined(path: str) -> frozenset[str]:
    """List the public names that a handwritten module defines or imports."""
    found: set[str] = set()
    for node in ast.walk(parsed(_OVERLAY / path)):
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("jsms_contract"):
            found |= {alias.asname or alias.name for alias in node.names}
    return frozenset(found)


@cache
def _attributes() -> frozenset[str]:
    """List the attributes of a client, but for the resources that it has in place of generated ones."""
    folder = _OVERLAY / "jsms_client" / "_async"
    resources = {node.name for node in parsed(folder / "customised.py").body if isinstance(node, ast.ClassDef)}
    found: set[str] = set()
    for node in ast.walk(parsed(folder / "client.py")):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found |= {node.name, node.name.removeprefix("a")}  # aclose() of the one is close() of the other
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return frozenset(name for name in found if f"Async{class_name(name)}" not in resources)
