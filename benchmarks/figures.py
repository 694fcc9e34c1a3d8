"""The measured figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Attributes:
        name: What was measured.
        values: Column to figure.
        ours: Whether it is this project.
    """

    name: str
    values: Mapping[str, float]
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that was set beforehand.

    Attributes:
        name: What it is about.
        measured: The figure.
        limit: The figure to reach.
        at_least: Whether more is better.
        note: Why it is not reached, where it is not.
    """

    name: str
    measured: float
    limit: float
    at_least: bool = False
    note: str = ""

    @property
    def reached(self) -> bool:
        """Whether it is."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot.

    Attributes:
        name: What it is.
        points: Horizontal and vertical figure of each point.
        ours: Whether it is this project.
    """

    name: str
    points: list[tuple[float, float]]
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One table with what there is to say about it.

    Attributes:
        title: Its heading.
        text: What is measured, and how.
        columns: The names of the columns, each with how to write its figures.
        rows: The lines.
        targets: What was set beforehand.
        profile: Where the time goes, where a target is not reached.
        lines: How it grows, for a plot.
    """

    title: str
    text: str
    columns: Mapping[str, str]
    rows: list[Row]
    targets: list[Target] = field(default_factory=list[Target])
    profile: str = ""
    lines: list[Line] = field(default_factory=list[Line])
