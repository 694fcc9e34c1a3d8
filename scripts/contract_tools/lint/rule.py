"""Rules, and where they were broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .contract import Contract


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that breaks a rule."""

    rule: Rule
    pointer: str
    values: Mapping[str, object]

    @property
    def message(self) -> str:
        """What is wrong there."""
        return self.rule.message.format(**self.values)

    @property
    def remedy(self) -> str:
        """What to do about it there."""
        return self.rule.remedy.format(**self.values)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        name: Its name.
        message: What is wrong where it is broken; names in braces are filled in for each place.
        remedy: What to do about it, in the same way.
    """

    name: str
    message: str
    remedy: str

    def broken(self, pointer: str, /, **values: object) -> Finding:
        """It is broken at this place."""
        return Finding(self, pointer, values)


Check = Callable[[Contract], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Family:
    """Rules about one thing, and the check that finds where they are broken."""

    check: Check
    rules: tuple[Rule, ...]
