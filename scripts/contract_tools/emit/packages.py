"""Packages whose names are imported when they are asked for, and what makes those of a fork installable."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from contract_tools.changes.versions import package_version
from contract_tools.openapi import mapping, text
from contract_tools.python_source import MARK, literal, module

_ATTRIBUTES = """
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = model = getattr(import_module(f".{module}", __name__), name)
        return model

    def __dir__() -> list[str]:
        return sorted({*globals(), *_MODULES})
"""


def lazy_package(source: str) -> str:
    """The same package as one of the generator's ``__init__.py``, each name of it imported on first use."""
    tree = ast.parse(source)
    homes = {
        alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
        for alias in node.names
    }
    if not homes:
        return source
    names = sorted(homes)
    imports = "".join(f"    from .{homes[name]} import {name}\n" for name in names)
    modules = "".join(f"    {literal(name)}: {literal(homes[name])},\n" for name in names)
    return module(
        f"{(ast.get_docstring(tree) or '').rstrip('. ')}. Each name is imported when it is first asked for.",
        f"if TYPE_CHECKING:\n{imports}",
        f"_MODULES = {{\n{modules}}}",
        _ATTRIBUTES,
        imports=["from importlib import import_module", "from typing import TYPE_CHECKING"],
        exports=names,
    )


_FOLDER = "_jsms_fork"
_START = f'''{MARK}
"""Puts the packages of a fork first on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
'''
PACKAGING = ("pyproject.toml", f"{_FOLDER}.pth", f"{_FOLDER}.py")
"""The files."""


def fork_package(data: Mapping[str, object], packages: Iterable[str]) -> dict[str, bytes]:
    """The files by their names in the folder.

    Args:
        data: The document.
        packages: The packages that it made.
    """
    version = text(mapping(data.get("info")).get("version"), "0")
    places = "".join(f'"{name}" = "{_FOLDER}/{name}"\n' for name in sorted(packages))
    project = f"""{MARK}
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "jsms-client-fork"
version = {literal(version)}
description = "The typed client of a fork of the contract, for jsms-client"
requires-python = ">=3.11"
dependencies = ["jsms-client=={package_version(Path(__file__).parents[3])}"]

[tool.hatch.build.targets.wheel]
bypass-selection = true

[tool.hatch.build.targets.wheel.force-include]
"{_FOLDER}.pth" = "{_FOLDER}.pth"
"{_FOLDER}.py" = "{_FOLDER}/__init__.py"
{places}"""
    # Python runs what begins with "import" in such a file when it starts.
    files = {"pyproject.toml": project, f"{_FOLDER}.pth": f"{MARK}\nimport {_FOLDER}\n", f"{_FOLDER}.py": _START}
    return {name: content.encode() for name, content in files.items()}
