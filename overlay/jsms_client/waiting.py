"""Time, for code that is written once as async and made into sync: the clock, and how to wait."""

from __future__ import annotations

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


__all__ = ["async_sleep", "monotonic", "sleep"]
