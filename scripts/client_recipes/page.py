"""docs/portability.md: the results as a table, and each recipe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import fill

from .checks import CHECKS
from .recipe import ROOT, Recipe, recipes
from .results import QUICKSTART, YES, Result, read

PAGE = Path("docs/portability.md")
_HEADINGS = {QUICKSTART: "quickstart", **{check.name: check.heading for check in CHECKS}}
_INTRODUCTION = """\
# The contract in other languages

Teams in other languages generate a client from `openapi.yaml`. Each client below was generated, compiled and run
against the sandbox with the pinned versions it names. `scripts/portability` does that again, and
`scripts/portability --only NAME` does it for one. A cell says what ran: ✓ as it should, ✗ not, with the reason under
the recipe. CI runs the clients marked • on every change.

The files of a recipe are in `examples/clients/NAME`. `recipe.toml` has the commands. They run in a copy of that folder,
with the contract beside them as `openapi.yaml`. The switches of a recipe are needed: `scripts/portability
--without-switches` takes each of them out and expects its check to fail.

"""
_EVERYWHERE = """\
## What holds for all of them
- **Send once.** Some HTTP libraries silently send a POST again when a kept-alive connection closes before the
  response. The recipes switch that off; without it, one lost response is two SMS. An exception after a send does not
  mean that it failed: look at the delivery reports.
- **Two pairs of credentials.** `getDevBalance` takes devKey and devSecret. A generated client has one user and
  password: make a second client for it.
- **New values.** Compare codes and statuses with the ones you know, and treat any other as unknown. No field is an
  enum.
- **Timeouts.** Set one; most HTTP libraries wait for ever.

"""


_NOT_RUN = """\
## Not run
Swift: Debian 12 has no package of it. .NET: the C# client was run with Mono, for the same reason.
"""


def page() -> str:
    """The page as it has to be."""
    known, ran = recipes(), read()
    checks = "".join(f"- **{check.heading}**: {check.holds}.\n" for check in CHECKS)
    parts = [
        _INTRODUCTION,
        "## Results\n",
        table(known, ran),
        "\n",
        f"- **quickstart**: the program below sends and verifies a code, and one SMS is sent.\n{checks}\n",
        _EVERYWHERE,
        *(_section(recipe, ran.get(name)) for name, recipe in known.items()),
        _NOT_RUN,
    ]
    return "".join(parts).rstrip() + "\n"


def table(known: Mapping[str, Recipe], ran: Mapping[str, Result]) -> str:
    """The results that there are, a row for each client."""
    rows = [_row(("client", "run on", *_HEADINGS.values())), _row("---" for _ in range(len(_HEADINGS) + 2))]
    for name, recipe in known.items():
        if name in ran:
            cells = ("✓" if ran[name].cells.get(check) == YES else "✗" for check in _HEADINGS)
            rows.append(_row((f"{name}{' •' if recipe.every_change else ''}", ran[name].date, *cells)))
    return "".join(rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _item(text: str) -> str:
    return fill(text, 120, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _section(recipe: Recipe, ran: Result | None) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in recipe.versions.items())
    document, folder = recipe.document.relative_to(ROOT), recipe.folder.relative_to(ROOT)
    lines = [
        f"## {recipe.title}\n",
        fill(f"[{folder}](../{folder}), from `{document}`: {versions}.", 120, break_long_words=False),
        *([f"Run on {ran.date} with {ran.toolchain}."] if ran else []),
        "",
        "```bash",
        *recipe.build,
        "```",
        "",
        *(_item(note) for note in recipe.notes),
        "",
        f"```{recipe.source.suffix.removeprefix('.')}",
        recipe.source.read_text(encoding="utf-8").rstrip(),
        "```",
        "",
    ]
    if recipe.cannot:
        lines.append("What it cannot do:\n")
        lines += [_item(f"**{_HEADINGS[check]}**: {reason}") for check, reason in recipe.cannot.items()]
        lines.append("")
    return "\n".join(lines) + "\n"
