"""What the overlay's handwritten modules define, read from their source: customised results, classes, attributes."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OVERLAY = Path(__file__).parents[3] / "overlay"
RESULTS = OVERLAY / "jsms_runtime" / "customised.py"
METHODS = OVERLAY / "jsms_client" / "_async" / "customised.py"

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


@cache
def customised_results() -> tuple[Mapping[str, Customised], tuple[str, ...]]:
    """Find every customised class by name, and the names that its module exports."""
    tree = parsed(RESULTS)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    names = exported(tree)
    return {name: _read(node) for name, node in classes.items() if not node.bases and name in names}, names


@cache
def parsed(path: Path) -> ast.Module:
    """Parse a handwritten module, once in a run."""
    return ast.parse(path.read_text(encoding="utf-8"))


def exported(tree: ast.Module) -> tuple[str, ...]:
    """Return the names in a module's ``__all__``."""
    lists = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return tuple(sorted({name for each in lists for name in texts(each)}))


def texts(tree: ast.AST) -> set[str]:
    """Return every text that is written in source."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@cache
def defined(*modules: Path) -> frozenset[str]:
    """List the classes that handwritten modules define, and the names that they import from others."""
    found: set[str] = set()
    for node in (node for path in modules for node in ast.walk(parsed(path))):
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("jsms_contract"):
            found |= {alias.asname or alias.name for alias in node.names}
    return frozenset(found)


@cache
def client_attributes() -> frozenset[str]:
    """List the attributes of a client, but for its resources."""
    client = METHODS.with_name("client.py")
    found: set[str] = set()
    for node in ast.walk(parsed(client)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found |= {node.name, node.name.removeprefix("a")}  # aclose() of the one is close() of the other
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return frozenset(found)


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
