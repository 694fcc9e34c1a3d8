"""What changed for callers from one document to the next, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Change:
    """One difference that a caller can notice.

    Attributes:
        kind: Added, removed or changed.
        subject: What it is about, such as ``operation sendCode``.
        breaking: Whether an app that was right before can be wrong after.
        sentence: The change in words.
    """

    kind: Literal["added", "removed", "changed"]
    subject: str
    breaking: bool
    sentence: str


def compare(old: Mapping[str, object], new: Mapping[str, object]) -> list[Change]:
    """What changed for callers, breaking changes first."""
    return []
