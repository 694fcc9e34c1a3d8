"""Waiting that anyone can end early, and work that a cancelled caller does not take down with it.

Each has a twin, so that code written once as async can be made into sync.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio


class AsyncWakeup:
    """A wait that ends at once when it is woken, from any task, thread or signal handler."""

    __slots__ = ("_ring", "_woken")

    def __init__(self) -> None:
        self._woken = False
        self._ring: Callable[[], object] | None = None

    def wake(self) -> None:
        """End the wait; with nobody waiting, the next wait."""
        self._woken = True
        if (ring := self._ring) is not None:
            ring()

    async def wait(self, seconds: float) -> None:
        """Wait to be woken.

        Args:
            seconds: How long at most.
        """
        import anyio  # noqa: PLC0415 - comes with httpx; sync programs never load it

        bell = anyio.Event()
        # In this order: whoever wakes from another thread sets the mark first, and then looks for the bell.
        self._ring = _ringer(bell.set)
        try:
            if not self._woken:
                with anyio.move_on_after(seconds):
                    await bell.wait()
        finally:
            self._ring = None
            self._woken = False


class Wakeup:
    """The twin of `AsyncWakeup` for threads."""

    __slots__ = ("_bells",)

    def __init__(self) -> None:
        # Not an Event: its lock may be held by the very thread that a signal handler interrupts.
        self._bells: SimpleQueue[None] = SimpleQueue()

    def wake(self) -> None:
        """End the wait; with nobody waiting, the next wait."""
        self._bells.put(None)

    def wait(self, seconds: float) -> None:
        """Wait to be woken.

        Args:
            seconds: How long at most.
        """
        try:
            self._bells.get(timeout=seconds)
            while True:
                self._bells.get_nowait()
        except Empty:
            return


class AsyncErrand:
    """Work that goes on to its end when whoever waits for it is cancelled."""

    __slots__ = ("_tasks",)

    def __init__(self) -> None:
        # An event loop holds its tasks only weakly.
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, work: Callable[[], Coroutine[object, object, None]]) -> None:
        """Carry it out.

        Args:
            work: What to do.
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


class Errand:
    """The twin of `AsyncErrand`: a thread is not cancelled."""

    __slots__ = ()

    def run(self, work: Callable[[], None]) -> None:
        """Carry it out.

        Args:
            work: What to do.
        """
        work()


def _ringer(ring: Callable[[], None]) -> Callable[[], object]:
    """The same, for any thread."""
    import asyncio  # noqa: PLC0415 - sync programs never load it

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        import trio  # noqa: PLC0415 - it must be running, as asyncio is not

        token = trio.lowlevel.current_trio_token()
        return lambda: token.run_sync_soon(ring)
    return lambda: loop.call_soon_threadsafe(ring)


__all__ = ["AsyncErrand", "AsyncWakeup", "Errand", "Wakeup"]
