"""Concurrency for both clients: one object per process, slots, events, tasks, waiting, and deadlines.

What differs between the clients has an async form and a blocking one, so that code written once as async can be made
into sync.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import ref

if TYPE_CHECKING:
    import asyncio

    import trio


_T = TypeVar("_T")
_UNLIMITED = nullcontext()


class PerProcess(Generic[_T]):
    """One object for each process, made on first use; thread-safe without a lock.

    A process that forks must not share its sockets with the child: each has its own, and what a child inherits is left
    untouched. There is no lock because one that another thread holds during a fork is never released in the child.
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._made: dict[int, _T] = {}

    def get(self) -> _T:
        """Return this process's object."""
        pid = os.getpid()
        found = self._made.get(pid)
        # When two threads make one, the first to store it wins, and the other's is dropped unused.
        return self._made.setdefault(pid, self._make()) if found is None else found

    def pop(self) -> _T | None:
        """Remove this process's object and return it, to be closed."""
        return self._made.pop(os.getpid(), None)


class Slots:
    """A number of slots, for the calls that may run at once in the threads of a process.

    A slot that is lost comes back by itself: an exception of a signal handler may come between any two instructions.
    For the same reason there is no lock here that it could leave locked.
    """

    __slots__ = ("_free",)

    def __init__(self, number: int) -> None:
        self._free: SimpleQueue[Slot] = SimpleQueue()
        for _ in range(number):
            self._free.put(Slot(self._free))

    def acquire(self, seconds: float | None) -> Slot | None:
        """Return a free slot; None when there was none in so many seconds. For None it waits without a limit."""
        try:
            return self._free.get(timeout=seconds)
        except Empty:
            return None


class Slot:
    """One of them."""

    _free: ref[SimpleQueue[Slot]] | None = None

    def __init__(self, free: SimpleQueue[Slot]) -> None:
        self._free = ref(free)

    def release(self) -> None:
        """Free it; the holder must forget it."""
        if self._free is not None and (free := self._free()) is not None:
            free.put(self)

    def __del__(self) -> None:
        """Put a new one in the place of one that was lost."""
        if self._free is not None and (free := self._free()) is not None:
            free.put(Slot(free))


class AsyncSlots:
    """The form of `Slots` for the tasks of one event loop, which are cancelled at an await alone."""

    __slots__ = ("_semaphore",)

    def __init__(self, number: int) -> None:
        self._semaphore: asyncio.Semaphore | trio.Semaphore
        if asyncio_loop() is None:
            import trio  # noqa: PLC0415 - it must be running, as asyncio is not

            self._semaphore = trio.Semaphore(number)
        else:
            import asyncio  # noqa: PLC0415 - sync programs never load it

            self._semaphore = asyncio.Semaphore(number)

    async def acquire(self, seconds: float | None) -> AsyncSlots | None:
        """Return what frees a slot, in the order of asking; None when there was none in so many seconds."""
        from asyncio import Semaphore, timeout  # noqa: PLC0415 - sync programs never load it

        semaphore = self._semaphore
        if not isinstance(semaphore, Semaphore):
            import anyio  # noqa: PLC0415 - comes with httpx; programs with asyncio never load it here

            with anyio.move_on_after(seconds):
                await semaphore.acquire()
                return self
            return None
        if not semaphore.locked():
            await semaphore.acquire()
            return self
        with suppress(TimeoutError):
            async with timeout(seconds):
                await semaphore.acquire()
                return self
        return None

    def release(self) -> None:
        """Free a slot."""
        self._semaphore.release()


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
        """Wait for `set`."""
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
        """Wait for `set`."""
        try:
            self._tokens.get(timeout=seconds)
            while True:
                self._tokens.get_nowait()
        except Empty:
            return


def asyncio_loop() -> asyncio.AbstractEventLoop | None:
    """Return the running event loop of asyncio; None on trio."""
    from asyncio import get_running_loop  # noqa: PLC0415 - sync programs never load it

    try:
        return get_running_loop()
    except RuntimeError:
        return None


async def async_shield(work: Callable[[], Coroutine[object, object, None]]) -> None:
    """Run work to its end even when the caller that waits for it is cancelled."""
    loop = asyncio_loop()
    if loop is None:
        # trio has no tasks without a parent; there the cancellation waits for the work.
        import anyio  # noqa: PLC0415 - only for trio

        with anyio.CancelScope(shield=True):
            await work()
    else:
        from asyncio import shield  # noqa: PLC0415 - sync programs never load it

        # The event loop holds it weakly: what it waits for, a thread or a socket, holds it.
        await shield(loop.create_task(work()))


def shield(work: Callable[[], None]) -> None:
    """Run work: a thread is not cancelled."""
    work()


def _threadsafe(callback: Callable[[], None]) -> Callable[[], object]:
    """Return the same callback, for any thread."""
    loop = asyncio_loop()
    if loop is None:
        import trio  # noqa: PLC0415 - it must be running, as asyncio is not

        token = trio.lowlevel.current_trio_token()
        return lambda: token.run_sync_soon(callback)
    return lambda: loop.call_soon_threadsafe(callback)


async def async_sleep(seconds: float) -> None:
    """Wait, on asyncio or trio."""
    import anyio  # noqa: PLC0415 - comes with httpx; sync programs never load it

    await anyio.sleep(seconds)


def sleep(seconds: float) -> None:
    """Wait, blocking this thread."""
    time.sleep(seconds)


class DeadlineError(TimeoutError):
    """What was done inside `async_fail_after` took too long."""


@asynccontextmanager
async def async_fail_after(seconds: float | None) -> AsyncGenerator[None]:
    """Cancel what is done inside when it takes too long, and raise `DeadlineError`; None is no limit."""
    import anyio  # noqa: PLC0415 - comes with httpx; sync programs never load it

    with anyio.move_on_after(seconds) as scope:
        yield
    if scope.cancelled_caught:
        raise DeadlineError


def fail_after(seconds: float | None) -> AbstractContextManager[None]:
    """Nothing: a thread that waits for a socket cannot be stopped from outside."""
    del seconds
    return _UNLIMITED
