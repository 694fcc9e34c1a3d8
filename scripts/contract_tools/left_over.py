"""Handwritten code that names what a document does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from contract_tools.emit.catalogue import emit_billing, emit_codes, emit_errors, emit_limits, emit_values
from contract_tools.emit.customised import SOURCE, customised_results, exported, parsed, texts
from contract_tools.emit.model import Surface, class_name
from contract_tools.emit.results import reader_name
from contract_tools.emit.unsupported import defined
from contract_tools.openapi import pointer_to, schemas

_ROOT = SOURCE.parents[2]
METHODS = _ROOT / "overlay" / "jsms_client" / "_async" / "customised.py"
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
_CONSTANTS = {
    "billing": emit_billing,
    "codes": emit_codes,
    "errors": emit_errors,
    "limits": emit_limits,
    "values": emit_values,
}


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Handwritten code that names what the document does not have."""

    source: str  # the file of the code
    problem: str
    pointer: str  # where the document would have it
    remedy: str

    def __str__(self) -> str:
        """File and problem."""
        return f"{self.source}: {self.problem}"

    def is_of(self, folder: str) -> bool:
        """Whether the code is in a folder of the repository."""
        return self.source.startswith(f"{folder}/")


def operations_of_client() -> frozenset[str]:
    """Return the operationIds that ``jsms_client`` is written for by name."""
    patterns = (pattern for pattern in NAME_OPERATIONS if pattern.startswith("overlay/"))
    return frozenset(name for _, tree in _modules(patterns) for name in _operations_in(tree))


def gone_from(surface: Surface) -> list[LeftOver]:
    """List the handwritten code that names what a document does not have."""
    data = surface.data
    made: dict[str, Iterable[str]] = {
        f"jsms_contract.{name}": exported(ast.parse(emit(data) or "")) for name, emit in _CONSTANTS.items()
    }
    for resource, records in surface.results.items():
        names = [name for record in records for name in (record.name, reader_name(record.name))]
        made[f"jsms_surface.results.{resource}"] = names
    made["jsms_client.errors"] = {*made["jsms_contract.errors"], *defined("jsms_client/errors.py")}
    made["jsms_api.models"] = schemas(data).keys()
    return left_over(
        {name: [member.name for member in surface.record(name).members] for name in surface.home_of_result},
        {class_name(resource): [each.id for each in held] for resource, held in surface.resources.items()},
        {
            each.id: pointer_to(
                *("#/paths", each.path, each.verb.lower()), "x-resource" if "x-resource" in each.source else "tags"
            )
            for each in surface.operations
        },
        (member.wire for name in schemas(data) for member in surface.record(name).members),
        made,
    )


def left_over(
    results: Mapping[str, Iterable[str]],
    resources: Mapping[str, Iterable[str]],
    operations: Mapping[str, str],
    fields: Iterable[str],
    constants: Mapping[str, Iterable[str]],
) -> list[LeftOver]:
    """List the handwritten code whose generated part is gone.

    Args:
        results: The results of the document, each with the names of its fields.
        resources: The classes of its resources, each with its operationIds.
        operations: Its operationIds, each with the place that says its resource.
        fields: The names of all fields of its requests and responses.
        constants: The modules that are made from it, such as ``jsms_contract.codes``, with their names.
    """
    names = {*fields}
    found: list[LeftOver] = []
    for name, custom in sorted(customised_results()[0].items()):
        where, at = SOURCE.relative_to(_ROOT).as_posix(), f"{_SCHEMAS}/{name}"
        if name not in results:
            found.append(LeftOver(where, f"{name} is no result", at, _keep("result")))
            continue
        taken = {field for wanted in custom.finders.values() for field in wanted} | custom.left_out
        found += [
            LeftOver(where, f"{name} has no field {field}", at, _keep("field"))
            for field in sorted(taken - {*results[name]})
        ]
    found += _customised_methods(resources, operations)
    for path, tree in _modules(NAME_OPERATIONS):
        wanted = sorted(_operations_in(tree) - operations.keys())
        found += [LeftOver(path, f"{name} is no operation", "#/paths", _keep("operation")) for name in wanted]
    for pattern, holders in NAME_FIELDS.items():
        for path, tree in _modules([pattern]):
            wanted = sorted(_read_from(tree, holders) - names)
            found += [LeftOver(path, f"{name} is no field", _SCHEMAS, _keep("field")) for name in wanted]
    for path, tree in _modules(f"{root}/**/*.py" for root in ("overlay", "cli", "sandbox", "scripts")):
        if "/_sync/" in path:
            continue  # made from _async
        for origin, name in _constants_in(tree):
            module = "jsms_api.models" if origin.startswith("jsms_api.models.") else origin
            if module in constants and name not in {"*", *constants[module]}:
                at = "#/x-error-codes" if module.endswith((".codes", ".errors")) else _SCHEMAS
                found.append(LeftOver(path, f"{name} is not in {module}", at, _keep("name")))
    return found


def _customised_methods(resources: Mapping[str, Iterable[str]], operations: Mapping[str, str]) -> Iterator[LeftOver]:
    """Find the customised resources that are gone, and the operations that are on another one now."""
    where = METHODS.relative_to(_ROOT).as_posix()
    for node in parsed(METHODS).body:
        if not isinstance(node, ast.ClassDef):
            continue
        resource = node.name.removeprefix("Async")
        if resource not in resources:
            yield LeftOver(where, f"{node.name} is no resource", "#/paths", _keep("resource"))
        for name in sorted(_operations_in(node) & operations.keys() - {*resources.get(resource, ())}):
            home = next((each for each, held in resources.items() if name in held), "another")
            remedy = f"keep it on {resource}, with its tag or with x-resource, or move the code with it"
            yield LeftOver(where, f"{node.name} customises {name}, which is on {home}", operations[name], remedy)


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
