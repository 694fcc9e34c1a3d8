"""The command that runs the test suite."""

from __future__ import annotations

import os

_MOST_WORKERS = 8


# What makes and checks the project; scripts/ runs on every supported Python, but need not be tested on each.
_TOOLING = ("commands", "contract", "distribution", "pages", "regenerate", "unasync")


def suite(python: str, *arguments: str) -> list[str]:
    """The command for the tests, on every core there is."""
    return [python, "-m", "pytest", "-n", str(_workers()), "--dist", "worksteal", *arguments]


def measured(python: str, *arguments: str) -> list[str]:
    """The same, measuring coverage of the overlay; only of the whole suite, because a part cannot reach all lines."""
    coverage = () if arguments else ("--cov", "--cov-report=term-missing:skip-covered")
    return suite(python, *coverage, *arguments)


def shipped(python: str, *arguments: str) -> list[str]:
    """The same, of what is shipped alone."""
    return suite(python, *(f"--ignore=tests/{folder}" for folder in _TOOLING), *arguments)


def _workers() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, min(cores, _MOST_WORKERS))
