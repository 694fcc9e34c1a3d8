"""The command that runs the test suite."""

from __future__ import annotations

import os

_MOST_WORKERS = 8

# What apps import, and so run on a Python of their own choice. The rest is tested with one: minutes for each more would
# buy little, as its code is checked for the oldest of them by the type checkers.
_IMPORTED_BY_APPS = ("callbacks", "overlay", "plugin")
# What reaches every line and branch of the overlay. Measuring the rest too would find nothing more, and take half as
# long again.
_OF_OVERLAY = ("tests/callbacks", "tests/campaigns", "tests/overlay")
_IN_BROWSER = "tests/browser"


def suite(python: str, *arguments: str) -> list[str]:
    """The command for the tests, on every core there is."""
    return [python, "-m", "pytest", "-n", str(_workers()), "--dist", "worksteal", *arguments]


def measured(python: str, *arguments: str) -> list[str]:
    """The same, of the overlay, measuring coverage; or what the arguments say, of which too little would be reached."""
    return suite(python, *(arguments or ("--cov", "--cov-report=term-missing:skip-covered", *_OF_OVERLAY)))


def unmeasured(python: str, *arguments: str) -> list[str]:
    """The same, of everything else; or what the arguments say."""
    return suite(python, *(arguments or (f"--ignore={folder}" for folder in (*_OF_OVERLAY, _IN_BROWSER))))


def in_browser(python: str, *arguments: str) -> list[str]:
    """The same, of the inbox page: in one process, because each starts a browser."""
    return [python, "-m", "pytest", "-n0", *(arguments or (_IN_BROWSER,))]


def imported_by_apps(python: str, *arguments: str) -> list[str]:
    """The same, of what apps import; or what the arguments say."""
    return suite(python, *(arguments or (f"tests/{folder}" for folder in _IMPORTED_BY_APPS)))


def _workers() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, min(cores, _MOST_WORKERS))
