"""Concurrency, the same for both clients: one object per process or event loop, waits, and worker threads.

What differs between the clients has an async form and a blocking one, so that code written once as async can be made
into sync.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import asyncio

_T = TypeVar("_T")


class PerProcess(Generic[_T]):
    """One object for each process, made on first use; thread-safe without a lock.

    A process that forks must not share its sockets with the child: each has its own, and what a child inherits is left
    untouched. There is no lock because one that another thread holds during a fork is never released in the child.

    Args:
        make: Makes the object.
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._made: dict[int, _T] = {}

    def get(self) -> _T:
        """This process's object."""
        pid = os.getpid()
        found = self._made.get(pid)
        # When two threads make one, the first to store it wins, and the other's is dropped unused.
        return self._made.setdefault(pid, self._make()) if found is None else found

    def pop(self) -> _T | None:
        """Remove this process's object and return it, to be closed."""
        return self._made.pop(os.getpid(), None)


class PerEventLoop(Generic[_T]):
    """One object for each event loop of each process: a socket of one loop is of no use to another.

    Args:
        make: Makes the object.
    """

    __slots__ = ("_loops", "_make")

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._loops: WeakKeyDictionary[object, PerProcess[_T]] = WeakKeyDictionary()

    def get(self) -> _T:
        """This event loop's object."""
        loop = _event_loop()
        found = self._loops.get(loop)
        if found is None:
            self._remove_closed()
            found = self._loops.setdefault(loop, PerProcess(self._make))
        return found.get()

    def pop(self) -> _T | None:
        """Remove this event loop's object and return it, to be closed."""
        found = self._loops.get(_event_loop())
        return None if found is None else found.pop()

    def _remove_closed(self) -> None:
        """Drop the objects of event loops that were closed: a program may run one loop for each piece of work."""
        for loop in list(self._loops):
            # A loop of trio cannot be asked; nothing that was opened there keeps it alive.
            is_closed: Callable[[], bool] | None = getattr(loop, "is_closed", None)
            if is_closed is not None and is_closed():
                self._loops.pop(loop, None)


class AsyncResettableEvent:
    """An event that resets itself after a wait; may be set from any task, thread or signal handler."""

    __slots__ = ("_is_set", "_notify")

    def __init__(self) -> None:
        self._is_set = False
        self._notify: Callable[[], object] | None = None

    def set(self) -> None:
        """End the wait; without a waiter, the next wait."""
        self._is_set = True
        if (notify := self._notify) is not None:
            notify()

    async def wait(self, seconds: float) -> None:
        """Wait for `set`.

        Args:
            seconds: How long at most.
        """
        import anyio  # noqa: PLC0415 - comes with httpx; sync programs never load it

        event = anyio.Event()
        # In this order: another thread sets the flag first, and then looks for the waiter.
        self._notify = _threadsafe(event.set)
        try:
            if not self._is_set:
                with anyio.move_on_after(seconds):
                    await event.wait()
        finally:
            self._notify = None
            self._is_set = False


class ResettableEvent:
    """The blocking form of `AsyncResettableEvent`."""

    __slots__ = ("_tokens",)

    def __init__(self) -> None:
        # Not a threading.Event: its lock may be held by the very thread that a signal handler interrupts.
        self._tokens: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        """End the wait; without a waiter, the next wait."""
        self._tokens.put(None)

    def wait(self, seconds: float) -> None:
        """Wait for `set`.

        Args:
            seconds: How long at most.
        """
        try:
            self._tokens.get(timeout=seconds)
            while True:
                self._tokens.get_nowait()
        except Empty:
            return


class AsyncShieldedTask:
    """Runs work to its end even when the caller that waits for it is cancelled."""

    __slots__ = ("_tasks",)

    def __init__(self) -> None:
        # An event loop holds its tasks only weakly.
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, work: Callable[[], Coroutine[object, object, None]]) -> None:
        """Run it.

        Args:
            work: What to run.
        """
        import asyncio  # noqa: PLC0415 - sync programs never load it

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # trio has no tasks without a parent; there the cancellation waits for the work.
            import anyio  # noqa: PLC0415

            with anyio.CancelScope(shield=True):
                await work()
            return
        task = loop.create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)


class ShieldedTask:
    """The blocking form of `AsyncShieldedTask`: a thread is not cancelled."""

    __slots__ = ()

    def run(self, work: Callable[[], None]) -> None:
        """Run it.

        Args:
            work: What to run.
        """
        work()


async def run_in_thread(work: Callable[[], _T]) -> _T:
    """Run blocking file access in a worker thread, on asyncio or trio.

    Args:
        work: What to run.
    """
    import anyio.to_thread  # noqa: PLC0415 - comes with httpx; sync programs never load it

    return await anyio.to_thread.run_sync(work)


def run_inline(work: Callable[[], _T]) -> _T:
    """The blocking form of `run_in_thread`: run it in the caller's own thread.

    Args:
        work: What to run.
    """
    return work()


def _event_loop() -> object:
    from asyncio import get_running_loop  # noqa: PLC0415 - sync programs never load it

    try:
        return get_running_loop()
    except RuntimeError:
        import trio  # noqa: PLC0415 - it must be running, as asyncio is not

        return trio.lowlevel.current_trio_token()


def _threadsafe(callback: Callable[[], None]) -> Callable[[], object]:
    """The same callback, for any thread."""
    import asyncio  # noqa: PLC0415 - sync programs never load it

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        import trio  # noqa: PLC0415 - it must be running, as asyncio is not

        token = trio.lowlevel.current_trio_token()
        return lambda: token.run_sync_soon(callback)
    return lambda: loop.call_soon_threadsafe(callback)


__all__ = [
    "AsyncResettableEvent",
    "AsyncShieldedTask",
    "PerEventLoop",
    "PerProcess",
    "ResettableEvent",
    "ShieldedTask",
    "run_in_thread",
    "run_inline",
]
