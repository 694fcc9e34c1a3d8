"""Timeouts: the clock, waiting, and the deadlines of an attempt and of a body beside httpx's own timeouts."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext
from typing import cast

import httpx

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


def async_fail_after(seconds: float | None) -> AbstractAsyncContextManager[object]:
    """Cancel what is done inside when it takes too long, with TimeoutError.

    Args:
        seconds: How long it may take; None for as long as it likes.
    """
    import asyncio  # noqa: PLC0415 - sync programs never load it

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _trio_fail_after(seconds)
    return asyncio.timeout(seconds)


@asynccontextmanager
async def _trio_fail_after(seconds: float | None) -> AsyncGenerator[None]:
    import trio  # noqa: PLC0415 - it must be running, as asyncio is not

    with trio.move_on_after(math.inf if seconds is None else seconds) as scope:
        yield
    if scope.cancelled_caught:
        raise TimeoutError


def fail_after(seconds: float | None) -> AbstractContextManager[None]:
    """Nothing: a thread that waits for a socket cannot be told to stop from outside.

    Args:
        seconds: How long it may take.
    """
    del seconds
    return _UNLIMITED


def total_timeout(limits: Mapping[str, float | None]) -> float | None:
    """How long an attempt may take from its start to its end, in seconds; None where a phase has no limit.

    Args:
        limits: The time limits as httpx keeps them with a request.
    """
    whole = 0.0
    for limit in limits.values():
        if limit is None:
            return None
        whole += limit
    return whole


def async_body_deadline(response: httpx.Response, limit: float | None) -> AbstractAsyncContextManager[object]:
    """Read a body inside of this, which ends with TimeoutError when it takes too long.

    Args:
        response: Whose body it is.
        limit: How long it may take from now on, in seconds; None for as long as it likes.
    """
    del response
    return async_fail_after(limit)


def body_deadline(response: httpx.Response, limit: float | None) -> AbstractContextManager[None]:
    """The twin, which can only look at the clock when a part comes; also at one that is compressed to nothing.

    Args:
        response: Whose body it is.
        limit: How long it may take from now on, in seconds; None for as long as it likes.
    """
    if limit is not None:
        response.stream = DeadlineStream(cast("httpx.SyncByteStream", response.stream), limit)
    return nullcontext()


class DeadlineStream(httpx.SyncByteStream):
    def __init__(self, parts: httpx.SyncByteStream, limit: float) -> None:
        self._parts = parts
        self._end = monotonic() + limit

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            yield part
            if monotonic() > self._end:
                raise TimeoutError

    def close(self) -> None:
        self._parts.close()


__all__ = [
    "async_body_deadline",
    "async_fail_after",
    "async_sleep",
    "body_deadline",
    "fail_after",
    "monotonic",
    "sleep",
    "total_timeout",
]
