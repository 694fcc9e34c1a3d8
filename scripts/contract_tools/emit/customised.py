"""The customised results of the overlay, read from their source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "overlay" / "jsms_runtime" / "customised.py"

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

_OPERATION = re.compile(r"[a-z]+[A-Z][A-Za-z]*")
_ATTRIBUTE = re.compile(r"^ {4}(?P<name>\w+): (?P<words>.*(?:\n {8}.*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a customised class adds or gives another type."""

    name: str
    type: str  # its type, as source
    default: str  # its default, as source; empty for none
    words: str  # what its class says of it


@dataclass(frozen=True, slots=True)
class Customised:
    """What a customised class changes about the generated one."""

    name: str
    summary: str  # the first line of its docstring
    fields: tuple[Field, ...]  # the fields that it adds or changes
    # for each field with a method that makes it: the fields of the response that the method takes
    finders: Mapping[str, tuple[str, ...]]
    left_out: frozenset[str]  # fields of the response that are not shown


@lru_cache(maxsize=1)
def customised_results(source: Path = SOURCE) -> tuple[Mapping[str, Customised], tuple[str, ...]]:
    """Find every customised class by name, and the names that its module exports."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    names = exported(tree)
    return {name: _read(node) for name, node in classes.items() if not node.bases and name in names}, names


def exported(tree: ast.Module) -> tuple[str, ...]:
    """Return the names in a module's ``__all__``."""
    lists = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return tuple(sorted({name for each in lists for name in _texts(each)}))


def left_over(
    results: Mapping[str, Iterable[str]],
    resources: Iterable[str],
    operations: Iterable[str],
    fields: Iterable[str],
    constants: Mapping[str, Iterable[str]],
) -> list[str]:
    """List the customisations whose generated part is gone.

    Args:
        results: The results of the document, each with the names of its fields.
        resources: The classes of its resources.
        operations: Its operationIds.
        fields: The names of all fields of its requests and responses.
        constants: The modules of constants that are made from it, such as ``jsms_contract.codes``, with their names.
    """
    classes, known, names = {*resources}, {*operations}, {*fields}
    found: list[str] = []
    for name, custom in sorted(customised_results()[0].items()):
        where = f"{SOURCE.relative_to(_ROOT)}: {name}"
        if name not in results:
            found.append(f"{where} is no result")
            continue
        taken = {field for wanted in custom.finders.values() for field in wanted} | custom.left_out
        found += [f"{where} has no field {field}" for field in sorted(taken - {*results[name]})]
    found += [
        f"{METHODS.relative_to(_ROOT)}: {node.name} is no resource"
        for node in ast.parse(METHODS.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name.removeprefix("Async") not in classes
    ]
    for path, tree in _parsed(NAME_OPERATIONS):
        wanted = sorted(name for name in _texts(tree) if _OPERATION.fullmatch(name))
        found += [f"{path}: {name} is no operation" for name in wanted if name not in known]
    for pattern, holders in NAME_FIELDS.items():
        for path, tree in _parsed([pattern]):
            found += [f"{path}: {name} is no field" for name in sorted(_read_from(tree, holders) - names)]
    for path, tree in _parsed(
        (f"{root}/**/*.py" for root in ("overlay", "cli", "sandbox", "scripts")), "jsms_contract"
    ):
        for module, name in sorted(_constants_in(tree)):
            if module in constants and name not in {*constants[module]}:
                found.append(f"{path}: {name} is not in {module}")
    return found


def _constants_in(tree: ast.AST) -> set[tuple[str, str]]:
    """Find the constants that code uses, each with its module."""
    nodes = [*ast.walk(tree)]
    imports = [
        (node.module or "", each.name) for node in nodes if isinstance(node, ast.ImportFrom) for each in node.names
    ]
    modules = {name: f"{module}.{name}" for module, name in imports if module == "jsms_contract"}
    attributes = [node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    return {*imports, *((modules.get(ast.unparse(each.value), ""), each.attr) for each in attributes if modules)}


def _parsed(patterns: Iterable[str], word: str = "") -> Iterator[tuple[str, ast.Module]]:
    """Parse the modules that these patterns name and that have a word in them."""
    for path in (path for pattern in patterns for path in sorted(_ROOT.glob(pattern))):
        if word in (source := path.read_text(encoding="utf-8")):
            yield path.relative_to(_ROOT).as_posix(), ast.parse(source)


def _texts(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


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
            found |= _texts(key)
    return found


def _read(node: ast.ClassDef) -> Customised:
    docstring = ast.get_docstring(node) or ""
    words = {found["name"]: " ".join(found["words"].split()) for found in _ATTRIBUTE.finditer(docstring)}
    fields: list[Field] = []
    finders: dict[str, tuple[str, ...]] = {}
    left_out: frozenset[str] = frozenset()
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            name, kind = each.target.id, ast.unparse(each.annotation)
            value = "" if each.value is None else ast.unparse(each.value)
            if name == "left_out":
                left_out = frozenset(ast.literal_eval(value))
            elif not kind.startswith("ClassVar"):
                fields.append(Field(name, kind, value, words.get(name, "")))
        elif isinstance(each, ast.FunctionDef) and each.name.startswith("find_"):
            finders[each.name.removeprefix("find_")] = tuple(argument.arg for argument in each.args.args)
    return Customised(node.name, docstring.partition("\n")[0], tuple(fields), finders, left_out)
