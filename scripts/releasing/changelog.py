"""CHANGELOG.md: an entry for each version, newest first, dated once it is out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from packaging.version import InvalidVersion, Version

from .commands import GateError

UNRELEASED: Final = "unreleased"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one version changed.

    Attributes:
        version: The version.
        released: Its date; None while it is not out.
        text: Its lines.
    """

    version: Version
    released: date | None
    text: str


def entries(changelog: str) -> list[Entry]:
    """Read a changelog.

    Raises:
        GateError: It does not have the form.
    """
    found: list[Entry] = []
    for part in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        head, _, text = part.partition("\n")
        try:
            version, _, when = head.removesuffix(")").partition(" (")
            released = None if when == UNRELEASED else date.fromisoformat(when)
            found.append(Entry(Version(version), released, text.strip()))
        except (ValueError, InvalidVersion) as error:
            raise GateError(
                f"CHANGELOG.md: “## {head}” is no heading of a version, such as ## 1.2.0 (2026-11-30) or ## 1.2.0 "
                f"({UNRELEASED})."
            ) from error
    return found


def check(changelog: str, version: str, *, release: bool) -> str:
    """Check that a changelog has the entry of a version, as its newest.

    Args:
        changelog: The file's text.
        version: The version that is built.
        release: Whether it goes out now: the entry must have a date.

    Returns:
        The entry's text.

    Raises:
        GateError: It does not.
    """
    found = entries(changelog)
    if not found or found[0].version != Version(version):
        raise GateError(f"CHANGELOG.md: the newest entry must be that of {version}, the version in _version.py.")
    versions = [entry.version for entry in found]
    if versions != sorted(set(versions), reverse=True):
        raise GateError("CHANGELOG.md: the versions must be in order, the newest first, each once.")
    if any(entry.released is None for entry in found[1:]):
        raise GateError("CHANGELOG.md: only the newest version can be unreleased.")
    newest = found[0]
    for line in newest.text.splitlines():
        if not re.match(r"- \S|  \S|### \S|$", line):
            raise GateError(
                f"CHANGELOG.md: “{line[:60]}” is neither an item (- ) nor the next line of one (two spaces)."
            )
    if not newest.text:
        raise GateError(f"CHANGELOG.md: the entry of {version} is empty.")
    if release and newest.released is None:
        raise GateError(f"CHANGELOG.md: {version} is unreleased; write the date of its release in its heading.")
    return newest.text
