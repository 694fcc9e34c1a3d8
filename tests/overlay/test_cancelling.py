"""A call that is cancelled at any step: the next call works, and no connection is lost or left open."""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
import time
import types
import warnings
from collections.abc import Awaitable, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

import pytest
import trio

from jsms_client import JSMS, AsyncJSMS
from sample_sizes import sample_size
from servers.faults import http_response, sends
from servers.raw_socket_server import RawSocketServer

from .calls import CALLS
from .drivers import PATIENCE, async_client, sync_client

SENT = sends(http_response(200, b'{"msg_id": "1"}'))
STEPS = range(0, 41, sample_size(1, 4))


@pytest.fixture(scope="module")
def server() -> Iterator[RawSocketServer]:
    with RawSocketServer() as server:
        server.play(SENT)
        yield server


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one connection, one that is lost is missed at once."""
    monkeypatch.setattr("jsms_client._async.pool.MOST_CONNECTIONS", 1)
    monkeypatch.setattr("jsms_client._sync.pool.MOST_CONNECTIONS", 1)


def open_sockets() -> int:
    found = 0
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found += link.readlink().name.startswith("socket:")
    return found


def closed_all_but(before: int) -> bool:
    """Return whether no more sockets are open than before, once the server has closed its own."""
    deadline = time.monotonic() + 5
    while (more := open_sockets() > before) and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.02)
    return not more


@types.coroutine
def cancelled_at(step: int, awaitable: Awaitable[object], *, late: bool) -> Generator[Any, Any, object]:
    """Cancel the task at its so manieth suspension: while it waits, or late, when what it waits for has just come."""
    task = asyncio.current_task()
    assert task is not None
    inner = awaitable.__await__()
    number = 0
    while True:
        try:
            waiting = next(inner)
        except StopIteration as end:
            return end.value
        if number == step:
            if late and isinstance(waiting, asyncio.Future):
                cast("asyncio.Future[object]", waiting).add_done_callback(lambda _: task.cancel())
            else:
                task.cancel()
        number += 1
        try:
            yield waiting
        except BaseException as error:  # noqa: BLE001 - handed on
            waiting = inner.throw(error)
            yield waiting


Transport = Literal["httpx", "fast"]
TRANSPORTS: tuple[Transport, ...] = ("httpx", "fast")


async def send(client: AsyncJSMS) -> object:
    return await CALLS["sendCode"].on_async(client)


@pytest.mark.parametrize("late", [False, True], ids=["waiting", "late"])
@pytest.mark.parametrize("kept", [False, True], ids=["new", "kept"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_task_of_asyncio_is_cancelled_at_any_step(
    server: RawSocketServer, transport: Transport, host: str, kept: bool, late: bool
) -> None:
    base_url = server.base_url.replace("127.0.0.1", host)

    async def main() -> int:
        cancelled = 0
        for step in STEPS:
            async with async_client(base_url, timeout=PATIENCE, transport=transport) as client:
                if kept:
                    await send(client)
                task = asyncio.ensure_future(_awaited(cancelled_at(step, send(client), late=late)))
                await asyncio.wait([task])
                cancelled += task.cancelled()
                await send(client)
        return cancelled

    before = open_sockets()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        # Over a kept connection, there may be a single wait.
        assert asyncio.run(main()) >= 1
        assert closed_all_but(before)


async def _awaited(awaitable: Awaitable[object]) -> object:
    return await awaitable


class CancelAt(trio.abc.Instrument):
    """Cancels a scope when its task is about to take so many steps."""

    def __init__(self, step: int, scope: trio.CancelScope) -> None:
        self.left = step
        self.scope = scope
        self.task = trio.lowlevel.current_task()

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        if task is self.task:
            if self.left == 0:
                self.scope.cancel()
            self.left -= 1


@pytest.mark.parametrize("kept", [False, True], ids=["new", "kept"])
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_task_of_trio_is_cancelled_at_any_step(server: RawSocketServer, transport: Transport, kept: bool) -> None:
    async def main() -> int:
        cancelled = 0
        for step in STEPS:
            async with async_client(server.base_url, timeout=PATIENCE, transport=transport) as client:
                if kept:
                    await send(client)
                with trio.CancelScope() as scope:
                    instrument = CancelAt(step, scope)
                    trio.lowlevel.add_instrument(instrument)
                    try:
                        await send(client)
                    finally:
                        trio.lowlevel.remove_instrument(instrument)
                cancelled += scope.cancelled_caught
                await send(client)
        return cancelled

    before = open_sockets()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        assert trio.run(main) >= 1
        assert closed_all_but(before)


def test_many_calls_that_are_cancelled_in_waves_leave_every_connection_usable(
    server: RawSocketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jsms_client._async.pool.MOST_CONNECTIONS", 20)

    async def main() -> None:
        async with async_client(server.base_url, timeout=PATIENCE) as client:
            for number in range(30):
                calls = asyncio.gather(*(send(client) for _ in range(60)))
                with suppress(TimeoutError):
                    await asyncio.wait_for(calls, 0.002 * number)
            await asyncio.gather(*(send(client) for _ in range(40)))

    asyncio.run(main())


class InterruptionError(Exception):
    """What a signal handler raises."""


OURS = (
    "_sync/pool.py",
    "_sync/fast.py",
    "_fast.py",
    "_sync/executor.py",
    "_concurrency.py",
    "_route.py",
)
BELOW = ("/httpcore/", "/httpx/_transports/", "/socket.py")


def interrupted_at(step: int, act: Callable[[], object], *, below: bool) -> bool:
    """Raise where a signal handler may. Whether it came to that.

    Args:
        step: Before the so manieth instruction of ours, or line of what is below.
        act: What is interrupted.
        below: Whether it is in httpx and httpcore.
    """
    left = step

    def trace(frame: types.FrameType, event: str, _: object) -> Any:
        nonlocal left
        name = frame.f_code.co_filename
        if not (any(part in name for part in BELOW) if below else name.endswith(OURS)):
            return None
        frame.f_trace_opcodes = not below
        if event == ("line" if below else "opcode") and frame.f_code.co_name != "__del__":
            left -= 1
            if left == 0:
                sys.settrace(None)
                raise InterruptionError
        return trace

    # Python 3.12 looks whether any frame asks for instructions at the moment tracing begins.
    frame = inspect.currentframe()
    assert frame is not None
    frame.f_trace_opcodes = not below
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    except InterruptionError:
        return True
    finally:
        sys.settrace(before)
    return False


def in_a_thread(act: Callable[[], bool]) -> bool:
    """In one of its own: an exception of a trace function may leave its thread with another one in hand."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(act).result()


@pytest.mark.parametrize(
    ("transport", "below", "steps"), [("httpx", False, 200), ("httpx", True, 200), ("fast", False, 200)]
)
@pytest.mark.parametrize("kept", [False, True], ids=["new", "kept"])
def test_a_thread_is_interrupted_anywhere(
    server: RawSocketServer, transport: Transport, kept: bool, below: bool, steps: int
) -> None:
    def call(client: JSMS) -> object:
        return CALLS["sendCode"].on(client)

    step = 1
    with warnings.catch_warnings():
        # A socket whose variable was never assigned is closed by Python itself, which says so.
        warnings.simplefilter("ignore", ResourceWarning)
        before = open_sockets()
        while True:
            step += sample_size(3, 10)
            with sync_client(server.base_url, timeout=PATIENCE, transport=transport) as client:
                if kept:
                    call(client)
                if not in_a_thread(partial(interrupted_at, step, partial(call, client), below=below)):
                    break
                call(client)
        assert closed_all_but(before)
    assert step > steps
