"""Blocking work: in a worker thread of an async program, in place of a sync one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


async def run_in_thread(work: Callable[[], _T]) -> _T:
    """Run blocking file access in a worker thread, on asyncio or trio.

    Args:
        work: What to run.
    """
    import anyio.to_thread  # noqa: PLC0415 - comes with httpx; sync programs never load it

    return await anyio.to_thread.run_sync(work)


def run_inline(work: Callable[[], _T]) -> _T:
    """The blocking form of `run_in_thread`: run it in the caller's own thread.

    Args:
        work: What to run.
    """
    return work()


__all__ = ["run_in_thread", "run_inline"]
