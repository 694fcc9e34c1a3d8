"""Clients that others generate from the contract: the recipes in examples/clients, and how they are built."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sysconfig
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from local_sandbox import PICTURE
from provisioning import NotInstalledError, install_debian, unpack_debian

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "clients"
_FILE = "recipe.toml"


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
    driver: str  # the command that carries out operations, see checks.py
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
    found = [_read(path.parent) for path in FOLDER.glob(f"*/{_FILE}")]
    return {recipe.name: recipe for recipe in sorted(found, key=lambda one: (not one.every_change, one.name))}


def _read(folder: Path) -> Recipe:
    try:
        content = tomllib.loads((folder / _FILE).read_text(encoding="utf-8"))
        content |= {"document": ROOT / content["document"], "source": folder / content["source"]}
        if "shared" in content:
            content["shared"] = folder.parent / content["shared"]
        return _READER.validate_python({"name": folder.name, "folder": folder, **content})
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValidationError) as error:
        raise RecipeError(f"{folder.name}/{_FILE}: {error!r}") from error


WORK = ROOT / ".clients"
# What a build may keep from the run before: downloads and compiled dependencies, nothing that was generated.
_KEPT = frozenset({"node_modules", "target", ".venv"})
_LONGEST_BUILD = 1500.0
# Runs a command in an unpacked Debian, in a folder of this machine; the mounts are gone when the command ends.
_ENTER = r"""set -eu
root=$1 folder=$2 command=$3
mkdir -p "$root/proc" "$root/dev" "$root$folder"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$folder" "$root$folder"
inner='cd "$0" && exec bash -euo pipefail -c "$1"'
exec chroot "$root" /usr/bin/env PATH=/usr/bin HOME=/tmp bash -euo pipefail -c "$inner" "$folder" "exec $command"
"""
# A picture beside the programs, for uploads.
IMAGE = "image.png"
# The commands of a recipe as scripts, beside its programs.
BUILD, QUICKSTART = "build.sh", "quickstart.sh"


class BuildError(Exception):
    """A command of the recipe failed; the message has the end of its output."""


def _all(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def environment() -> dict[str, str]:
    """Copy the caller's variables without credentials; uv and Node of this project come first."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("JSMS_")}
    path = os.pathsep.join([sysconfig.get_path("scripts"), ours.get("PATH", os.defpath)])
    return {**ours, "PATH": path, "DO_NOT_TRACK": "1", "npm_config_update_notifier": "false"}


def require(recipe: Recipe, *, install: bool) -> None:
    """Make sure that the programs of a recipe are there.

    Raises:
        NotInstalledError: One is not, and it may not or cannot be installed.
    """
    missing = _missing(recipe)
    can_install = bool(recipe.debian or recipe.unpacked)
    if missing and install and can_install:
        if recipe.debian:
            install_debian(recipe.debian)
        root = _root(recipe)
        if recipe.unpacked is not None and root is not None and not root.exists():
            unpack_debian(recipe.unpacked.suite, recipe.unpacked.packages, root)
        missing = _missing(recipe)
    if missing:
        how = "--install installs it" if can_install and not install else "install it, then run this again"
        raise NotInstalledError(f"{', '.join(missing)} is not on this machine; {how}")


def build(recipe: Recipe, *, without: str = "") -> Path:
    """Generate and compile a client from a fresh copy of its recipe, without a text in its files and commands.

    Returns:
        The folder that its commands run in.

    Raises:
        BuildError: A command failed, and failed again: the first time, it may have been a download.
    """
    try:
        return _build(recipe, without)
    except BuildError:
        return _build(recipe, without)


def _build(recipe: Recipe, without: str) -> Path:
    place = WORK / recipe.name
    place.mkdir(parents=True, exist_ok=True)
    for path in place.iterdir():
        if path.name in _KEPT:
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    recipe = replace(recipe, build=[command.replace(without, "") for command in recipe.build])
    lay_out(recipe, place)
    for path in _all(place) if without else ():
        if not _KEPT.intersection(path.relative_to(place).parts):
            _take_out(without, path)
    (place / IMAGE).write_bytes(PICTURE)
    is_elsewhere = _root(recipe) is not None
    for command in [inside(recipe, each, place) for each in recipe.build] if is_elsewhere else [f"./{BUILD}"]:
        run(command, place, environment(), _LONGEST_BUILD)
    return place


def lay_out(recipe: Recipe, target: Path, files: Callable[[Path], Iterable[Path]] = _all) -> None:
    """Copy a recipe into a folder, with its contract beside it and its commands as scripts."""
    for folder in filter(None, (recipe.shared, recipe.folder)):
        for path in files(folder):
            copy = target / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    shutil.copyfile(recipe.document, target / "openapi.yaml")
    scripts = {BUILD: ["set -x", *recipe.build], QUICKSTART: [f'{recipe.quickstart} "$@"']}
    for name, commands in scripts.items():
        script = target / name
        lines = ["#!/usr/bin/env bash", "set -euo pipefail", 'cd "$(dirname "$0")"', *commands, ""]
        script.write_text("\n".join(lines), encoding="utf-8", newline="\n")
        script.chmod(0o755)


def quickstart(recipe: Recipe, place: Path, mobile: str) -> str:
    """Give the command that sends a code to a number and verifies what is typed."""
    if _root(recipe) is not None:
        return inside(recipe, f"{recipe.quickstart} {mobile}", place)
    return f"./{QUICKSTART} {mobile}"


def inside(recipe: Recipe, command: str, place: Path) -> str:
    """Adapt a command to this machine: with ``chroot`` where its program is one of an unpacked Debian."""
    root = _root(recipe)
    if recipe.unpacked is None or root is None or command.split(maxsplit=1)[0] not in recipe.unpacked.programs:
        return command
    return shlex.join(["unshare", "--mount", "sh", "-c", _ENTER, "sh", str(root), str(place), command])


def _root(recipe: Recipe) -> Path | None:
    """Find where another Debian is unpacked for a recipe; None where the machine has the recipe's programs itself."""
    if recipe.unpacked is None or shutil.which(recipe.unpacked.programs[0], path=environment()["PATH"]):
        return None
    return WORK / recipe.unpacked.suite


def _take_out(text: str, path: Path) -> None:
    with contextlib.suppress(UnicodeDecodeError):
        before = path.read_text(encoding="utf-8")
        if text in before:
            path.write_text(before.replace(text, ""), encoding="utf-8")


def run(command: str, place: Path, variables: Mapping[str, str], seconds: float, given: str | None = None) -> str:
    """Run a shell command to its end; return what it printed.

    Raises:
        BuildError: It failed, or did not end in time; it and its children are gone then.
    """
    process = subprocess.Popen(
        ["nice", "-n", "15", "bash", "-euo", "pipefail", "-c", command],
        cwd=place,
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(given, timeout=seconds)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise BuildError(f"{command}\nwas not done after {seconds:.0f} seconds:\n{_tail(output)}") from None
        raise
    if process.returncode:
        raise BuildError(f"{command}\nfailed with exit code {process.returncode}:\n{_tail(output)}")
    return output


def _missing(recipe: Recipe) -> list[str]:
    variables = environment()
    missing = [program for program in recipe.programs if shutil.which(program, path=variables["PATH"]) is None]
    root = _root(recipe)
    if recipe.unpacked is not None and root is not None and not root.exists():
        missing.append(recipe.unpacked.programs[0])
    if not missing and recipe.probe:
        probe = ["bash", "-c", recipe.probe]
        if subprocess.run(probe, env=variables, capture_output=True, check=False).returncode:
            return [f"what `{recipe.probe}` needs"]
    return missing


def _tail(output: str) -> str:
    return "\n".join(f"  {line}" for line in output.strip().splitlines()[-40:])
