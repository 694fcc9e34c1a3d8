"""A log of numbered events, for pages and tests that follow the sandbox live."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

EVENTS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Attributes:
        number: Its number; each is one more than the one before.
        kind: What happened, such as ``message`` or ``clock``.
        payload: Values that JSON can hold.
    """

    number: int
    kind: str
    payload: Mapping[str, object]


class EventLog:
    """The last events, and the tasks that wait for the next one.

    Lives on the event loop's thread: nothing here is locked.
    """

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._last = 0
        self._waiters: set[asyncio.Future[None]] = set()
        self.closed = False
        self.ended = asyncio.Event()
        """Set once the log is closed, for tasks that must stop in the middle of something."""

    @property
    def last_number(self) -> int:
        """The number of the newest event; 0 before the first."""
        return self._last

    def publish(self, kind: str, payload: Mapping[str, object]) -> Event:
        """Give an event its number, keep it and wake every waiting task."""
        self._last += 1
        event = Event(self._last, kind, payload)
        self._events.append(event)
        self._wake()
        return event

    def since(self, number: int) -> list[Event] | None:
        """List the events after a number; None if some of them are no longer kept, so that the reader starts over."""
        if number > self._last or (self._events and number < self._events[0].number - 1):
            return None
        missing = self._last - number
        return list(self._events)[len(self._events) - missing :] if missing else []

    async def wait(self, number: int, timeout: float | None = None) -> bool:
        """Wait until there is an event after a number; False when time is up or the log is closed."""
        if self._last > number and not self.closed:
            return True
        if self.closed:
            return False
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait_for(waiter, timeout)
        except TimeoutError:
            return False
        finally:
            self._waiters.discard(waiter)
        return not self.closed

    def close(self) -> None:
        """End every wait: the server stops."""
        self.closed = True
        self.ended.set()
        self._wake()

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()
