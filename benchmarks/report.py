"""Write the document of a run."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import translation
from benchmarks.figures import Section, Target

_PACKAGES = (
    "httpx",
    "httpcore",
    "httptools",
    "msgspec",
    "httpx2",
    "pyreqwest",
    "pyqwest",
    "urllib3",
    "aiohttp",
    "requests",
    "jsms",
    "attrs",
    "pydantic",
)

_HEAD = {
    "en": """# Benchmarks

<!-- Written by scripts/benchmark: change benchmarks/, and run it again. -->

What calls cost, ours beside everything that does the same, measured in one run against a minimal server that keeps
connections open and has a process of its own. Ratios first: they hold on other machines, the figures beside them do
not. Each figure is the best of several rounds taken in turns.

Run it with `scripts/benchmark` (less than ten minutes; close what else is running).
""",
    "zh-CN": translation.HEAD,
}

_TRANSPORTS = {
    "en": """## The transports

Both clients keep their connections in a pool of their own, one connection for one call at a time. A call that is
cancelled or interrupted costs its connection and nothing else; httpx's own pool loses connections then, and looks
through all of them at every step, which makes it slower with each task.

`transport="httpx"` (the default) sends each request with httpx and httpcore. `transport="fast"`
(`pip install "jsms-client[fast]"`) writes the request itself and parses the response with httptools, over the same pool
and the same network code, for both clients, on asyncio and trio; it reads and writes JSON with msgspec. It is asked for
(or with `JSMS_TRANSPORT=fast`), never picked up. Behind a proxy, and where a mock or tracing has replaced methods of
httpx, requests go through httpx.

Also measured, and why it is not used:

- aiohttp through httpx-aiohttp, for the async client alone: it retries a
  GET by itself, takes a connection that was lost after the request for one that was never made, keeps credentials in
  the frames of its exceptions, and each of its versions breaks with some version of httpx-aiohttp.
- pyreqwest (Rust): an exception of a signal handler (Ctrl-C, Celery's time limits) waits until
  the call has ended, and can abort the process (pyreqwest 0.15.1: a panic while an exception is made). Its runtime does
  not survive a fork, and it adds certificates to its own trust where `SSL_CERT_FILE` is to replace it.

What `fast` costs: httptools and msgspec, compiled, without dependencies. A response with its `Content-Length` twice is
not understood by its parser, where h11 is generous.
""",
    "zh-CN": translation.TRANSPORTS,
}
_PICTURES = {"en": "Plot", "zh-CN": "图"}


def write(sections: list[Section], pictures: Sequence[str], language: str = "en") -> str:
    """Return the document.

    Args:
        sections: What was measured.
        pictures: Where the plots are, seen from the document.
        language: ``en`` or ``zh-CN``.
    """
    say = translation.translate if language != "en" else _same
    targets = [target for section in sections for target in section.targets]
    parts = [
        _HEAD[language],
        *(f"![{_PICTURES[language]}]({picture})\n" for picture in pictures),
        "\n".join(_machine(say)),
        "\n".join(_targets(targets, say)),
        *("\n".join(_section(section, say)) for section in sections),
        _TRANSPORTS[language],
    ]
    return "\n".join(parts)


def _same(text: str) -> str:
    return text


def _machine(say: Callable[[str], str]) -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    yield f"| {say('measured')} | {datetime.now(UTC):%Y-%m-%d}, `scripts/benchmark` |"
    yield f"| {say('machine')} | {_processor()}, {os.cpu_count()} × CPU, {platform.system()} {platform.release()} |"
    yield f"| Python | {platform.python_implementation()} {platform.python_version()} |"
    yield f"| {say('packages')} | {', '.join(f'{name} {version(name)}' for name in _PACKAGES)} |"
    yield ""


def _processor() -> str:
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _targets(targets: list[Target], say: Callable[[str], str]) -> Iterator[str]:
    yield f"## {say('Targets')}"
    yield ""
    yield f"| | {say('measured')} | {say('target')} | |"
    yield "|---|--:|--:|---|"
    for target in targets:
        sign = "≥" if target.at_least else "≤"
        state = say("met") if target.reached else f"**{say('not met')}**"
        yield f"| {say(target.name)} | {_figure(target.measured)} | {sign} {_figure(target.limit)} | {state} |"
    yield ""
    for target in targets:
        if not target.reached:
            yield f"{say('Not met')}: {say(target.name)}. {say(target.note)}".rstrip()
            yield ""


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _section(section: Section, say: Callable[[str], str]) -> Iterator[str]:
    yield f"## {say(section.title)}"
    yield ""
    yield say(section.text)
    yield ""
    yield f"| | {' | '.join(map(say, section.columns))} |"
    yield f"|---|{'--:|' * len(section.columns)}"
    for row in section.rows:
        cells = [
            pattern.format(row.values[column]) if column in row.values else ""
            for column, pattern in section.columns.items()
        ]
        name = f"**{say(row.name)}**" if row.ours else say(row.name)
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""
    if section.profile:
        yield say("Where the time goes, for the target that is not met:")
        yield ""
        yield "```"
        yield section.profile
        yield "```"
        yield ""
