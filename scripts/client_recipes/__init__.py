"""Clients that others generate from the contract: the recipes in examples/clients, and what ran last."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

ROOT = Path(__file__).resolve().parents[2]
_FOLDER = ROOT / "examples" / "clients"
_FILE = "recipe.toml"
_RESULTS = _FOLDER / "results.json"
QUICKSTART = "quickstart"
YES = "yes"


class RecipeError(Exception):
    """A recipe cannot be read; the message says which one and why."""


@dataclass(frozen=True)
class Switch:
    """What a recipe cannot do without."""

    check: str  # the check that fails without it
    remove: str  # the text that it is, in a file of the recipe or in a command


@dataclass(frozen=True)
class Unpacked:
    """Programs of another Debian release, run in a folder where it is unpacked if the machine has none of its own."""

    suite: str
    packages: Sequence[str]
    programs: Sequence[str]  # what commands that run there begin with; the first is looked for on the machine


@dataclass(frozen=True)
class Recipe:
    """One generated client: its recipe.toml, with paths instead of names."""

    name: str  # of its folder
    folder: Path
    title: str  # language, generator and HTTP library
    versions: Mapping[str, str]  # what is pinned
    document: Path  # the contract that the generator reads
    programs: Sequence[str]  # what must be on the PATH
    toolchain: str  # the command that prints the version of the language
    build: Sequence[str]  # commands that generate and compile, in a copy of the folder
    quickstart: str  # the command that sends and verifies a code
    driver: str  # the command that carries out operations, see driver.py
    source: Path  # the file of the quickstart that the documentation shows
    notes: Sequence[str]
    shared: Path | None = None  # a folder with the common files of several recipes of a language
    probe: str = ""  # a command that fails where a library of the system is missing
    debian: Sequence[str] = ()  # the packages that bring the programs
    cannot: Mapping[str, str] = field(default_factory=dict[str, str])  # why a check fails, by its name
    switches: Sequence[Switch] = ()
    every_change: bool = False  # whether CI runs it on every change
    unpacked: Unpacked | None = None


_READER = TypeAdapter(Recipe)


def recipes() -> dict[str, Recipe]:
    """Read every recipe by its name, those of every change first.

    Raises:
        RecipeError: One cannot be read.
    """
    found = [_read(path.parent) for path in _FOLDER.glob(f"*/{_FILE}")]
    return {recipe.name: recipe for recipe in sorted(found, key=lambda one: (not one.every_change, one.name))}


def _read(folder: Path) -> Recipe:
    try:
        said = tomllib.loads((folder / _FILE).read_text(encoding="utf-8"))
        said |= {"document": ROOT / said["document"], "source": folder / said["source"]}
        if "shared" in said:
            said["shared"] = folder.parent / said["shared"]
        return _READER.validate_python({"name": folder.name, "folder": folder, **said})
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValidationError) as error:
        raise RecipeError(f"{folder.name}/{_FILE}: {error!r}") from error


@dataclass(frozen=True)
class Result:
    """One run of one recipe."""

    date: str  # as 2026-01-31
    toolchain: str  # the language's version, as it printed it
    cells: Mapping[str, str]  # YES, or what the client did instead, by the name of the check


def results() -> dict[str, Result]:
    """Read the last results, by recipe."""
    kept = json.loads(_RESULTS.read_text(encoding="utf-8"))
    return {name: Result(**result) for name, result in kept.items()}


def keep(new: Mapping[str, Result]) -> None:
    """Replace what is kept of these recipes."""
    merged = {**results(), **new}
    text = json.dumps({name: asdict(merged[name]) for name in sorted(merged)}, ensure_ascii=False, indent=2)
    _RESULTS.write_text(f"{text}\n", encoding="utf-8")
