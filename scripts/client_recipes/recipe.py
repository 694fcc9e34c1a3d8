"""Recipes: how a client in another language is generated, built and run, and what ran last."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "clients"
_FILE = "recipe.toml"


class RecipeError(Exception):
    """A recipe cannot be read; the message says which one and why."""


@dataclass(frozen=True)
class Switch:
    """What a recipe cannot do without.

    Attributes:
        check: The check that fails without it.
        remove: The text that it is, in a file of the recipe or in a command.
    """

    check: str
    remove: str


@dataclass(frozen=True)
class Unpacked:
    """Programs of another Debian release, run in a folder where it is unpacked if the machine has none of its own.

    Attributes:
        suite: The release.
        packages: Its packages.
        programs: The commands that run there begin with one of these. The first one is looked for on the machine.
    """

    suite: str
    packages: Sequence[str]
    programs: Sequence[str]


@dataclass(frozen=True)
class Recipe:
    """One generated client.

    Attributes:
        name: The name of its folder.
        folder: Where its programs and build files are.
        shared: A folder that several recipes of a language take their common files from; None where there is none.
        title: Language, generator and HTTP library.
        versions: What is pinned, by name.
        document: The contract that the generator reads, from the root of the project.
        programs: What must be on the PATH.
        probe: A command that fails where a library of the system is missing; empty where there is none.
        debian: The Debian packages that bring them.
        toolchain: The command that prints the version of the language.
        build: Shell commands that generate and compile, one after the other in a copy of the folder.
        quickstart: The command that sends and verifies a code.
        driver: The command that carries out operations, see program.py.
        source: The file of the quickstart that the documentation shows.
        notes: What a team has to know: options and switches, and why they are there.
        cannot: Why a check fails, by the name of the check.
        switches: What the checks prove to be needed.
        every_change: Whether CI runs it on every change.
        unpacked: Where some of its programs come from; None where the machine has them all.
    """

    name: str
    folder: Path
    shared: Path | None
    title: str
    versions: Mapping[str, str]
    document: Path
    programs: Sequence[str]
    probe: str
    debian: Sequence[str]
    toolchain: str
    build: Sequence[str]
    quickstart: str
    driver: str
    source: Path
    notes: Sequence[str]
    cannot: Mapping[str, str]
    switches: Sequence[Switch]
    every_change: bool
    unpacked: Unpacked | None = None


def recipes(folder: Path = FOLDER) -> dict[str, Recipe]:
    """Read every recipe by its name, those of every change first.

    Raises:
        RecipeError: One cannot be read.
    """
    found = [_read(path.parent) for path in folder.glob(f"*/{_FILE}")]
    return {recipe.name: recipe for recipe in sorted(found, key=lambda one: (not one.every_change, one.name))}


def _read(folder: Path) -> Recipe:
    try:
        said = tomllib.loads((folder / _FILE).read_text(encoding="utf-8"))
        recipe = _recipe(folder, said)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise RecipeError(f"{folder.name}/{_FILE}: {error!r}") from error
    return recipe


def _recipe(folder: Path, said: Mapping[str, Any]) -> Recipe:
    return Recipe(
        name=folder.name,
        folder=folder,
        shared=folder.parent / said["shared"] if "shared" in said else None,
        title=said["title"],
        versions=said["versions"],
        document=ROOT / said["document"],
        programs=said["programs"],
        probe=said.get("probe", ""),
        debian=said.get("debian", ()),
        toolchain=said["toolchain"],
        build=said["build"],
        quickstart=said["quickstart"],
        driver=said["driver"],
        source=folder / said["source"],
        notes=said["notes"],
        cannot=said.get("cannot", {}),
        switches=[Switch(**switch) for switch in said.get("switches", ())],
        every_change=said.get("every_change", False),
        unpacked=Unpacked(**said["unpacked"]) if "unpacked" in said else None,
    )


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
    """Read the last results, by recipe."""
    if not file.exists():
        return {}
    kept = json.loads(file.read_text(encoding="utf-8"))
    return {name: Result(**result) for name, result in kept.items()}


def keep(results: Mapping[str, Result], file: Path = FILE) -> None:
    """Replace what is kept of these recipes."""
    merged = {**read(file), **results}
    text = json.dumps({name: asdict(merged[name]) for name in sorted(merged)}, ensure_ascii=False, indent=2)
    file.write_text(f"{text}\n", encoding="utf-8")
