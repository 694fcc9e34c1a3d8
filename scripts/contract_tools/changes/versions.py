"""Whether versions and changelog say what the changes since a git revision ask for."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from contract_tools.changes import LEVELS, Change, Level
from contract_tools.changes.contract import compare_with_words
from contract_tools.document import Document, DocumentError, parse
from contract_tools.openapi import mapping, text

CONTRACT = "The contract"
PYTHON = "The Python API"
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
        from contract_tools.changes.python_api import compare_python_api

        is_now = package_version(document.parent)
        changes = compare_python_api(document.parent, revision)
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
