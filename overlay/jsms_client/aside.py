"""Work that reads from a disk, kept away from the tasks of an event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def async_aside(work: Callable[[], T]) -> T:
    """Do it in a thread of its own, on asyncio or trio.

    Args:
        work: What to do.
    """
    import anyio.to_thread  # noqa: PLC0415 - comes with httpx; sync programs never load it

    return await anyio.to_thread.run_sync(work)


def aside(work: Callable[[], T]) -> T:
    """Do it here: a thread that blocks stops no other.

    Args:
        work: What to do.
    """
    return work()


__all__ = ["aside", "async_aside"]
