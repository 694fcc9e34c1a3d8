"""Choose and open the connections: a pool for each process, or for each event loop of each process."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary, ref

from jsms_client._concurrency import PerProcess, async_sleep, asyncio_loop
from jsms_client._route import find_route, needs_trust

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from jsms_client._async.pool import AsyncConnectionPool
    from jsms_client._sync.pool import ConnectionPool


class Transports(PerProcess["ConnectionPool"]):
    """The transports of one client: one for each process."""

    __slots__ = ()

    def __init__(self, base_url: str, *, fast: bool) -> None:
        super().__init__(partial(open_transport, base_url, fast=fast))

    def close(self) -> None:
        """Close this process's transport."""
        found = self.pop()
        if found is not None:
            found.close()


class AsyncTransports:
    """The transports of one client: one for each event loop of each process."""

    __slots__ = ("_base_url", "_fast", "_loops")

    def __init__(self, base_url: str, *, fast: bool) -> None:
        self._base_url = base_url
        self._fast = fast
        self._loops: WeakKeyDictionary[object, dict[int, _Opened]] = WeakKeyDictionary()

    async def get(self) -> AsyncConnectionPool:
        """Return this event loop's transport."""
        loop, pid = _event_loop(), os.getpid()
        processes = self._loops.get(loop)
        if processes is not None and pid in processes:
            return processes[pid].transport
        transport = await open_async_transport(self._base_url, fast=self._fast)
        opened = _Opened(transport, _at_the_end(ref(transport)))
        self._remove_closed()
        kept = self._loops.setdefault(loop, {}).setdefault(pid, opened)
        # When two tasks open one, the first to store it wins, and the other's is dropped unused.
        if kept is opened:
            await anext(opened.watch)
        return kept.transport

    async def aclose(self) -> None:
        """Close this event loop's transport."""
        opened = self._loops.get(_event_loop(), {}).pop(os.getpid(), None)
        if opened is not None:
            await opened.transport.aclose()
            await opened.watch.aclose()
            # asyncio closes a socket in its next round.
            await async_sleep(0)

    def _remove_closed(self) -> None:
        """Drop the transports of event loops that were closed: a program may run one loop for each piece of work."""
        # A copy that is made at once: other threads open transports for their loops meanwhile.
        for loop in [reference() for reference in self._loops.keyrefs()]:
            # A loop of trio cannot be asked; nothing that was opened there keeps it alive.
            is_closed: Callable[[], bool] | None = getattr(loop, "is_closed", None)
            if is_closed is not None and is_closed():
                self._loops.pop(loop, None)


class _Opened(NamedTuple):
    """A transport, and what closes its idle connections when its event loop ends before `aclose` was called.

    An event loop closes its asynchronous generators before it ends: there is no other way to be called then.
    """

    transport: AsyncConnectionPool
    watch: AsyncGenerator[None]


async def _at_the_end(transport: ref[AsyncConnectionPool]) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        found = transport()
        if found is not None:
            await found.aclose()


def open_transport(base_url: str, *, fast: bool = False) -> ConnectionPool:
    """Return connections for the threads of one process; TLS is always verified."""
    route = find_route(base_url, fast=fast)
    from jsms_client._sync.pool import ConnectionPool  # noqa: PLC0415 - a program loads what it uses

    if not route.fast:
        return ConnectionPool(route)
    from jsms_client._sync.fast import FastConnection  # noqa: PLC0415 - an extra

    return ConnectionPool(route, FastConnection)


async def open_async_transport(base_url: str, *, fast: bool = False) -> AsyncConnectionPool:
    """Return connections for the tasks of one event loop; TLS is always verified."""
    modules = _modules(fast=fast)
    if not modules <= sys.modules.keys() or needs_trust(base_url):
        # Imports and certificates take tenths of a second, in which no other task would run.
        await _in_thread(lambda: _prepare(base_url, modules))
    from jsms_client._async.pool import AsyncConnectionPool  # noqa: PLC0415 - a program loads what it uses

    route = find_route(base_url, fast=fast)
    if not route.fast:
        return AsyncConnectionPool(route)
    from jsms_client._async.fast import AsyncFastConnection  # noqa: PLC0415 - an extra

    return AsyncConnectionPool(route, AsyncFastConnection)


def _modules(*, fast: bool) -> set[str]:
    """Return what the first request of this event loop imports."""
    needed = {"jsms_client._async.fast" if fast else "jsms_client._async.pool"}
    if asyncio_loop() is not None:
        needed.add("jsms_client._asyncio_backend")
        if not fast:
            # httpcore's locks load it, at the first request.
            needed.add("anyio._backends._asyncio")
    return needed


def _prepare(base_url: str, modules: set[str]) -> None:
    """Load what takes long before `find_route` is called."""
    for name in modules:
        with suppress(ModuleNotFoundError):
            import_module(name)
    find_route(base_url)


async def _in_thread(work: Callable[[], None]) -> None:
    # Not through anyio: loading that takes long itself.
    if asyncio_loop() is None:
        import trio  # noqa: PLC0415 - it must be running, as asyncio is not

        await trio.to_thread.run_sync(work)
    else:
        from asyncio import to_thread  # noqa: PLC0415 - sync programs never load it

        await to_thread(work)


def _event_loop() -> object:
    loop = asyncio_loop()
    if loop is not None:
        return loop
    import trio  # noqa: PLC0415 - it must be running, as asyncio is not

    return trio.lowlevel.current_trio_token()
