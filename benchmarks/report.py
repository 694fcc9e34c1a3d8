"""The document that a run leaves."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from .figures import Section, Target

_PACKAGES = ("httpx", "httpcore", "httpx-aiohttp", "aiohttp", "requests", "jsms", "attrs", "pydantic")

_HEAD = """# Benchmarks

<!-- Written by scripts/benchmark: change benchmarks/, and run it again. -->

What calls cost, ours beside everything that does the same, measured in one run against a minimal server that keeps
connections open and has a process of its own. Ratios first: they hold on other machines, the figures beside them do
not. Each figure is the best of several rounds taken in turns.

Run it with `scripts/benchmark` (about four minutes; close what else is running).
"""

_FAST = """## The transport of `AsyncJSMS`

httpx's own pool looks through every connection and every waiting request at every step, which makes it slower with
each task: it carries a third of the requests with 64 tasks that it carries with one. With the extra `fast`
(`pip install "jsms-client[fast]"`), `AsyncJSMS` sends over aiohttp through httpx-aiohttp instead. Nothing else is to be
done: it is used wherever it is installed, on asyncio, where the environment names no proxy. On trio, behind a proxy, or
without the extra, httpx's own transport is used; an `http_client` of your own always is what you made it.

Also tried: httpx-aiohttp as it is (a tenth slower than with a session of our own, and see below), one httpx transport
for each connection (four times the plain pool, nothing to install, but not the six that were asked for).

What it costs: aiohttp with its seven dependencies, most of them compiled, about 13 MB on disk and a tenth of a second
of CPU at the first call. An answer with its `Content-Length` twice is not understood by its parser, where httpx's is
generous. Its time limit for a free connection is one with that for making it.

What it must not cost: aiohttp repeats a GET, PUT or DELETE whose kept connection broke, httpx-aiohttp reports a server
that hung up as a connection that was never made, and a connection that the service closed while the program was busy is
still taken for a good one. Each of them could send a message twice or make a sent one seem unsent.
`jsms_client/aiohttp_transport.py` shuts all three out, and the tests of every fault run over both transports.
"""


def write(sections: list[Section], picture: str) -> str:
    """The document.

    Args:
        sections: What was measured.
        picture: Where the plot is, seen from the document.
    """
    targets = [target for section in sections for target in section.targets]
    parts = [
        _HEAD,
        f"![Requests and CPU, ours and others]({picture})\n",
        "\n".join(_machine()),
        "\n".join(_targets(targets)),
        *("\n".join(_section(section)) for section in sections),
        _FAST,
    ]
    return "\n".join(parts)


def _machine() -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    yield f"| measured | {datetime.now(UTC):%Y-%m-%d}, with `scripts/benchmark` |"
    yield f"| machine | {_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()} |"
    yield f"| Python | {platform.python_implementation()} {platform.python_version()} |"
    yield f"| packages | {', '.join(f'{name} {version(name)}' for name in _PACKAGES)} |"
    yield ""


def _processor() -> str:
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _targets(targets: list[Target]) -> Iterator[str]:
    yield "## Targets"
    yield ""
    yield "| | measured | target | |"
    yield "|---|--:|--:|---|"
    for target in targets:
        sign = "≥" if target.at_least else "≤"
        state = "reached" if target.reached else "**not reached**"
        yield f"| {target.name} | {_figure(target.measured)} | {sign} {_figure(target.limit)} | {state} |"
    yield ""
    for target in targets:
        if not target.reached:
            yield f"Not reached, {target.name}: {target.note}"
            yield ""


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    yield ""
    yield section.text
    yield ""
    yield f"| | {' | '.join(section.columns)} |"
    yield f"|---|{'--:|' * len(section.columns)}"
    for row in section.rows:
        cells = [pattern.format(row.values[column]) for column, pattern in section.columns.items()]
        name = f"**{row.name}**" if row.ours else row.name
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""
    if section.profile:
        yield "Where the time goes:"
        yield ""
        yield "```"
        yield section.profile
        yield "```"
        yield ""
