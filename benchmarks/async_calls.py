"""The same call from many tasks at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Literal

import aiohttp
import httpx
import httpx2
import pyqwest
from pyreqwest.client import ClientBuilder

from benchmarks.figures import Line, Row, Section, Target
from benchmarks.profiles import profile
from benchmarks.server import running
from benchmarks.sync_calls import BODY, HEADERS, KEY, MOBILE, SECRET, WRITTEN
from benchmarks.timing import AsyncCall, Timing, best, with_tasks
from jsms_client import AsyncJSMS

TASKS = (1, 16, 64, 256)
PLAIN, BARE = "httpx.AsyncClient", "aiohttp"
_NOTE = (
    "What it does beside bare aiohttp: checks of arguments and response, a timeout for each step and for the whole, "
    "retries, and a typed result; see the profile."
)
DEFAULT, OURS = "AsyncJSMS", 'AsyncJSMS(transport="fast")'


@asynccontextmanager
async def _httpx(base_url: str) -> AsyncGenerator[AsyncCall]:
    async with httpx.AsyncClient(auth=(KEY, SECRET)) as client:

        async def call() -> object:
            return (await client.post(f"{base_url}/codes", json=BODY)).json()

        yield call


@asynccontextmanager
async def _aiohttp(base_url: str) -> AsyncGenerator[AsyncCall]:
    async with aiohttp.ClientSession() as session:

        async def call() -> object:
            async with session.post(f"{base_url}/codes", json=BODY, headers=HEADERS) as response:
                return json.loads(await response.read())

        yield call


@asynccontextmanager
async def _pyreqwest(base_url: str) -> AsyncGenerator[AsyncCall]:
    async with ClientBuilder().build() as client:

        async def call() -> object:
            sent = client.post(f"{base_url}/codes").headers(HEADERS).body_bytes(WRITTEN).build().send()
            return json.loads(bytes(await (await sent).bytes()))

        yield call


@asynccontextmanager
async def _httpx2(base_url: str) -> AsyncGenerator[AsyncCall]:
    async with httpx2.AsyncClient(auth=(KEY, SECRET)) as client:

        async def call() -> object:
            return (await client.post(f"{base_url}/codes", json=BODY)).json()

        yield call


@asynccontextmanager
async def _pyqwest(base_url: str) -> AsyncGenerator[AsyncCall]:
    async with pyqwest.HTTPTransport() as transport:
        client = pyqwest.Client(transport)

        async def call() -> object:
            return (await client.post(f"{base_url}/codes", headers=HEADERS, content=WRITTEN)).json()

        yield call


@asynccontextmanager
async def _ours(base_url: str, transport: Literal["httpx", "fast"]) -> AsyncGenerator[AsyncCall]:
    async with AsyncJSMS(KEY, SECRET, base_url=base_url, transport=transport) as client:
        yield lambda: client.codes.send(MOBILE, temp_id=1)


WAYS: dict[str, Callable[[str], AbstractAsyncContextManager[AsyncCall]]] = {
    BARE: _aiohttp,
    "pyreqwest": _pyreqwest,
    "pyqwest": _pyqwest,
    "httpx2.AsyncClient": _httpx2,
    PLAIN: _httpx,
    DEFAULT: partial(_ours, transport="httpx"),
    OURS: partial(_ours, transport="fast"),
}


# httpx2 and httpx are slow with many tasks: fewer calls say as much.
SLOW = ("httpx2.AsyncClient", PLAIN)


def measure() -> Section:
    """Measure each client with each number of tasks, in turns."""
    with running() as base_url:
        timings = asyncio.run(_measure(base_url))
    columns = {f"{tasks} tasks": "{:,.0f}" for tasks in TASKS}
    cpu_columns = {f"CPU µs, {tasks} tasks": "{:.0f}" for tasks in TASKS[1:]}
    rows = [
        Row(
            name,
            {
                "of httpx, 64 tasks": timings[PLAIN, 64].wall / timings[name, 64].wall,
                **{f"{tasks} tasks": 1e6 / timings[name, tasks].wall for tasks in TASKS},
                **{f"CPU µs, {tasks} tasks": timings[name, tasks].cpu for tasks in TASKS[1:]},
            },
            name.startswith("AsyncJSMS"),
        )
        for name in WAYS
    ]
    targets = [
        Target(
            "requests a second with 64 tasks, in those of plain `httpx.AsyncClient`",
            timings[PLAIN, 64].wall / timings[DEFAULT, 64].wall,
            4,
            at_least=True,
            note="Each request still goes through httpx and httpcore.",
        ),
        *(
            target
            for tasks in (16, 64)
            for target in (
                Target(
                    f'`transport="fast"` with {tasks} tasks, in CPU of bare aiohttp',
                    timings[OURS, tasks].cpu / timings[BARE, tasks].cpu,
                    1.0,
                    note=_NOTE,
                ),
                Target(
                    f'`transport="fast"` with {tasks} tasks, in requests a second of bare aiohttp',
                    timings[BARE, tasks].wall / timings[OURS, tasks].wall,
                    0.9,
                    at_least=True,
                    note=_NOTE,
                ),
            )
        ),
        Target(
            '`transport="fast"`: CPU of a call with 256 tasks, in that with 16',
            timings[OURS, 256].cpu / timings[OURS, 16].cpu,
            1.1,
            note="256 connections and tasks no longer fit the caches of a core; compare how bare aiohttp grows.",
        ),
    ]
    missed = any(not target.reached for target in targets[1:])
    return Section(
        "Many tasks at once",
        "The same call on one client in one event loop, requests a second. The server has the other core, and serves "
        "more than any of them asks.",
        {"of httpx, 64 tasks": "{:.1f}", **columns, **cpu_columns},
        rows,
        targets,
        _profile() if missed else "",
        [
            Line(name, [(tasks, 1e6 / timings[name, tasks].wall) for tasks in TASKS], name.startswith("AsyncJSMS"))
            for name in WAYS
        ],
    )


async def _measure(base_url: str) -> dict[tuple[str, int], Timing]:
    seen: dict[tuple[str, int], list[Timing]] = {}
    for _ in range(4):
        for tasks in TASKS:
            for name, way in WAYS.items():
                async with way(base_url) as call:
                    timing = await with_tasks(call, tasks=tasks, number=600 if name in SLOW else 5000)
                seen.setdefault((name, tasks), []).append(timing)
    return {key: best(timings) for key, timings in seen.items()}


def _profile() -> str:
    async def many(base_url: str) -> None:
        async with WAYS[OURS](base_url) as call:
            await with_tasks(call, tasks=64, number=3000)

    with running() as base_url:
        return profile(lambda: asyncio.run(many(base_url)), number=1)
