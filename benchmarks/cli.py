"""The command: measure everything, and write it down."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import async_calls, batches, callbacks, campaigns, plot, report, startup, sync_calls
from benchmarks.figures import Section

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = {
    "en": REPOSITORY / "docs" / "benchmarks.md",
    "zh-CN": REPOSITORY / "docs" / "benchmarks.zh-CN.md",
}
PICTURES = REPOSITORY / "docs" / "images"

BENCHMARKS: Mapping[str, Callable[[], Section]] = {
    "calls": sync_calls.measure,
    "tasks": async_calls.measure,
    "batch": batches.measure,
    "campaign": campaigns.measure,
    "callbacks": callbacks.measure,
    "start": startup.measure_imports,
    "regenerate": startup.measure_regenerating,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that are named, or all; only all of them are written down."""
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark",
        description="Measure what calls cost, ours and others', and write docs/benchmarks.md in English and Chinese.",
    )
    parser.add_argument("names", nargs="*", metavar="name", help=f"only these: {', '.join(BENCHMARKS)}")
    names: list[str] = parser.parse_args(arguments).names
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    sections: dict[str, Section] = {}
    failed: list[str] = []
    for name in names or BENCHMARKS:
        print(f"{name} …", flush=True)
        try:
            sections[name] = BENCHMARKS[name]()
        except Exception as error:  # noqa: BLE001 - the others are worth writing down
            print(f"  FAILED: {error!r}")
            failed.append(name)
        else:
            _show(sections[name])
    if not names:
        _write(sections)
    if failed:
        print(f"not measured: {', '.join(failed)}")
    return 1 if failed else 0


def _write(sections: Mapping[str, Section]) -> None:
    drawn: dict[str, str] = {}
    if "tasks" in sections:
        title = "Requests a second, by tasks at once"
        drawn["benchmarks-tasks.svg"] = plot.lines(sections["tasks"], title, "tasks")
    if "calls" in sections:
        drawn["benchmarks.svg"] = plot.bars(sections["calls"], "CPU µs", "CPU of a call, in µs")
    if "campaign" in sections:
        title = "CPU of a recipient in a campaign, in µs"
        drawn["benchmarks-campaigns.svg"] = plot.lines(sections["campaign"], title, "recipients")
    for name, picture in drawn.items():
        (PICTURES / name).write_text(picture, encoding="utf-8")
    for language, document in DOCUMENTS.items():
        written = report.write([*sections.values()], [f"images/{name}" for name in drawn], language)
        document.write_text(written, encoding="utf-8")
        print(f"written: {document.relative_to(REPOSITORY)}")


def _show(section: Section) -> None:
    wide = max(len(row.name) for row in section.rows)
    for row in section.rows:
        cells = "  ".join(
            f"{pattern.format(row.values[name])} {name}"
            for name, pattern in section.columns.items()
            if name in row.values
        )
        print(f"  {row.name:{wide}}  {cells}")
    for target in section.targets:
        state = "met" if target.reached else "NOT MET"
        print(f"  {state}: {target.name}: {target.measured:,.2f}, target {target.limit:,.2f}")
