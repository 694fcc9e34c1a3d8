"""The command ``scripts/portability``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence

from . import page, results
from .building import BuildError, MissingError, build, require
from .recipe import Recipe, recipes
from .results import Result
from .trial import surprises, try_out

_EXAMPLES = """\
examples:
  scripts/portability                                 every client
  scripts/portability --only java go-oapi-codegen     these: both for Java, and one for Go
  scripts/portability --record                        and keep the results
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Generate, build and run clients.

    Returns:
        0 when every client did what its recipe says, 1 when one did not or could not be built, 2 for a wrong argument.
    """
    known = recipes()
    options = _parser().parse_args(arguments)
    try:
        names = _chosen(options.only, known)
    except ValueError as error:
        print(f"scripts/portability: {error}", file=sys.stderr)
        return 2
    if options.every_change:
        names = [name for name in names if known[name].every_change]
    if options.list:
        for name in names:
            recipe = known[name]
            print(f"{name:34} {recipe.title}{' (on every change)' if recipe.every_change else ''}")
        return 0
    ran: dict[str, Result] = {}
    wrong: list[str] = []
    left_out: list[str] = []
    for name in names:
        recipe = known[name]
        started = time.monotonic()
        try:
            require(recipe, install=options.install)
            ran[name] = try_out(recipe, build(recipe))
        except MissingError as missing:
            left_out.append(f"{name}: {missing}")
            _say(f"{name}: left out, {missing}")
            continue
        except BuildError as error:
            wrong.append(f"{name}: {error}")
            _say(f"{name}: {error}")
            continue
        found = surprises(recipe, ran[name])
        wrong += found
        _say(f"{name}: {'; '.join(found) or 'as its recipe says'} ({time.monotonic() - started:.0f} s)")
    if options.record:
        results.keep(ran)
        _say("Kept; scripts/document writes it to docs/portability.md.")
    print(page.table(known, ran), *(f"Left out: {line}" for line in left_out), *wrong, sep="\n")
    if left_out and options.install:
        return 1
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/portability",
        description="Generate clients in other languages from the contract, build them, run them against a sandbox.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", metavar="CLIENT", help="these clients, or all of a language; see --list")
    parser.add_argument("--every-change", action="store_true", help="the clients that CI runs on every change")
    parser.add_argument("--install", action="store_true", help="install missing programs with apt-get, as root")
    parser.add_argument("--record", action="store_true", help="keep what ran in examples/clients/results.json")
    parser.add_argument("--list", action="store_true", help="show the clients")
    return parser


def _chosen(asked: Sequence[str] | None, known: Mapping[str, Recipe]) -> list[str]:
    """The recipes of these names, and of these languages, as the first word of a name is its language."""
    if asked is None:
        return list(known)
    for one in asked:
        if not any(one in (name, name.partition("-")[0]) for name in known):
            raise ValueError(f"no client is called {one}; --list names them.")
    return [name for name in known if name in asked or name.partition("-")[0] in asked]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
