"""Concurrency for both clients: one object per process, slots, events, tasks, waiting, and deadlines.

What differs between the clients has an async form and a blocking one, so that code written once as async can be made
into sync.
"""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import ref

if TYPE_CHECKING:
    import asyncio


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

    __slots__ = ("_free", "_waiters")

    def __init__(self, number: int) -> None:
        self._free = number
        self._waiters: deque[AsyncioWaiter | TrioWaiter] = deque()

    async def acquire(self, seconds: float | None) -> AsyncSlot | None:
        """Return a free slot, in the order of asking; None when there was none in so many seconds."""
        if self._free:
            self._free -= 1
            return AsyncSlot(self)
        loop = asyncio_loop()
        waiter = TrioWaiter() if loop is None else AsyncioWaiter(loop)
        self._waiters.append(waiter)
        granted = False
        try:
            granted = await waiter.wait(seconds)
        finally:
            if not granted and waiter in self._waiters:
                self._waiters.remove(waiter)
            elif not granted and waiter.is_set:
                # Its task was cancelled in the moment that it was given one.
                self.release()
        return AsyncSlot(self) if granted else None

    def release(self) -> None:
        """Free a slot, or hand it on to the first that still waits."""
        while self._waiters:
            if self._waiters.popleft().set():
                return
        self._free += 1


class AsyncioWaiter:
    """Waits on asyncio, in a third of the time that anyio takes."""

    __slots__ = ("_future",)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._future: asyncio.Future[bool] = loop.create_future()

    @property
    def is_set(self) -> bool:
        """Whether it was set, even if its task was cancelled then."""
        return self._future.done() and not self._future.cancelled() and self._future.result()

    def set(self) -> bool:
        """End the wait, unless it has ended."""
        return settle(self._future)

    async def wait(self, seconds: float | None) -> bool:
        """Wait until it is set; False when that took too long."""
        return await future_within(self._future, seconds)


class TrioWaiter:
    """Waits on trio."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        import anyio  # noqa: PLC0415 - comes with httpx; programs with asyncio never load it here

        self._event = anyio.Event()

    @property
    def is_set(self) -> bool:
        """Whether it was set."""
        return self._event.is_set()

    def set(self) -> bool:
        """End the wait."""
        self._event.set()
        return True

    async def wait(self, seconds: float | None) -> bool:
        """Wait until it is set; False when that took too long."""
        import anyio  # noqa: PLC0415 - it is loaded

        with anyio.move_on_after(seconds):
            await self._event.wait()
        return self.is_set


async def future_within(future: asyncio.Future[bool], seconds: float | None) -> bool:
    """Wait for a future of the running loop; False when that took too long."""
    if seconds is None:
        return await future
    timer = future.get_loop().call_later(seconds, settle, future, False)
    try:
        return await future
    finally:
        timer.cancel()


def settle(future: asyncio.Future[bool] | None, came: bool = True) -> bool:
    """Give a future its result; False where it has one, or where there is none."""
    if future is None or future.done():
        return False
    future.set_result(came)
    return True


class AsyncSlot:
    """One of them."""

    __slots__ = ("_slots",)

    def __init__(self, slots: AsyncSlots) -> None:
        self._slots = slots

    def release(self) -> None:
        """Free it; the holder must forget it."""
        self._slots.release()


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


class AsyncShieldedTask:
    """Runs work to its end even when the caller that waits for it is cancelled."""

    __slots__ = ("_tasks",)

    def __init__(self) -> None:
        # An event loop holds its tasks only weakly.
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, work: Callable[[], Coroutine[object, object, None]]) -> None:
        """Run it."""
        loop = asyncio_loop()
        if loop is None:
            # trio has no tasks without a parent; there the cancellation waits for the work.
            import anyio  # noqa: PLC0415 - only for trio

            with anyio.CancelScope(shield=True):
                await work()
            return
        from asyncio import shield  # noqa: PLC0415 - sync programs never load it

        task = loop.create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await shield(task)


class ShieldedTask:
    """The blocking form of `AsyncShieldedTask`: a thread is not cancelled."""

    __slots__ = ()

    def run(self, work: Callable[[], None]) -> None:
        """Run it."""
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


def deadline(seconds: float | None) -> float:
    """Return the moment that is so many seconds from now."""
    return math.inf if seconds is None else time.monotonic() + seconds
