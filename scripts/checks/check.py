"""What a check is, and how it can end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Result(Enum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    LEFT_OUT = "left out"
    """What it needs is not here, though it could be."""
    ABSENT = "not here"
    """What it needs is not here, and need not be."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended, and in a few words why, where that needs saying."""

    result: Result
    note: str = ""

    @classmethod
    def of(cls, exit_code: int) -> Outcome:
        """What a tool's exit code says."""
        return cls(Result.PASSED) if exit_code == 0 else cls(Result.FAILED, f"exit code {exit_code}")


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        name: What to call it on the command line.
        summary: What it holds, in a few words.
        run: Carries it out; called with what stands behind ``--`` on the command line.
        prepare: Begins in the background what ``run`` will wait for; called before the first check runs.
        install: Installs what no Python package brings, or begins to; called first, where nothing may be left out.
    """

    name: str
    summary: str
    run: Callable[[tuple[str, ...]], Outcome]
    prepare: Callable[[], None] = lambda: None
    install: Callable[[], None] = lambda: None
