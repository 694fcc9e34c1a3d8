"""What each client did when it ran last: examples/clients/results.json, and docs/portability.md in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import fill

from client_recipes import FOLDER, ROOT, Recipe, recipes
from client_recipes.checks import CHECKS
from documentation import require_translations, texts
from documentation import table as markdown_table

QUICKSTART, YES = "quickstart", "yes"
_RESULTS = FOLDER / "results.json"


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
_TRANSLATIONS = "portability"
Say = Callable[[str], str]

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
    return _page(lambda text: text, 120)


def chinese_page(root: Path = ROOT) -> str:
    """Make the Chinese page with the translations of a project.

    Raises:
        SystemExit: A text has no translation, or a translation has no text.
    """
    known: Mapping[str, str] = texts(root, _TRANSLATIONS)
    said: set[str] = set()

    def say(text: str) -> str:
        said.add(text)
        return known.get(text, text)

    made = _page(say, 0)
    missing, unused = sorted(said - set(known)), [text for text in known if text not in said]
    require_translations(_TRANSLATIONS, missing, unused)
    return made


def table(known: Mapping[str, Recipe], ran: Mapping[str, Result], say: Say = str) -> str:
    """Make the table of results, a row for each client."""
    heads = [say(head) for head in ("client", "run on", *_HEADINGS.values())]
    rows = [
        (
            f"{name}{' •' if recipe.every_change else ''}",
            ran[name].date,
            *("✓" if ran[name].cells.get(check) == YES else "✗" for check in _HEADINGS),
        )
        for name, recipe in known.items()
        if name in ran
    ]
    return f"{markdown_table(heads, rows)}\n"


def _page(say: Say, width: int) -> str:
    known, ran = recipes(), results()
    lines = [f"# {say('The contract in other languages')}", ""]
    for paragraph in _paragraphs(_INTRODUCTION):
        lines += [_folded("", say(paragraph), width), ""]
    lines += [f"## {say('Results')}", table(known, ran, say)]
    lines += [_folded("- ", _named(say, check, f"{holds}."), 0) for check, holds in _HOLDS.items()]
    lines += ["", f"## {say('What holds for all of them')}"]
    lines += [_folded("- ", say(rule), width) for rule in _paragraphs(_EVERYWHERE)]
    for name, recipe in known.items():
        lines += ["", *_section(recipe, ran.get(name), say, width)]
    return "\n".join(lines) + "\n"


def _section(recipe: Recipe, ran: Result | None, say: Say, width: int) -> list[str]:
    versions = ", ".join(f"{name} {version}" for name, version in recipe.versions.items())
    document, folder = recipe.document.relative_to(ROOT), recipe.folder.relative_to(ROOT)
    origin = say("[{folder}](../{folder}), from `{document}`: {versions}.")
    lines = [
        f"## {recipe.title}",
        "",
        _folded("", origin.format(folder=folder, document=document, versions=versions), width),
        *([say("Run on {date} with {toolchain}.").format(date=ran.date, toolchain=ran.toolchain)] if ran else []),
        "",
        "```bash",
        *recipe.build,
        "```",
        "",
        *(_folded("- ", say(note), width) for note in recipe.notes),
        "",
        f"```{recipe.source.suffix.removeprefix('.')}",
        recipe.source.read_text(encoding="utf-8").rstrip(),
        "```",
    ]
    if recipe.cannot:
        lines += ["", say("What it cannot do:"), ""]
        lines += [_folded("- ", _named(say, check, reason), width) for check, reason in recipe.cannot.items()]
    return lines


def _named(say: Say, check: str, text: str) -> str:
    return say("**{name}**: {text}").format(name=say(_HEADINGS[check]), text=say(text))


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def _folded(mark: str, text: str, width: int) -> str:
    """Fold a text into lines of at most a width; 0 leaves Chinese, which has no spaces to break at, in one line."""
    if not width:
        return f"{mark}{text}"
    indent = " " * len(mark)
    return fill(f"{mark}{text}", width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
