"""Measure CPU time of this process, and elapsed time."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

Call = Callable[[], object]
AsyncCall = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Timing:
    """The best of several rounds: what a neighbour on the machine adds is not what is asked for.

    Attributes:
        cpu: Microseconds of CPU a call, of this process alone.
        wall: Microseconds a call by the clock on the wall.
    """

    cpu: float
    wall: float


def side_by_side(calls: Mapping[str, Call], *, number: int, rounds: int) -> dict[str, Timing]:
    """Time calls in turns, so that a machine that grows slower grows slower for all of them.

    Args:
        calls: Name to call.
        number: How often each is called in a round.
        rounds: How many rounds.
    """
    for call in calls.values():
        for _ in range(max(1, number // 10)):
            call()
    seen: dict[str, list[Timing]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            gc.collect()
            cpu, wall = time.process_time(), time.perf_counter()
            for _ in range(number):
                call()
            seen[name].append(_timing(cpu, wall, number))
    return {name: best(timings) for name, timings in seen.items()}


async def with_tasks(call: AsyncCall, *, tasks: int, number: int) -> Timing:
    """Time a call that many tasks make at once.

    Args:
        call: What each of them calls.
        tasks: How many there are.
        number: How often it is called in all.
    """
    await _share(call, tasks, tasks)
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    await _share(call, tasks, number)
    return _timing(cpu, wall, number)


async def _share(call: AsyncCall, tasks: int, number: int) -> None:
    left = iter(range(number))

    async def work() -> None:
        for _ in left:
            await call()

    await asyncio.gather(*(work() for _ in range(tasks)))


def best(timings: list[Timing]) -> Timing:
    """Return the best of several rounds."""
    return Timing(min(timing.cpu for timing in timings), min(timing.wall for timing in timings))


def _timing(cpu: float, wall: float, number: int) -> Timing:
    return Timing((time.process_time() - cpu) / number * 1e6, (time.perf_counter() - wall) / number * 1e6)
