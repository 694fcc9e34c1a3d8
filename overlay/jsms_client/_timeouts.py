"""Timeouts: the clock, waiting, and deadlines."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

_UNLIMITED = nullcontext()


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
    """Cancel what is done inside when it takes too long.

    Args:
        seconds: How long it may take; None for no limit.

    Raises:
        DeadlineError: It took too long.
    """
    import anyio  # noqa: PLC0415 - comes with httpx; sync programs never load it

    with anyio.move_on_after(seconds) as scope:
        yield
    if scope.cancelled_caught:
        raise DeadlineError


def fail_after(seconds: float | None) -> AbstractContextManager[None]:
    """Nothing: a thread that waits for a socket cannot be stopped from outside."""
    del seconds
    return _UNLIMITED


def total_timeout(timeouts: Mapping[str, float | None]) -> float | None:
    """How long an attempt may take from its start to its end, in seconds; None where a phase has no timeout."""
    whole = 0.0
    for limit in timeouts.values():
        if limit is None:
            return None
        whole += limit
    return whole


def deadline(seconds: float | None) -> float:
    """Return the moment that is so many seconds from now."""
    return math.inf if seconds is None else time.monotonic() + seconds
