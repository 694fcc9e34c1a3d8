"""The checks, in the order they run: the quick ones first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import redocly
from .browser import InBrowser
from .check import Check, Outcome
from .pythons import OtherPython
from .suite import measured, unmeasured
from .tools import installed, openly, python, quietly


def catalogue(others: Sequence[OtherPython]) -> list[Check]:
    """Every check there is.

    Args:
        others: The Pythons to run the tests with besides the one that runs this.
    """
    in_browser = InBrowser()
    return [
        Check("format", "the code is formatted", _quiet(installed("ruff", "format", "--check", "--quiet", "."))),
        Check("lint", "Ruff has nothing against it", _quiet(installed("ruff", "check", "--quiet", "."))),
        Check("imports", "arrows go one way between packages", _quiet(installed("lint-imports"))),
        Check("sync", "_sync is what _async makes", _quiet([python(), "scripts/unasync", "--check"])),
        Check(
            "generated", "generated/ is in step with openapi.yaml", _quiet([python(), "scripts/regenerate", "--check"])
        ),
        Check(
            "documents", "the tables of the documentation are too", _quiet([python(), "scripts/document", "--check"])
        ),
        Check("redocly", "Redocly accepts openapi.yaml", lambda _: redocly.lint(), install=redocly.install),
        Check("mypy", "mypy --strict", _quiet(installed("mypy"))),
        Check("pyright", "Pyright, strict", _quiet(installed("pyright"))),
        Check("overlay", "the tests of the overlay reach every line and branch", _tests(measured)),
        Check("tests", "the other tests", _tests(unmeasured)),
        Check("browser", "the inbox page works in a real Chromium", in_browser.run, install=in_browser.install),
        *(
            Check(
                f"tests-{other.version}",
                f"the tests of what apps import, with Python {other.version}",
                other.run,
                other.prepare,
            )
            for other in others
        ),
    ]


def _quiet(command: Sequence[str]) -> Callable[[tuple[str, ...]], Outcome]:
    return lambda _: Outcome.of(quietly(command))


def _tests(suite: Callable[..., list[str]]) -> Callable[[tuple[str, ...]], Outcome]:
    return lambda arguments: Outcome.of(openly(suite(python(), *arguments)))
