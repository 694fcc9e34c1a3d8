"""The command ``scripts/portability``: build generated clients, try them out, keep the results and make their page."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from textwrap import fill

from client_recipes import (
    FOLDER,
    ROOT,
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
from documentation import chinese_of, table
from local_sandbox import LocalSandbox
from provisioning import NotInstalledError

_EXAMPLES = """\
examples:
  scripts/portability                                 every client
  scripts/portability --only java go-oapi-codegen     these: both for Java, and one for Go
  scripts/portability --record                        and keep the results
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when every client did what its recipe says, 1 when not or not built."""
    known = recipes()
    options = _parser(known).parse_args(arguments)
    chosen = [
        recipe
        for name, recipe in known.items()
        if (options.only is None or {name, _language(name)} & set(options.only))
        and (recipe.every_change or not options.every_change)
    ]
    if options.list:
        for recipe in chosen:
            print(f"{recipe.name:34} {recipe.title}{' (on every change)' if recipe.every_change else ''}")
        return 0
    ran: dict[str, Result] = {}
    wrong: list[str] = []
    left_out: list[str] = []
    for recipe in chosen:
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
    """Print what is wrong with a client, or that it is right, and the time that the check took."""
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
    return unexpected_cells(recipe, ran[recipe.name])


def _prove(recipe: Recipe, switch: Switch) -> list[str]:
    """Build a client without one of its switches: the switch's check must fail, and a code must still be sent."""
    place = build(recipe, without=switch.remove)
    cells = run_checks(recipe, place, [check for check in CHECKS if check.name in ("code", switch.check)])
    found: list[str] = []
    if cells["code"] != YES:
        found.append(f"it does not even send a code: {cells['code']}")
    if cells[switch.check] == YES:
        found.append(f"{switch.check} is right all the same: the recipe can do without it")
    return found


def _parser(known: Mapping[str, Recipe]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/portability",
        description="Generate clients in other languages from the contract, build them, run them against a sandbox.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = sorted({*known, *map(_language, known)})
    only = "these clients, or all of a language; see --list"
    parser.add_argument("--only", nargs="+", choices=names, metavar="CLIENT", help=only)
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


def _language(name: str) -> str:
    return name.partition("-")[0]


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
    with (
        LocalSandbox() as sandbox,
        Driver(inside(recipe, recipe.driver, place), place, {**environment(), **sandbox.environment}) as driver,
    ):
        for check in checks:
            driver.restart()
            _begin(sandbox)
            cells[check.name] = _cell(check, Trial(driver, sandbox))
    return cells


def unexpected_cells(recipe: Recipe, result: Result) -> list[str]:
    """List the cells that are not what the recipe says, each in words."""
    wrong = [f"{name}: {cell}" for name, cell in result.cells.items() if cell != YES and name not in recipe.cannot]
    right = [name for name in recipe.cannot if result.cells.get(name) == YES]
    return [*wrong, *(f"{name}: it works, although recipe.toml says that it cannot" for name in right)]


def _quickstart(recipe: Recipe, place: Path) -> str:
    with LocalSandbox() as sandbox:
        _begin(sandbox)
        try:
            output = run(
                quickstart(recipe, place, _MOBILE),
                place,
                {**environment(), **sandbox.environment},
                _LONGEST_QUICKSTART,
                f"{CODE}\n",
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


QUICKSTART, YES = "quickstart", "yes"
_RESULTS = FOLDER / "results.json"
_WIDTH = 120


@dataclass(frozen=True)
class Result:
    """One run of one recipe."""

    date: str  # as 2026-01-31
    toolchain: str  # the language's version, as it printed it
    cells: Mapping[str, str]  # YES, or what the client did instead, by the name of the check


def results() -> dict[str, Result]:
    """Read the last results, by recipe."""
    kept = json.loads(_RESULTS.read_text(encoding="utf-8"))
    return {name: Result(**result) for name, result in kept.items()}


def keep(new: Mapping[str, Result]) -> None:
    """Replace what is kept of these recipes."""
    merged = {**results(), **new}
    text = json.dumps({name: asdict(merged[name]) for name in sorted(merged)}, ensure_ascii=False, indent=2)
    _RESULTS.write_text(f"{text}\n", encoding="utf-8")


PAGES = (Path("docs/portability.md"), Path("docs/portability.zh-CN.md"))

_HEADINGS = {QUICKSTART: "quickstart", **{check.name: check.heading for check in CHECKS}}
_HOLDS = {QUICKSTART: "the program below sends and verifies a code, and one SMS is sent"} | {
    check.name: check.holds for check in CHECKS
}
_INTRODUCTION = """\
Teams in other languages generate a client from `openapi.yaml`. Each client below was generated, compiled and run
against the sandbox with the pinned versions it names. `scripts/portability` does that again, and
`scripts/portability --only NAME` does it for one. A cell says what ran: ✓ as it should, ✗ not, with the reason under
the recipe. CI runs the clients marked • on every change.

The files of a recipe are in `examples/clients/NAME`, and what several recipes of a language share is in a folder beside
it. `recipe.toml` has the commands. They run in a copy of these files, with the contract beside them as `openapi.yaml`.
The switches of a recipe are needed: `scripts/portability --without-switches` takes each of them out and expects its
check to fail.

The contract kit of a release has each recipe as one folder with its contract and its commands: `./build.sh`, then
`./quickstart.sh NUMBER`.
"""
_EVERYWHERE = """\
**Send once.** Some HTTP libraries silently send a POST again when a kept-alive connection closes before the response.
The recipes switch that off; without it, one lost response is two SMS. An exception after a send does not mean that it
failed: look at the delivery reports.

**Two pairs of credentials.** `getDevBalance` takes devKey and devSecret. A generated client has one user and password:
make a second client for it.

**New values.** Compare codes and statuses with the ones you know, and treat any other as unknown. No field is an enum.

**Timeouts.** Set one; most HTTP libraries wait for ever.
"""


def page() -> str:
    """Make the English page."""
    known, ran = recipes(), results()
    lines = ["# The contract in other languages", ""]
    for paragraph in _INTRODUCTION.split("\n\n"):
        lines += [_folded(paragraph), ""]
    lines += ["## Results", results_table(known, ran), ""]
    lines += [f"- **{_HEADINGS[check]}**: {holds}." for check, holds in _HOLDS.items()]
    lines += ["", "## What holds for all of them", *(_folded(rule, "- ") for rule in _EVERYWHERE.split("\n\n"))]
    for name, recipe in known.items():
        if name in ran:
            lines += ["", *_section(recipe, ran[name])]
    return "\n".join(lines) + "\n"


def chinese_page(root: Path = ROOT) -> str:
    """Make the Chinese page; end the command where the project's translations are out of step with it."""
    names = [(recipe.title, name, _marked(recipe)) for name, recipe in recipes().items()]
    return chinese_of(page(), root, PAGES[0].stem, {name: name for each in names for name in each})


def results_table(known: Mapping[str, Recipe], ran: Mapping[str, Result]) -> str:
    """Make the table of results, a row for each client."""
    rows = [
        (_marked(recipe), ran[name].date, *("✓" if ran[name].cells.get(check) == YES else "✗" for check in _HEADINGS))
        for name, recipe in known.items()
        if name in ran
    ]
    return table(("client", "run on", *_HEADINGS.values()), rows)


def _marked(recipe: Recipe) -> str:
    return f"{recipe.name} •" if recipe.every_change else recipe.name


def _section(recipe: Recipe, ran: Result) -> list[str]:
    versions = ", ".join(f"{name} {version}" for name, version in recipe.versions.items())
    document, folder = recipe.document.relative_to(ROOT), recipe.folder.relative_to(ROOT)
    lines = [
        f"## {recipe.title}",
        "",
        _folded(f"[{folder}](../{folder}), from `{document}`: {versions}."),
        f"Run on {ran.date} with {ran.toolchain}.",
        "",
        "```bash",
        *recipe.build,
        "```",
        "",
        *(_folded(note, "- ") for note in recipe.notes),
        "",
        f"```{recipe.source.suffix.removeprefix('.')}",
        recipe.source.read_text(encoding="utf-8").rstrip(),
        "```",
    ]
    if recipe.cannot:
        lines += ["", "What it cannot do:", ""]
        lines += [_folded(f"**{_HEADINGS[check]}**: {reason}", "- ") for check, reason in recipe.cannot.items()]
    return lines


def _folded(text: str, mark: str = "") -> str:
    words = f"{mark}{' '.join(text.split())}"
    return fill(words, _WIDTH, subsequent_indent=" " * len(mark), break_long_words=False, break_on_hyphens=False)
