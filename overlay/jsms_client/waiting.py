"""Time, for code that is written once as async and made into sync: how to wait, and how to be woken."""

from __future__ import annotations

import threading
import time


def monotonic() -> float:
    """The clock that only goes forward, in seconds."""
    return time.monotonic()


async def async_sleep(seconds: float) -> None:
    """Wait, on asyncio or trio.

    Args:
        seconds: How long.
    """
    import anyio  # noqa: PLC0415 - comes with httpx; sync programs never load it

    await anyio.sleep(seconds)


def sleep(seconds: float) -> None:
    """Wait, blocking this thread.

    Args:
        seconds: How long.
    """
    time.sleep(seconds)


class AsyncStop:
    """Tells a waiting loop to end; the twin of `Stop` for tasks of one event loop."""

    def __init__(self) -> None:
        import anyio  # noqa: PLC0415 - comes with httpx; sync programs never load it

        self._event = anyio.Event()

    def set(self) -> None:
        """End the waiting, now and from now on."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether the end was asked for."""
        return self._event.is_set()

    async def wait(self, seconds: float) -> bool:
        """Wait for the end to be asked for.

        Args:
            seconds: How long at most.

        Returns:
            Whether the end was asked for.
        """
        import anyio  # noqa: PLC0415 - comes with httpx; sync programs never load it

        with anyio.move_on_after(seconds):
            await self._event.wait()
        return self._event.is_set()


class Stop:
    """Tells a waiting loop to end; may be set from any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """End the waiting, now and from now on."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether the end was asked for."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end to be asked for.

        Args:
            seconds: How long at most.

        Returns:
            Whether the end was asked for.
        """
        return self._event.wait(seconds)


__all__ = ["AsyncStop", "Stop", "async_sleep", "monotonic", "sleep"]
