"""The document that a run leaves."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from .figures import Section, Target

_PACKAGES = (
    "httpx",
    "httpcore",
    "httptools",
    "httpx2",
    "pyreqwest",
    "aiohttp",
    "requests",
    "jsms",
    "attrs",
    "pydantic",
)

_HEAD = """# Benchmarks

<!-- Written by scripts/benchmark: change benchmarks/, and run it again. -->

What calls cost, ours beside everything that does the same, measured in one run against a minimal server that keeps
connections open and has a process of its own. Ratios first: they hold on other machines, the figures beside them do
not. Each figure is the best of several rounds taken in turns.

Run it with `scripts/benchmark` (about four minutes; close what else is running).
"""

_FAST = """## The transports

Both clients keep their connections in a pool of their own, one connection for one call at a time. A call that is
cancelled or interrupted costs its connection and nothing else; httpx's own pool loses connections then, and looks
through all of them at every step, which makes it slower with each task.

`transport="httpx"` (the default) sends each request with httpx and httpcore. `transport="fast"`
(`pip install "jsms-client[fast]"`) writes the request itself and parses the response with httptools, over the same pool
and the same network code, for both clients, on asyncio and trio. It is asked for (or with `JSMS_TRANSPORT=fast`), never
picked up. Behind a proxy, and where a mock or tracing has replaced methods of httpx, requests go through httpx.

Also measured, and why it is not used:

- aiohttp through httpx-aiohttp, for the async client alone: it retries a
  GET by itself, takes a connection that was lost after the request for one that was never made, keeps credentials in
  the frames of its exceptions, and each of its versions breaks with some version of httpx-aiohttp.
- pyreqwest (Rust): an exception of a signal handler (Ctrl-C, Celery's time limits) waits until
  the call has ended, and can abort the process (pyreqwest 0.15.1: a panic while an exception is made). Its runtime does
  not survive a fork, and it adds certificates to its own trust where `SSL_CERT_FILE` is to replace it.

What `fast` costs: httptools, compiled, without dependencies. A response with its `Content-Length` twice is not
understood by its parser, where h11 is generous.
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
