"""What makes the packages of a fork installable: ``pip install ./fork``, beside the wheel of jsms-client.

The packages go into a folder of their own, which comes first on the path when Python starts. So they neither overwrite
the files of the wheel nor depend on what is installed last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from .gate import package_version
from .python_source import MARK, literal
from .reading import mapping, text

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
dependencies = ["jsms-client=={package_version(Path(__file__).parents[2])}"]

[tool.hatch.build.targets.wheel]
bypass-selection = true

[tool.hatch.build.targets.wheel.force-include]
"{_FOLDER}.pth" = "{_FOLDER}.pth"
"{_FOLDER}.py" = "{_FOLDER}/__init__.py"
{places}"""
    # Python runs what begins with "import" in such a file when it starts.
    files = {"pyproject.toml": project, f"{_FOLDER}.pth": f"{MARK}\nimport {_FOLDER}\n", f"{_FOLDER}.py": _START}
    return {name: content.encode() for name, content in files.items()}


__all__ = ["PACKAGING", "fork_package"]
