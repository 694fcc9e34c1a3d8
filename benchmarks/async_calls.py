"""The same call, made by many tasks at once."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from unittest.mock import patch

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from jsms_client import AsyncJSMS
from jsms_client.aiohttp_transport import OnceTransport

from .clock import AsyncCall, Timing, best, with_tasks
from .figures import Row, Section, Target
from .server import running
from .sync_calls import BODY, HEADERS, KEY, MOBILE, SECRET

TASKS = (1, 16, 64, 256)
PLAIN, SAME, OURS = "httpx.AsyncClient", "httpx.AsyncClient over our transport", "AsyncJSMS with the extra `fast`"


@asynccontextmanager
async def _over(base_url: str, transport: httpx.AsyncBaseTransport | None) -> AsyncGenerator[AsyncCall]:
    async with httpx.AsyncClient(auth=(KEY, SECRET), transport=transport) as client:

        async def call() -> object:
            return (await client.post(f"{base_url}/codes", json=BODY)).json()

        yield call


@asynccontextmanager
async def _aiohttp(base_url: str) -> AsyncGenerator[AsyncCall]:
    async with aiohttp.ClientSession() as session:

        async def call() -> object:
            async with session.post(f"{base_url}/codes", json=BODY, headers=HEADERS) as answer:
                return json.loads(await answer.read())

        yield call


@asynccontextmanager
async def _ours(base_url: str) -> AsyncGenerator[AsyncCall]:
    async with AsyncJSMS(KEY, SECRET, base_url=base_url) as client:
        yield lambda: client.codes.send(MOBILE, temp_id=1)


@asynccontextmanager
async def _ours_without_extra(base_url: str) -> AsyncGenerator[AsyncCall]:
    with patch.dict(sys.modules, {"jsms_client.aiohttp_transport": None}):
        async with _ours(base_url) as call:
            yield call


WAYS: dict[str, Callable[[str], AbstractAsyncContextManager[AsyncCall]]] = {
    "aiohttp": _aiohttp,
    PLAIN: lambda base_url: _over(base_url, None),
    "httpx.AsyncClient over httpx-aiohttp": lambda base_url: _over(base_url, AiohttpTransport()),
    SAME: lambda base_url: _over(base_url, OnceTransport()),
    "AsyncJSMS without it": _ours_without_extra,
    OURS: _ours,
}


def measure() -> Section:
    """Every way, with every number of tasks, in turns."""
    with running() as base_url:
        timings = asyncio.run(_measure(base_url))
    columns = {f"{tasks} tasks": "{:,.0f}" for tasks in TASKS}
    rows = [
        Row(
            name,
            {
                "of httpx, 64 tasks": timings[PLAIN, 64].wall / timings[name, 64].wall,
                **{f"{tasks} tasks": 1e6 / timings[name, tasks].wall for tasks in TASKS},
                "CPU µs, 64 tasks": timings[name, 64].cpu,
            },
            name.startswith("AsyncJSMS"),
        )
        for name in WAYS
    ]
    slower = timings[OURS, 256].wall / timings[OURS, 16].wall
    return Section(
        "Many tasks at once",
        "The same call on one client in one event loop, requests a second. The server has the other core, and answers "
        "more than any of them asks. `AsyncJSMS` sends over aiohttp where the extra `fast` is installed.",
        {"of httpx, 64 tasks": "{:.1f}", **columns, "CPU µs, 64 tasks": "{:.0f}"},
        rows,
        [
            Target(
                "requests a second with 64 tasks, in those of plain `httpx.AsyncClient`",
                timings[PLAIN, 64].wall / timings[OURS, 64].wall,
                6,
                at_least=True,
            ),
            Target(
                "the same, in those of bare httpx over the same transport",
                timings[SAME, 64].wall / timings[OURS, 64].wall,
                0.9,
                at_least=True,
            ),
            Target(
                "time of a call with 256 tasks, in that with 16",
                slower,
                1.0,
                note="256 connections and tasks no longer fit the caches of a core: bare aiohttp grows slower, too.",
            ),
        ],
    )


async def _measure(base_url: str) -> dict[tuple[str, int], Timing]:
    seen: dict[tuple[str, int], list[Timing]] = {}
    for _ in range(4):
        for tasks in TASKS:
            for name, way in WAYS.items():
                slow = name in (PLAIN, "AsyncJSMS without it")
                async with way(base_url) as call:
                    timing = await with_tasks(call, tasks=tasks, number=600 if slow else 6000)
                seen.setdefault((name, tasks), []).append(timing)
    return {key: best(timings) for key, timings in seen.items()}
