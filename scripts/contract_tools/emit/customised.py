"""The customised results of the overlay, read from their source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "overlay" / "jsms_runtime" / "customised.py"

_ROOT = SOURCE.parents[2]
METHODS = _ROOT / "overlay" / "jsms_client" / "_async" / "customised.py"
CAMPAIGNS = _ROOT / "overlay" / "jsms_client" / "campaigns"
BEHAVIOUR = _ROOT / "sandbox" / "jsms_sandbox" / "service" / "operations" / "__init__.py"
NAME_OPERATIONS = (METHODS, CAMPAIGNS / "_options.py", CAMPAIGNS / "_reconcile.py", BEHAVIOUR)
"""What is written for single operations, which it names: customised methods, campaigns, the sandbox's behaviour."""

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
    exported = tuple(
        text.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for text in ast.walk(node.value)
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    )
    found = {name: _read(node) for name, node in classes.items() if not node.bases and name in exported}
    return found, exported


def left_over(results: Iterable[str], resources: Iterable[str], operations: Iterable[str]) -> list[str]:
    """List the customisations whose generated part is gone.

    Args:
        results: The results of the document.
        resources: The classes of its resources.
        operations: Its operationIds.
    """
    classes, known = {*resources}, {*operations}
    found = [
        f"{SOURCE.relative_to(_ROOT)}: {name} is no result"
        for name in sorted(customised_results()[0].keys() - {*results})
    ]
    tree = ast.parse(METHODS.read_text(encoding="utf-8"))
    found += [
        f"{METHODS.relative_to(_ROOT)}: {node.name} is no resource"
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name.removeprefix("Async") not in classes
    ]
    for path in NAME_OPERATIONS:
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        named = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        wanted = sorted(name for name in named if _OPERATION.fullmatch(name))
        found += [f"{path.relative_to(_ROOT)}: {name} is no operation" for name in wanted if name not in known]
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
