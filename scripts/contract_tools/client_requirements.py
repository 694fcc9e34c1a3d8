"""What the client requires of a document, checked before anything is generated.

A document must have nothing that the typed client cannot express, and everything that handwritten code names.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial

from contract_tools.document import Document, Problem
from contract_tools.emit import catalogue
from contract_tools.emit.model import FORM, JSON, SCALARS, Surface
from contract_tools.emit.overlay_source import (
    METHODS,
    OVERLAY,
    RESULTS,
    client_attributes,
    customised_results,
    defined,
    exported,
    parsed,
    texts,
)
from contract_tools.emit.results import reader_name
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
from contract_tools.python_source import IMPORTED, class_name, error_class_name, family_class_name, resource_name

_ROOT = OVERLAY.parent
NAME_OPERATIONS = (
    *("overlay/jsms_client/_async/customised.py", "overlay/jsms_client/campaigns/**/*.py"),
    *("cli/jsms_cli/commands/*.py", "sandbox/jsms_sandbox/service/operations/__init__.py"),
    *("sandbox/jsms_sandbox/conformance.py", "sandbox/jsms_sandbox/state/rate_limits.py"),
)
"""What is written for single operations, which it names: customised methods, campaigns, commands, the sandbox."""
NAME_FIELDS = {
    "overlay/jsms_client/campaigns/_journal/batches.py": ("body", "entry"),
    "sandbox/jsms_sandbox/service/composing.py": ("fields", "values"),
    "sandbox/jsms_sandbox/service/operations/*.py": ("fields", "values"),
}
"""What reads fields by their names in the request or response, and what it calls the objects that hold them."""

_SCHEMAS = "#/components/schemas"
_OPERATION = re.compile(r"[a-z]+[A-Z][A-Za-z]*")
# What modules of results and resources import or define by these names.
_CLASSES = frozenset(
    {name for name in IMPORTED if name[0].isupper()}
    | ({*customised_results()[1], "MalformedRecord", "Resources"} - customised_results()[0].keys())
)


def unsupported(document: Document) -> list[Problem]:
    """Find every part of a document that the typed client would leave out or get wrong."""
    return [*map(document.place, (*_in_operations(document.data), *_names(document.data)))]


_problem = partial(Problem, "unsupported")


def _in_operations(data: Mapping[str, object]) -> Iterator[Problem]:
    for path, method, operation, around in operations(data):
        pointer = pointer_to("#/paths", path, method)
        name = text(operation.get("operationId"), f"{method.upper()} {path}")
        for owner, place in ((around, pointer_to("#/paths", path)), (operation, pointer)):
            for index, parameter in enumerate(sequence(owner.get("parameters"))):
                where = text(follow(data, parameter).get("in"))
                if where in ("header", "cookie"):
                    yield _problem(
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
                yield _problem(
                    pointer_to("#/paths", call.path, call.verb.lower(), "x-positional"),
                    f"{optional} need not be given, and {argument.member.name} after it must be",
                    f"name {argument.member.name} first, or leave {optional} out",
                )
            optional = optional or ("" if argument.member.required else argument.member.name)


def _body(data: Mapping[str, object], operation: Mapping[str, object], pointer: str, name: str) -> Iterator[Problem]:
    content = mapping(follow(data, operation.get("requestBody")).get("content"))
    at = pointer_to(pointer, "requestBody", "content")
    if content and not content.keys() & {JSON, FORM}:
        yield _problem(
            at, f"{name} takes {', '.join(content)}, which the typed client does not send", f"write {JSON} or {FORM}"
        )
    if JSON in content or FORM not in content:
        return
    form = mapping(content[FORM]).get("schema")
    reference = text(mapping(form).get("$ref")) or pointer_to(at, FORM, "schema")
    for field, schema in mapping(follow(data, form).get("properties")).items():
        if not set(kinds_of(follow(data, schema))) <= SCALARS.keys():
            yield _problem(
                pointer_to(reference, "properties", field),
                f"{field} is a list or an object in a form, which the typed client does not send",
                "make it a text, a number, a boolean or a file, or send JSON",
            )


def _responses(
    data: Mapping[str, object], operation: Mapping[str, object], pointer: str, name: str
) -> Iterator[Problem]:
    for status, response in mapping(operation.get("responses")).items():
        content = mapping(follow(data, response).get("content"))
        if status.startswith("2") and content and JSON not in content:
            yield _problem(
                pointer_to(pointer, "responses", status, "content"),
                f"{name} responds with {', '.join(content)}, which the typed client does not read",
                f"write {JSON}, or take the content out where the body is empty",
            )


def _resource(operation: Mapping[str, object], pointer: str) -> Iterator[Problem]:
    resource = resource_name(operation)
    at = pointer_to(pointer, "x-resource" if "x-resource" in operation else "tags")
    is_own = resource in client_attributes() and f"Async{class_name(resource)}" not in defined(METHODS)
    if is_own or class_name(resource) in _CLASSES:
        yield _problem(
            at,
            f"{resource} is a name of the client's own, and no resource can have it",
            "choose another with x-resource",
        )


def _names(data: Mapping[str, object]) -> Iterator[Problem]:
    results = schemas_within(data, [operation.get("responses") for _, _, operation, _ in operations(data)])
    for name in schemas(data):
        if name in _CLASSES or (name in results and name in defined(OVERLAY / "jsms_client" / "__init__.py")):
            yield _problem(
                pointer_to("#/components/schemas", name),
                f"{name} is the name of a class of the client's own",
                "call the schema something else",
            )
    own = defined(*(OVERLAY / package / "errors.py" for package in ("jsms_runtime", "jsms_client")))
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
            yield _problem(pointer, f"its exception would be {name}, which there is already", "choose another name")


def operations_of_client() -> frozenset[str]:
    """Return the operationIds that ``jsms_client`` is written for by name."""
    patterns = (pattern for pattern in NAME_OPERATIONS if pattern.startswith("overlay/"))
    return frozenset(name for _, tree in _modules(patterns) for name in _operations_in(tree))


def missing_names(surface: Surface) -> list[Problem]:
    """List the names in handwritten code that a document does not have; each message begins with the file."""
    operations = {each.id for each in surface.operations}
    fields = {member.wire for name in schemas(surface.data) for member in surface.record(name).members}
    made = _names_in(surface)
    found = [*_customised_results(surface), *_customised_methods(surface)]
    for path, tree in _modules(NAME_OPERATIONS):
        wanted = sorted(_operations_in(tree) - operations)
        found += [_gone(path, f"{name} is no operation", "#/paths", _keep("operation")) for name in wanted]
    for pattern, holders in NAME_FIELDS.items():
        for path, tree in _modules([pattern]):
            wanted = sorted(_read_from(tree, holders) - fields)
            found += [_gone(path, f"{name} is no field", _SCHEMAS, _keep("field")) for name in wanted]
    for path, tree in _modules(f"{root}/**/*.py" for root in ("overlay", "cli", "sandbox", "scripts")):
        if "/_sync/" in path:
            continue  # made from _async
        for origin, name in _constants_in(tree):
            module = "jsms_api.models" if origin.startswith("jsms_api.models.") else origin
            if module in made and name not in {"*", *made[module]}:
                at = "#/x-error-codes" if module.endswith((".codes", ".errors")) else _SCHEMAS
                found.append(_gone(path, f"{name} is not in {module}", at, _keep("name")))
    return found


def _names_in(surface: Surface) -> Mapping[str, Iterable[str]]:
    """List the names in the modules that are made from a document."""
    made: dict[str, Iterable[str]] = {
        f"jsms_contract.{name}": exported(ast.parse(emit(surface.data) or ""))
        for name, emit in catalogue.MODULES.items()
    }
    for resource, records in surface.results.items():
        names = [name for record in records for name in (record.name, reader_name(record.name))]
        made[f"jsms_surface.results.{resource}"] = names
    made["jsms_client.errors"] = {*made["jsms_contract.errors"], *defined(OVERLAY / "jsms_client" / "errors.py")}
    made["jsms_api.models"] = schemas(surface.data).keys()
    return made


def _customised_results(surface: Surface) -> Iterator[Problem]:
    """Find the customised results, and the fields that they take, that are gone."""
    where = RESULTS.relative_to(_ROOT).as_posix()
    for name, custom in sorted(customised_results()[0].items()):
        at = f"{_SCHEMAS}/{name}"
        if name not in surface.home_of_result:
            yield _gone(where, f"{name} is no result", at, _keep("result"))
            continue
        taken = {field for wanted in custom.finders.values() for field in wanted} | custom.left_out
        for field in sorted(taken - {member.name for member in surface.record(name).members}):
            yield _gone(where, f"{name} has no field {field}", at, _keep("field"))


def _customised_methods(surface: Surface) -> Iterator[Problem]:
    """Find the customised resources that are gone, and the operations that are on another one now."""
    where = METHODS.relative_to(_ROOT).as_posix()
    operations = {each.id: each for each in surface.operations}
    classes = {class_name(resource) for resource in surface.resources}
    for node in parsed(METHODS).body:
        if not isinstance(node, ast.ClassDef):
            continue
        resource = node.name.removeprefix("Async")
        if resource not in classes:
            yield _gone(where, f"{node.name} is no resource", "#/paths", _keep("resource"))
        for each in (operations[name] for name in sorted(_operations_in(node) & operations.keys())):
            if (home := class_name(each.resource)) != resource:
                said_in = "x-resource" if "x-resource" in each.source else "tags"
                at = pointer_to("#/paths", each.path, each.verb.lower(), said_in)
                remedy = f"keep it on {resource}, with its tag or with x-resource, or move the code with it"
                problem = f"{node.name} customises {each.id}, which is on {home}"
                yield _gone(where, problem, at, remedy)


def _gone(source: str, problem: str, pointer: str, remedy: str) -> Problem:
    return Problem("left-over", pointer, f"{source}: {problem}", remedy)


def _keep(kind: str) -> str:
    return f"keep the {kind}, or rename or remove it in that file"


def _operations_in(tree: ast.AST) -> set[str]:
    return {name for name in texts(tree) if _OPERATION.fullmatch(name)}


@cache
def _constants_in(tree: ast.AST) -> list[tuple[str, str]]:
    """Find the names that code imports, and the constants that it uses, each with its module."""
    nodes = [*ast.walk(tree)]
    imports = [
        (node.module or "", each.name) for node in nodes if isinstance(node, ast.ImportFrom) for each in node.names
    ]
    modules = {name: f"{module}.{name}" for module, name in imports if module == "jsms_contract"}
    attributes = [node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    return sorted(
        {*imports, *((modules.get(ast.unparse(each.value), ""), each.attr) for each in attributes if modules)}
    )


def _modules(patterns: Iterable[str]) -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules that these patterns name, each with its path."""
    for path in (path for pattern in patterns for path in sorted(_ROOT.glob(pattern))):
        yield path.relative_to(_ROOT).as_posix(), parsed(path)


def _read_from(tree: ast.AST, holders: Iterable[str]) -> set[str]:
    """Find what is read from objects of these names: ``fields["tag"]``, ``request.fields.get("tag")``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            holder, key = node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            holder, key = node.func.value, node.args[0]
        else:
            continue
        name = holder.id if isinstance(holder, ast.Name) else holder.attr if isinstance(holder, ast.Attribute) else ""
        if name in holders:
            found |= texts(key)
    return found
