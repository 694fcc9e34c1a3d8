"""The sandbox's clock, and a queue of scheduled work.

Everything that depends on time asks this clock, which can be frozen, set and advanced. Real timeouts (HTTP, delays of
faults) never use it.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

log = logging.getLogger("jsms_sandbox")

BEIJING = timezone(timedelta(hours=8), "CST")
LATEST = datetime(9999, 12, 30, tzinfo=UTC).timestamp()
"""Behind this the calendar ends; the clock stops here."""

PRUNE_FROM = 200_000
"""How much due work there is before cancelled work is removed."""

Handler = Callable[[str], Awaitable[None] | None]


class DueWork(NamedTuple):
    """Scheduled work: when it is due, which handler does it, and on what."""

    when: float
    number: int
    kind: str
    subject: str


class Clock:
    """Seconds since the epoch, running with real time unless frozen, and a heap of due work.

    Due work is data (a kind and a subject), so that it can be recreated from the kept state after a restart. A
    handler must check that its subject still needs the work: work is cancelled only for lack of room.

    Args:
        at: Where to start; None for the real time.
        frozen: Whether it is stopped at first.
    """

    def __init__(self, at: float | None = None, *, frozen: bool = False) -> None:
        self._base = time.time() if at is None else at
        self._mark = time.monotonic()
        self._frozen = frozen
        self._stand: float | None = None
        self._heap: list[DueWork] = []
        self._number = 0
        self._handlers: dict[str, Handler] = {}
        self._prune_at = PRUNE_FROM
        self._moving = asyncio.Lock()
        self._background: set[asyncio.Future[None]] = set()
        self.after_work: Callable[[], None] = lambda: None
        """Called after each piece of due work, to commit what it changed."""
        self.on_change: Callable[[], None] = lambda: None
        """Called when the next due time or the clock itself changes, so that a timer can be reset."""
        self.on_move: Callable[[], None] = lambda: None
        """Called when the clock was frozen, set, advanced or started, so that it can be kept."""
        self.on_back: Callable[[float], None] = lambda _: None
        """Called with how far the clock was set back, so that what waits can be moved."""
        self.wanted: Callable[[DueWork], bool] = lambda _: True
        """Whether work is still needed; the rest is removed if there is too much."""

    # --- reading -----------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """Return seconds since the epoch."""
        if self._stand is not None:
            return self._stand
        if self._frozen:
            return self._base
        return min(self._base + time.monotonic() - self._mark, LATEST)

    def now_ms(self) -> int:
        """Return milliseconds since the epoch."""
        return int(self.now() * 1000)

    def beijing(self) -> datetime:
        """Return the time in Beijing."""
        return datetime.fromtimestamp(self.now(), BEIJING)

    @property
    def frozen(self) -> bool:
        """Whether the clock is stopped."""
        return self._frozen

    # --- setting -----------------------------------------------------------------------------------------------------

    def freeze(self) -> None:
        """Stop the clock; set and advance still work."""
        self._base, self._frozen = self.now(), True
        self._moved()

    def run(self) -> None:
        """Run at the speed of real time again, from the clock's current time."""
        self._base, self._mark, self._frozen = self.now(), time.monotonic(), False
        self._moved()

    async def set(self, when: float) -> None:
        """Set the clock: forward like advance; backward without undoing anything, with a call of ``on_back``."""
        if when >= self.now():
            await self.advance(when - self.now())
            return
        async with self._moving:
            back = self.now() - when
            self._base, self._mark = when, time.monotonic()
        self._moved(back)

    async def advance(self, seconds: float) -> None:
        """Advance the clock: do all work that falls due, in the order of time, and wait until it is done."""
        async with self._moving:
            target = min(self.now() + max(seconds, 0.0), LATEST)
            while self._heap and self._heap[0].when <= target:
                work = heapq.heappop(self._heap)
                self._stand = max(work.when, self.now())
                try:
                    waiting = self._do(work)
                    if waiting is not None:
                        await waiting
                        self.after_work()
                finally:
                    self._base, self._mark, self._stand = self._stand, time.monotonic(), None
            self._base, self._mark = max(target, self.now()), time.monotonic()
        self._moved()

    def shift(self) -> float:
        """Return how far the clock is ahead of real time, in seconds."""
        return self.now() - time.time()

    def restore(self, shift: float, frozen_at: float | None) -> None:
        """Restore a kept clock: at a time if it was frozen, otherwise so far ahead of real time."""
        self._base = time.time() + shift if frozen_at is None else frozen_at
        self._mark, self._frozen = time.monotonic(), frozen_at is not None
        self.on_change()

    async def restart(self) -> None:
        """Return to real time, running. Work that was due in between is skipped; what is due then is done."""
        async with self._moving:
            now, back = time.time(), self.now()
            self._base, self._mark, self._frozen = now, time.monotonic(), False
        self._moved(back - now)

    def _moved(self, back: float = 0.0) -> None:
        if back > 0:
            self.on_back(back)
        self.on_move()
        self.on_change()

    # --- due work ----------------------------------------------------------------------------------------------------

    def handle(self, kind: str, handler: Handler) -> None:
        """Register the handler of one kind of work; it may return an awaitable for the part that waits for I/O."""
        self._handlers[kind] = handler

    def at(self, when: float, kind: str, subject: str) -> None:
        """Schedule a kind of work on a subject."""
        self._number += 1
        first = not self._heap or when < self._heap[0].when
        heapq.heappush(self._heap, DueWork(when, self._number, kind, subject))
        if len(self._heap) > self._prune_at:
            self.drop_unwanted()
        if first:
            self.on_change()

    def drop_unwanted(self) -> None:
        """Remove cancelled work."""
        self._heap = [work for work in self._heap if self.wanted(work)]
        heapq.heapify(self._heap)
        self._prune_at = max(PRUNE_FROM, 2 * len(self._heap))

    def next_due(self) -> float | None:
        """Return when the next work is due; None if there is none."""
        return self._heap[0].when if self._heap else None

    def forget(self) -> None:
        """Drop all due work: the state was reset."""
        self._heap.clear()

    def run_due(self) -> None:
        """Do what is due by now; parts that wait for I/O continue in the background.

        Work that fails is logged; it stops neither the rest nor the caller.
        """
        if not self._heap or self._moving.locked():
            return
        while self._heap and self._heap[0].when <= self.now():
            work = heapq.heappop(self._heap)
            try:
                waiting = self._do(work)
            except Exception:
                log.exception("Due work failed: %s %s", work.kind, work.subject)
                continue
            if waiting is not None:
                task = asyncio.ensure_future(self._finish(waiting))
                self._background.add(task)
                task.add_done_callback(self._background.discard)

    async def settle(self) -> None:
        """Wait until nothing is left in the background."""
        while self._background:
            await asyncio.wait(set(self._background))

    def _do(self, work: DueWork) -> Awaitable[None] | None:
        handler = self._handlers.get(work.kind)
        waiting = handler(work.subject) if handler is not None else None
        self.after_work()
        return waiting

    async def _finish(self, waiting: Awaitable[None]) -> None:
        try:
            await waiting
            self.after_work()
        except Exception:
            log.exception("Due work failed while it waited")
