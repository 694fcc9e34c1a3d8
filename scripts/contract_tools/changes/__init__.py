"""What callers notice from one version to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["added", "removed", "changed", "reworded"]
Level = Literal["breaking", "additive", "wording"]
LEVELS: tuple[Level, ...] = ("breaking", "additive", "wording")
Directions = frozenset[Literal["sent", "received"]]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference that a caller can notice."""

    kind: Kind  # added, removed, changed, or reworded for readers alone
    subject: str  # what it is about, such as ``operation sendCode``
    breaking: bool  # whether an app that was right before can be wrong after
    words: str  # what is said of the subject

    @property
    def sentence(self) -> str:
        """The change as a sentence."""
        return f"{self.subject[:1].upper()}{self.subject[1:]}{self.words}."

    @property
    def level(self) -> Level:
        """What it asks of the next version: ``breaking``, ``additive`` or ``wording``."""
        if self.breaking:
            return "breaking"
        return "wording" if self.kind == "reworded" else "additive"


@dataclass(frozen=True, slots=True)
class Part:
    """Something that callers know: an operation, a field, an error code."""

    subject: str  # how sentences name it
    facts: Mapping[str, object] = field(default_factory=dict[str, object])
    parts: Mapping[str, Part] = field(default_factory=dict[str, "Part"])
    directions: Directions = frozenset()  # whether callers send it, receive it, or both
    loss_breaks: bool | None = True  # whether callers break when it goes; None: its loss is not reported
    gain_breaks: bool | None = False  # the same for when it comes
    aside: str = ""  # what follows the subject where the part is new or gone
    why_gone: str = ""
    why_new: str = ""
    name: str = ""
    content: object = None  # a part of another name with the same content is this one, renamed

    def breaks(self, *, less_room: bool) -> bool:
        """Return whether it breaks callers that fewer values (or more) are possible now.

        Less room breaks those who send: what was right is refused. More room breaks those who receive: what never
        came before can come.
        """
        return ("sent" if less_room else "received") in self.directions


Rule = Callable[[Part, object, object], tuple[str, bool]]
"""What is said of a fact that has changed (nothing where empty), and whether it breaks callers: (part, old, new)."""


def differences(old: Part, new: Part, rules: Mapping[str, Rule], decisive: frozenset[str]) -> Iterator[Change]:
    """Compare two parts and what is inside; where a decisive fact has changed, the rest is not compared."""
    for name, before in old.facts.items():
        if before != (after := new.facts.get(name)):
            words, breaking = rules[name](new, before, after)
            if words:
                yield Change("changed", old.subject, breaking, f" {words}")
            if name in decisive:
                return
    came = {key: part for key, part in new.parts.items() if key not in old.parts}
    for key, part in old.parts.items():
        other = new.parts.get(key)
        if other is None and part.content is not None:
            renamed = next((key for key, each in came.items() if each.content == part.content), "")
            if (other := came.pop(renamed, None)) is not None:
                where = f" ({other.why_new})" if other.why_new else ""
                yield Change("changed", part.subject, True, f" is called {other.name} now{where}")
        if other is not None:
            yield from differences(part, other, rules, decisive)
        elif part.loss_breaks is not None:
            yield Change("removed", part.subject, part.loss_breaks, f"{part.aside} is gone{_because(part.why_gone)}")
    for part in came.values():
        if part.gain_breaks is not None:
            yield Change("added", part.subject, part.gain_breaks, f"{part.aside} is new{_because(part.why_new)}")


def _because(why: str) -> str:
    return f": {why}" if why else ""
