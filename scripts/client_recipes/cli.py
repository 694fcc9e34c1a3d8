"""The command ``scripts/portability``: build generated clients by their recipes, and try them out."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from client_recipes import (
    BuildError,
    Recipe,
    Switch,
    build,
    environment,
    inside,
    quickstart,
    recipes,
    require,
    run,
)
from client_recipes.checks import CHECKS, CODE, Check, Difference, Driver, DriverError, Trial
from client_recipes.results import QUICKSTART, YES, Result, keep, results_table
from local_sandbox import LocalSandbox
from provisioning import NotInstalledError

_EXAMPLES = """\
examples:
  scripts/portability                                 every client
  scripts/portability --only java go-oapi-codegen     these: both for Java, and one for Go
  scripts/portability --record                        and keep the results
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when every client did what its recipe says, 1 when not or not built, 2 for a wrong argument."""
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
    for recipe in (known[name] for name in names):
        try:
            require(recipe, install=options.install)
        except NotInstalledError as missing:
            left_out.append(f"{recipe.name}: {missing}")
            _say(f"{recipe.name}: left out, {missing}")
            continue
        if options.without_switches:
            for switch in recipe.switches:
                title = f"{recipe.name} without {switch.remove!r}"
                wrong += _found(title, "fails as it should", partial(_prove, recipe, switch))
        else:
            wrong += _found(recipe.name, "as its recipe says", partial(_run, recipe, ran))
    if options.record:
        keep(ran)
        _say("Kept; scripts/document writes it to docs/portability.md.")
    if not options.without_switches:
        print(results_table(known, ran))
    print(*(f"Left out: {line}" for line in left_out), *wrong, sep="\n")
    return 1 if wrong or (left_out and options.install) else 0


def _found(title: str, right: str, look: Callable[[], list[str]]) -> list[str]:
    """Say what is wrong with a client, or that it is right, and how long it took to find that out."""
    started = time.monotonic()
    try:
        found = look()
    except BuildError as error:
        found = [str(error)]
    _say(f"{title}: {'; '.join(found) or right} ({time.monotonic() - started:.0f} s)")
    return [f"{title}: {line}" for line in found]


def _run(recipe: Recipe, ran: dict[str, Result]) -> list[str]:
    """Build a client, run every check, and list what its recipe does not say."""
    ran[recipe.name] = try_out(recipe, build(recipe))
    return surprises(recipe, ran[recipe.name])


def _prove(recipe: Recipe, switch: Switch) -> list[str]:
    """Build a client without one of its switches: the check that it is for has to fail, and the client be well."""
    place = build(recipe, without=switch.remove)
    cells = run_checks(recipe, place, [check for check in CHECKS if check.name in ("code", switch.check)])
    found: list[str] = []
    if cells["code"] != YES:
        found.append(f"it does not even send a code: {cells['code']}")
    if cells[switch.check] == YES:
        found.append(f"{switch.check} is right all the same: the recipe can do without it")
    return found


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
    parser.add_argument(
        "--without-switches",
        action="store_true",
        help="build each client without each of its switches instead, and expect the check that it is for to fail",
    )
    parser.add_argument("--list", action="store_true", help="show the clients")
    return parser


def _chosen(asked: Sequence[str] | None, known: Mapping[str, Recipe]) -> list[str]:
    """Select recipes by name or language; the first word of a name is its language."""
    if asked is None:
        return list(known)
    for one in asked:
        if not any(one in (name, name.partition("-")[0]) for name in known):
            raise ValueError(f"no client is called {one}; --list names them.")
    return [name for name in known if name in asked or name.partition("-")[0] in asked]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


_MOBILE = "13800138000"
_LONGEST_QUICKSTART = 60.0
_LONGEST_CELL = 300


def try_out(recipe: Recipe, place: Path) -> Result:
    """Run a client where it was built: its quickstart, and every check."""
    printed = run(inside(recipe, recipe.toolchain, place), place, environment(), _LONGEST_QUICKSTART)
    toolchain = printed.strip().splitlines()[0]
    cells = {QUICKSTART: _quickstart(recipe, place), **run_checks(recipe, place, CHECKS)}
    return Result(datetime.now(UTC).date().isoformat(), toolchain, cells)


def run_checks(recipe: Recipe, place: Path, checks: Sequence[Check]) -> dict[str, str]:
    """Run some checks on a client, each on a sandbox that was reset; return a cell for each, by its name."""
    cells: dict[str, str] = {}
    with LocalSandbox() as sandbox, Driver(inside(recipe, recipe.driver, place), place, _variables(sandbox)) as driver:
        for check in checks:
            driver.restart()
            _begin(sandbox)
            cells[check.name] = _cell(check, Trial(driver, sandbox))
    return cells


def surprises(recipe: Recipe, result: Result) -> list[str]:
    """List where a client did not do what its recipe says, in words."""
    wrong = [f"{name}: {cell}" for name, cell in result.cells.items() if cell != YES and name not in recipe.cannot]
    right = [name for name in recipe.cannot if result.cells.get(name) == YES]
    return [*wrong, *(f"{name}: it works, although recipe.toml says that it cannot" for name in right)]


def _quickstart(recipe: Recipe, place: Path) -> str:
    with LocalSandbox() as sandbox:
        _begin(sandbox)
        try:
            output = run(
                quickstart(recipe, place, _MOBILE), place, _variables(sandbox), _LONGEST_QUICKSTART, f"{CODE}\n"
            )
        except BuildError as error:
            return _short(str(error))
        sent = sandbox.get("messages", mobile=_MOBILE)["messages"]
        if len(sent) != 1 or sent[0]["msg_id"] not in output or not output.rstrip().endswith("right"):
            return _short(f"{len(sent)} SMS; it printed {output.strip()}")
    return YES


def _begin(sandbox: LocalSandbox) -> None:
    sandbox.post("reset", {})
    sandbox.change_app(fixed_code=CODE)


def _cell(check: Check, trial: Trial) -> str:
    try:
        check.run(trial)
    except (Difference, DriverError) as problem:
        return _short(str(problem))
    except (KeyError, TypeError, ValueError) as error:  # the client gave something of another form
        return _short(f"{type(error).__name__}: {error}")
    return YES


def _short(text: str) -> str:
    """Remove what differs from run to run."""
    return re.sub(r"127\.0\.0\.1:[0-9]+", "127.0.0.1", text)[:_LONGEST_CELL]


def _variables(sandbox: LocalSandbox) -> dict[str, str]:
    keys = sandbox.credentials
    return {
        **environment(),
        "JSMS_BASE_URL": sandbox.base_url,
        "JSMS_APP_KEY": keys.app_key,
        "JSMS_MASTER_SECRET": keys.master_secret,
        "JSMS_DEV_KEY": keys.dev_key,
        "JSMS_DEV_SECRET": keys.dev_secret,
    }
