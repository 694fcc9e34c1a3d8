"""The command: measure everything, and write it down."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from . import async_calls, batches, callbacks, campaigns, plot, report, starting, sync_calls
from .figures import Section

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENT = REPOSITORY / "docs" / "benchmarks.md"
PICTURE = REPOSITORY / "docs" / "images" / "benchmarks.svg"

BENCHMARKS: Mapping[str, Callable[[], Section]] = {
    "calls": sync_calls.measure,
    "tasks": async_calls.measure,
    "batch": batches.measure,
    "campaign": campaigns.measure,
    "callbacks": callbacks.measure,
    "start": starting.measure_imports,
    "regenerate": starting.measure_regenerating,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that are named, or all; only all of them are written down."""
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark",
        description="Measure what calls cost, ours beside others, and write docs/benchmarks.md.",
    )
    parser.add_argument("names", nargs="*", metavar="name", help=f"only these: {', '.join(BENCHMARKS)}")
    names: list[str] = parser.parse_args(arguments).names
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    sections: dict[str, Section] = {}
    for name in names or BENCHMARKS:
        if name == "campaign" and find_spec("jsms_client.campaigns") is None:
            continue
        print(f"{name} …", flush=True)
        sections[name] = BENCHMARKS[name]()
        _show(sections[name])
    if not names:
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        charts = [
            (sections["tasks"], "64 tasks", "requests a second with 64 tasks"),
            (sections["calls"], "CPU µs", "CPU of a call in µs"),
        ]
        PICTURE.write_text(plot.draw(charts), encoding="utf-8")
        DOCUMENT.write_text(report.write([*sections.values()], "images/benchmarks.svg"), encoding="utf-8")
        print(f"written: {DOCUMENT.relative_to(REPOSITORY)}, {PICTURE.relative_to(REPOSITORY)}")
    return 0


def _show(section: Section) -> None:
    wide = max(len(row.name) for row in section.rows)
    for row in section.rows:
        cells = "  ".join(f"{pattern.format(row.values[name])} {name}" for name, pattern in section.columns.items())
        print(f"  {row.name:{wide}}  {cells}")
    for target in section.targets:
        state = "reached" if target.reached else "NOT REACHED"
        print(f"  {state}: {target.name}: {target.measured:,.2f}, target {target.limit:,.2f}")
