"""Time limits of a whole attempt and of a body, beside those of each step that httpx has itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from typing import cast

import httpx

from jsms_client.waiting import async_time_limit, monotonic


def whole_limit(limits: Mapping[str, float | None]) -> float | None:
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


def async_body_limit(response: httpx.Response, limit: float | None) -> AbstractAsyncContextManager[object]:
    """Read a body inside of this, which ends with TimeoutError when it takes too long.

    Args:
        response: Whose body it is.
        limit: How long it may take from now on, in seconds; None for as long as it likes.
    """
    del response
    return async_time_limit(limit)


def body_limit(response: httpx.Response, limit: float | None) -> AbstractContextManager[None]:
    """The twin, which can only look at the clock when a part comes; also at one that is compressed to nothing.

    Args:
        response: Whose body it is.
        limit: How long it may take from now on, in seconds; None for as long as it likes.
    """
    if limit is not None:
        response.stream = _TimedStream(cast("httpx.SyncByteStream", response.stream), limit)
    return nullcontext()


class _TimedStream(httpx.SyncByteStream):
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


__all__ = ["async_body_limit", "body_limit", "whole_limit"]
