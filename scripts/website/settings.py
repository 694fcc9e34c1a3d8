"""The one setting of the documentation."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def repository(root: Path = ROOT) -> str:
    """The address of the source repository, from pyproject.toml; nothing until it is set there."""
    settings: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return str(settings["tool"]["hatch"]["metadata"]["hooks"]["custom"]["repository"]).rstrip("/")
