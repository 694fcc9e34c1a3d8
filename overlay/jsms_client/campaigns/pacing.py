"""When the next request may leave, and how many at once: the caller's rate, and slower while the service struggles."""

from __future__ import annotations

import math

FIRST_PAUSE = 1.0
"""Seconds to wait after a first 50009, failed connection or lost answer; twice as long after each further one."""
LONGEST_PAUSE = 60.0
"""Seconds that a pause is never longer than."""
MOST_REFUSALS = 10
"""How many answers in a row say "too often" before the campaign stops: about five minutes of waiting."""
MOST_FAILURES = 5
"""How many failures in a row make a service a dead one."""


class Pace:
    """Knows when the next request may leave.

    Args:
        concurrency: How many requests may be on their way at once.
        max_rate: How many recipients in a second; None for as many as go.
        now: The time, in seconds of a clock that only goes forward.
    """

    __slots__ = ("_allowed", "_concurrency", "_due", "_failures", "_max_rate", "_pause", "_refusals", "_waits_until")

    def __init__(self, concurrency: int, max_rate: float | None, now: float) -> None:
        self._concurrency = concurrency
        # One at first, so that a service that takes messages and loses answers leaves few in doubt.
        self._allowed = 1
        self._max_rate = max_rate
        self._due = self._waits_until = now
        self._pause = 0.0
        self._failures = self._refusals = 0

    def largest_batch(self, limit: int) -> int:
        """How many recipients the next request may have: no second is to see more than the rate.

        Args:
            limit: How many the service takes.
        """
        return limit if self._max_rate is None else max(1, min(limit, math.floor(self._max_rate)))

    def seconds(self, now: float, on_their_way: int) -> float | None:
        """How long to wait for the next request.

        Args:
            now: The time.
            on_their_way: How many requests are on their way.

        Returns:
            Seconds, 0 for none; None where an answer has to come first.
        """
        if on_their_way >= self._allowed:
            return None
        return max(0.0, self._due - now, self._waits_until - now)

    def pause(self, now: float) -> float:
        """How long the campaign waits because the service struggles."""
        return max(0.0, self._waits_until - now)

    def left(self, recipients: int, now: float) -> None:
        """A request leaves.

        Args:
            recipients: How many it has.
            now: The time.
        """
        if self._max_rate is not None:
            self._due = max(self._due, now) + recipients / self._max_rate

    def refused(self) -> None:
        """The service refused a request for what is in it: it is well."""
        self._failures = self._refusals = 0
        self._pause = 0.0

    def answered(self) -> None:
        """The service took a request."""
        self.refused()
        self._allowed = min(self._concurrency, self._allowed * 2)

    def too_often(self, now: float) -> bool:
        """The service says that requests come too often.

        Returns:
            Whether it has said so too many times in a row.
        """
        self._refusals += 1
        self._slow_down(now)
        return self._refusals >= MOST_REFUSALS

    def failed(self, now: float) -> bool:
        """The service was not reached, or no usable answer came.

        Returns:
            Whether that happened too many times in a row.
        """
        self._failures += 1
        self._slow_down(now)
        return self._failures >= MOST_FAILURES

    def _slow_down(self, now: float) -> None:
        # What was on its way at the same time fails together: one pause for all of it.
        if now >= self._waits_until:
            self._pause = min(LONGEST_PAUSE, self._pause * 2 or FIRST_PAUSE)
            self._waits_until = now + self._pause
        self._allowed = 1


class Rate:
    """Recipients in a second, over the last seconds."""

    __slots__ = ("_seen",)

    SECONDS = 10.0

    def __init__(self, now: float) -> None:
        self._seen = [(now, 0)]

    def note(self, done: int, now: float) -> float:
        """How fast it goes.

        Args:
            done: How many there were until now.
            now: The time.
        """
        # At most some ten a second: what is older than the window is dropped but for the last one before it.
        if now - self._seen[-1][0] >= self.SECONDS / 100:
            self._seen.append((now, done))
            while len(self._seen) > 2 and now - self._seen[1][0] >= self.SECONDS:
                del self._seen[0]
        began, before = self._seen[0]
        return (done - before) / (now - began) if now > began else 0.0


__all__ = ["FIRST_PAUSE", "LONGEST_PAUSE", "MOST_FAILURES", "MOST_REFUSALS", "Pace", "Rate"]
