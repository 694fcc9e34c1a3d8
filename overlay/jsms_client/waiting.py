"""Time, for code that is written once as async and made into sync: the clock, and how to wait."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext

_UNLIMITED = nullcontext()


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


def async_time_limit(seconds: float | None) -> AbstractAsyncContextManager[object]:
    """Cancel what is done inside when it takes too long, with TimeoutError.

    Args:
        seconds: How long it may take; None for as long as it likes.
    """
    import asyncio  # noqa: PLC0415 - sync programs never load it

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _trio_time_limit(seconds)
    return asyncio.timeout(seconds)


@asynccontextmanager
async def _trio_time_limit(seconds: float | None) -> AsyncGenerator[None]:
    import trio  # noqa: PLC0415 - it must be running, as asyncio is not

    with trio.move_on_after(math.inf if seconds is None else seconds) as scope:
        yield
    if scope.cancelled_caught:
        raise TimeoutError


def time_limit(seconds: float | None) -> AbstractContextManager[None]:
    """Nothing: a thread that waits for a socket cannot be told to stop from outside.

    Args:
        seconds: How long it may take.
    """
    del seconds
    return _UNLIMITED


__all__ = ["async_sleep", "async_time_limit", "monotonic", "sleep", "time_limit"]
