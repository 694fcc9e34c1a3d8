"""What ran, kept as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from .recipe import FOLDER

FILE = FOLDER / "results.json"
QUICKSTART = "quickstart"
YES = "yes"


@dataclass(frozen=True)
class Result:
    """One run of one recipe.

    Attributes:
        date: The day, as 2026-01-31.
        toolchain: The language's version, as it printed it.
        cells: YES, or what the client did instead, by the name of the check.
    """

    date: str
    toolchain: str
    cells: Mapping[str, str]


def read(file: Path = FILE) -> dict[str, Result]:
    """What ran last, by recipe."""
    if not file.exists():
        return {}
    kept = json.loads(file.read_text(encoding="utf-8"))
    return {name: Result(**result) for name, result in kept.items()}


def keep(results: Mapping[str, Result], file: Path = FILE) -> None:
    """Replace what is kept of these recipes."""
    merged = {**read(file), **results}
    text = json.dumps({name: asdict(merged[name]) for name in sorted(merged)}, ensure_ascii=False, indent=2)
    file.write_text(f"{text}\n", encoding="utf-8")
