"""What changed since a git revision, in the contract and in Python, and whether versions and changelog say so."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import griffe

from contract_tools.changes import LEVELS, Change, Level
from contract_tools.changes.contract import compare_with_words
from contract_tools.document import Document, DocumentError, parse
from contract_tools.openapi import mapping, text

CONTRACT = "The contract"
PYTHON = "The Python API"
_PACKAGE = "jsms_client"
_SOURCES = ("overlay", "generated")
# The documented modules; every other one is private, whatever its name.
_MODULES = ("", "errors", "results", "callbacks", "campaigns")
_CHANGELOG = "CHANGELOG.md"
_BREAKING = "**(Breaking)**"
_VERSION = re.compile(r"([0-9]+)\.([0-9]+)\.([0-9]+)")
_ASSIGNED = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
_VERSION_FILE = Path("overlay", "jsms_client", "_version.py")


@dataclass(frozen=True, slots=True)
class Versioned:
    """One thing with a version of its own, and its changes."""

    name: str
    place: str
    before: str
    now: str
    changes: Sequence[Change]

    def __str__(self) -> str:
        """Its level and versions in one line."""
        level = level_of(self.changes) or "no"
        return f"{self.name}: {level} changes; {self.place} was {self.before}, and is {self.now}."


def level_of(changes: Iterable[Change]) -> Level | None:
    """Find the heaviest level among some changes."""
    found = {change.level for change in changes}
    return next((level for level in LEVELS if level in found), None)


def compared(document: Path, revision: str, before: Mapping[str, object], now: Mapping[str, object]) -> list[Versioned]:
    """Compare the contract, and the Python API of the repository around it where it has one."""
    changes = compare_with_words(before, now)
    was, is_now = (text(mapping(data.get("info")).get("version")) for data in (before, now))
    found = [Versioned(CONTRACT, f"info.version of {document.name}", was, is_now, changes)]
    version_file = document.parent / _VERSION_FILE
    was = text_at_revision(version_file, revision)
    if was and version_file.is_file():
        is_now = package_version(document.parent)
        changes = _compare_python_api(document.parent, revision)
        found.append(Versioned(PYTHON, "__version__ of jsms_client", _version(was), is_now, changes))
    return found


def failures(versioned: Iterable[Versioned], fail_on: Level) -> Iterator[str]:
    """List the parts with changes of a level or above, whatever their versions say."""
    for item in versioned:
        level = level_of(item.changes)
        if level is not None and LEVELS.index(level) <= LEVELS.index(fail_on):
            yield f"{item.name}: {level} changes, and --fail-on is {fail_on}."


def mismatches(versioned: Iterable[Versioned], root: Path, revision: str) -> Iterator[str]:
    """List what does not match, with what to do about it."""
    found = list(versioned)
    for item in found:
        level = level_of(item.changes)
        wanted = _least(item.before, level) if level is not None else None
        if wanted is not None and _parts(item.now) < wanted:
            number = ".".join(map(str, wanted))
            was = f"and was {item.before}" if item.now != item.before else f"as at {revision}"
            yield (
                f"{item.name}: {level} changes, but {item.place} is {item.now}, {was}. "
                f"Fix: make it {number} or later, or take the changes back."
            )
    changelog = root / _CHANGELOG
    level = level_of(change for item in found for change in item.changes)
    if level not in ("breaking", "additive") or not changelog.is_file():
        return
    fresh = _entries(changelog.read_text(encoding="utf-8")) - _entries(text_at_revision(changelog, revision))
    if not fresh:
        yield f"{_CHANGELOG}: {level} changes, but no entry that {revision} does not have. Fix: add one."
    elif level == "breaking" and not any(_BREAKING in entry for entry in fresh):
        yield f"{_CHANGELOG}: breaking changes, but no new entry says {_BREAKING}. Fix: mark the entry that names them."


def package_version(root: Path) -> str:
    """Read the version of the package without importing it: the tools run without the client."""
    return _version((root / _VERSION_FILE).read_text(encoding="utf-8"))


def _version(source: str) -> str:
    match = _ASSIGNED.search(source)
    return match[1] if match else ""


def _parts(version: str) -> tuple[int, ...]:
    match = _VERSION.match(version)
    return tuple(map(int, match.groups())) if match else (0, 0, 0)


def _least(before: str, level: Level) -> tuple[int, ...] | None:
    """Compute the lowest version that is right after a change: below 1.0, a breaking one raises the second number."""
    if not _VERSION.match(before):
        return None
    major, minor, patch = _parts(before)
    if level == "wording" or (level == "additive" and not major):
        return major, minor, patch + 1
    if level == "additive" or not major:
        return major, minor + 1, 0
    return major + 1, 0, 0


def _entries(changelog: str) -> set[str]:
    """Read the entries of a changelog, without their line breaks."""
    return {" ".join(entry.split()) for entry in re.findall(r"(?ms)^- (.*?)(?=^- |^#|\Z)", changelog)}


def at_revision(path: Path, revision: str) -> Document:
    """Read a document from a git revision of the repository around it; DocumentError where it has none."""
    name = f"{revision}:{path.name}"
    commit = _git(path, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        problem = f"{revision} is no git revision here"
        raise DocumentError(name, 1, "#", problem, "name a commit, branch or tag that `git log` shows")
    content = _git(path, "show", f"{commit.decode().strip()}:./{path.name}")
    if content is None:
        problem = f"the revision has no {path.name} in this folder"
        raise DocumentError(name, 1, "#", problem, "name a later revision")
    # The name would decide how it is read, and it may not end as the file's does.
    return parse(content.decode("utf-8-sig", "replace"), name)


def text_at_revision(path: Path, revision: str) -> str:
    """Read a text file from a git revision; empty where the revision does not have it."""
    return (_git(path, "show", f"{revision}:./{path.name}") or b"").decode("utf-8-sig", "replace")


def _git(path: Path, *arguments: str) -> bytes | None:
    try:
        finished = subprocess.run(
            ["git", "-C", str(path.parent), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return finished.stdout if finished.returncode == 0 else None


def _compare_python_api(root: Path, revision: str) -> list[Change]:
    """List what changed for callers of the package, breaking changes first.

    The public API is what the documented modules export, and the classes of their attributes: ``JSMS.codes.send`` is
    public although its class is in a private module.
    """
    new = griffe.load(_PACKAGE, search_paths=[root / source for source in _SOURCES], allow_inspection=False)
    old = griffe.load_git(_PACKAGE, ref=revision, repo=root, search_paths=list(_SOURCES), allow_inspection=False)
    found = dict.fromkeys(_compare(_surface(old), _surface(new)))
    return sorted(found, key=lambda change: not change.breaking)


def _compare(old: Mapping[str, griffe.Object], new: Mapping[str, griffe.Object]) -> Iterator[Change]:
    for name, before in old.items():
        after = new.get(name)
        if after is None:
            if name.rpartition(".")[0] not in old or name.rpartition(".")[0] in new:
                yield Change("removed", f"Python {name}", True, " is gone")
            continue
        for breakage in griffe.find_breaking_changes(before, after):
            if breakage.obj.name != "__version__":
                yield _breaking(name, before, after, breakage)
    before_names, after_names = dict(_named(old)), dict(_named(new))
    for name in after_names:
        if name not in before_names:
            yield Change("added", f"Python {name}", False, " is new")
    texts = sum(after_names.get(name, docstring) != docstring for name, docstring in before_names.items())
    if texts:
        words = f" has other words in {texts} docstring{'s' if texts > 1 else ''}"
        yield Change("reworded", f"Python {_PACKAGE}", False, words)


def _breaking(name: str, before: griffe.Object, after: griffe.Object, breakage: griffe.Breakage) -> Change:
    where = breakage.obj.path
    for owner in (before, after):
        where = where.replace(owner.path, name) if where.startswith(owner.path) else where
    value = breakage.new_value or breakage.old_value
    subject = f"Python {where}" + (f"({value.name})" if isinstance(value, griffe.Parameter) else "")
    return Change("changed", subject, True, f": {breakage.kind.value[0].lower()}{breakage.kind.value[1:]}")


def _surface(package: griffe.Object | griffe.Alias) -> dict[str, griffe.Object]:
    """Find the public classes, functions and constants by the names that callers use."""
    found: dict[str, griffe.Object] = {}
    for module in _MODULES:
        if module and module not in package.members:
            continue
        home = package[module] if module else package
        for name in sorted(map(str, home.exports or ())):
            target = _target(home, name)
            if target is not None:
                found[".".join(filter(None, (_PACKAGE, module, name)))] = target
    waiting, seen = list(found.items()), {item.path for item in found.values()}
    while waiting:
        for name, item in _reached(package, *waiting.pop(0)):
            if item.path not in seen:
                seen.add(item.path)
                found[name] = item
                waiting.append((name, item))
    return found


def _reached(
    package: griffe.Object | griffe.Alias, name: str, owner: griffe.Object
) -> Iterator[tuple[str, griffe.Object]]:
    """Find the classes of the package that the attributes of a class have."""
    for member in _members(owner):
        annotation: str | griffe.Expr | None = None
        if isinstance(member, griffe.Attribute):
            annotation = member.annotation
        elif isinstance(member, griffe.Function) and len(member.parameters) == 1:  # a lazy property
            annotation = member.returns
        for part in annotation.iterate(flat=True) if isinstance(annotation, griffe.Expr) else ():
            path = part.canonical_path if isinstance(part, griffe.ExprName) else ""
            target = _target(package, path.removeprefix(f"{_PACKAGE}.")) if path.startswith(f"{_PACKAGE}.") else None
            if target is not None and target.is_class:
                yield f"{name}.{member.name}", target


def _target(home: griffe.Object | griffe.Alias, path: str) -> griffe.Object | None:
    try:
        item = home[path]
        return item.final_target if isinstance(item, griffe.Alias) else item
    except (KeyError, griffe.AliasResolutionError, griffe.CyclicAliasError):
        return None  # a submodule, or what another package defines


def _named(surface: Mapping[str, griffe.Object]) -> Iterator[tuple[str, str]]:
    """Find every public name with its docstring: members and parameters too."""
    for name, item in surface.items():
        yield name, item.docstring.value if item.docstring else ""
        for member in _members(item):
            path = f"{name}.{member.name}"
            yield path, member.docstring.value if member.docstring else ""
            yield from _parameters(path, member)
        yield from _parameters(name, item)


def _members(item: griffe.Object) -> Iterator[griffe.Object]:
    """List the public members of a class, inherited ones too."""
    for name, member in item.all_members.items() if item.is_class else ():
        target = _target(item, name) if isinstance(member, griffe.Alias) else member
        if target is not None and not name.startswith("_"):
            yield target


def _parameters(name: str, item: griffe.Object) -> Iterator[tuple[str, str]]:
    if isinstance(item, griffe.Function):
        for parameter in item.parameters:
            if parameter.name not in ("self", "cls"):
                yield f"{name}({parameter.name})", ""
