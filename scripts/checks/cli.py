"""The command ``scripts/test``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from .catalogue import catalogue
from .check import Check, Outcome, Result
from .pythons import others

_EXAMPLES = """\
examples:
  scripts/test                            every check
  scripts/test lint mypy                  these checks
  scripts/test tests -- tests/callbacks   a part of the tests; pytest gets what stands behind --
  scripts/test --complete                 what CI runs: nothing may be left out
"""


@dataclass(frozen=True, slots=True)
class _Done:
    check: Check
    outcome: Outcome
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the checks.

    Returns:
        0 when all passed, 1 when one did not.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    where = given.index("--") if "--" in given else len(given)
    checks = catalogue(others())
    options = _options(given[:where], [check.name for check in checks])
    if options.list:
        for check in checks:
            print(f"{check.name:<12} {check.summary}")
        return 0
    chosen = [check for check in checks if check.name in options.checks or not options.checks]
    try:
        return _run(chosen, tuple(given[where + 1 :]), complete=options.complete)
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


def _options(arguments: list[str], names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        description="Run every check of this project, or those that are named.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=", ".join(names))
    parser.add_argument(
        "--complete", action="store_true", help="install what Python does not bring, and fail where a tool is missing"
    )
    parser.add_argument("--list", action="store_true", help="say what each check holds")
    options = parser.parse_args(arguments)
    for name in options.checks:
        if name not in names:
            parser.error(f"there is no check {name!r}; choose from {', '.join(names)}")
    return options


def _run(checks: Sequence[Check], arguments: tuple[str, ...], *, complete: bool) -> int:
    for check in checks if complete else ():
        check.install()
    for check in checks:
        check.prepare()
    done: list[_Done] = []
    for check in checks:
        print(f"\n── {check.name}: {check.summary}", flush=True)
        started = time.monotonic()
        outcome = check.run(arguments)
        if complete and outcome.result is Result.LEFT_OUT:
            outcome = Outcome(Result.FAILED, outcome.note)
        done.append(_Done(check, outcome, time.monotonic() - started))
    _summarise(done)
    return 1 if any(each.outcome.result is Result.FAILED for each in done) else 0


def _summarise(done: Sequence[_Done]) -> None:
    width = max(len(each.check.name) for each in done)
    print()
    for each in done:
        note = f"  ({each.outcome.note})" if each.outcome.note else ""
        print(f"{each.check.name:<{width}}  {each.seconds:6.1f} s  {each.outcome.result.value}{note}")
    counts = [(sum(each.outcome.result is result for each in done), result) for result in Result]
    words = ", ".join(f"{count} {result.value}" for count, result in counts if count)
    print(f"{'':<{width}}  {sum(each.seconds for each in done):6.1f} s  {words}", flush=True)
