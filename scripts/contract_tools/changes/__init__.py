"""What callers notice from one version to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["added", "removed", "changed", "reworded"]
Level = Literal["breaking", "additive", "wording"]
LEVELS: tuple[Level, ...] = ("breaking", "additive", "wording")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference that a caller can notice."""

    kind: Kind  # added, removed, changed, or reworded for readers alone
    subject: str  # what it is about, such as ``operation sendCode``
    breaking: bool  # whether an app that was right before can be wrong after
    sentence: str

    @property
    def level(self) -> Level:
        """What it asks of the next version: ``breaking``, ``additive`` or ``wording``."""
        if self.breaking:
            return "breaking"
        return "wording" if self.kind == "reworded" else "additive"


def added(subject: str, *, breaking: bool = False, why: str = "") -> Change:
    """Report something that was not there before."""
    return Change("added", subject, breaking, f"{_begin(subject)} is new{_because(why)}.")


def removed(subject: str, *, breaking: bool = True, why: str = "") -> Change:
    """Report something that is no longer there."""
    return Change("removed", subject, breaking, f"{_begin(subject)} is gone{_because(why)}.")


def changed(subject: str, words: str, *, breaking: bool) -> Change:
    """Report something that is different; the words go on after the subject."""
    return Change("changed", subject, breaking, f"{_begin(subject)} {words}.")


def reworded(subject: str, words: str) -> Change:
    """Report other words for readers, and nothing that a program notices."""
    return Change("reworded", subject, False, f"{_begin(subject)} {words}.")


def members(
    old: Mapping[str, object], new: Mapping[str, object], what: str, *, loss_breaks: bool = True
) -> Iterator[Change]:
    """Yield the members that came or went; ``what`` says what each is, with its name where the braces are."""
    for name in old:
        if name not in new:
            yield removed(what.format(name), breaking=loss_breaks)
    for name in new:
        if name not in old:
            yield added(what.format(name))


def _begin(subject: str) -> str:
    return subject[:1].upper() + subject[1:]


def _because(why: str) -> str:
    return f": {why}" if why else ""
