"""What each client did when it ran last: examples/clients/results.json, and docs/portability.md in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import fill

from client_recipes import FOLDER, ROOT, Recipe, recipes
from client_recipes.checks import CHECKS
from documentation import chinese_of, table

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
