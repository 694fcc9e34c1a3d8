"""Throttle the requests of a campaign, and measure its progress."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from jsms_client.campaigns._outcomes import ACCEPTED, IN_FLIGHT, REFUSED, UNKNOWN, WAITING

FIRST_PAUSE = 1.0
"""Seconds to wait after a first 50009, failed connection or lost response; twice as long after each further one."""

LONGEST_PAUSE = 60.0
"""Seconds that a pause is never longer than."""

LONGEST_UNREACHED_PAUSE = 5.0
"""The same while the service is not reached: a connection that is refused costs nothing and sends nothing."""

MOST_REFUSALS = 10
"""How often in a row the service says "too often" before the campaign stops: about five minutes of waiting."""

MOST_FAILURES = 5
"""How often in a row responses are lost before the campaign stops."""

PATIENCE = 300.0
"""Seconds for which a campaign goes on trying while the service is not reached."""

_MARGIN = 0.05
"""Seconds added to the window of a rate: requests do not take equally long to arrive."""


class Throttle:
    """Knows when the next request may leave.

    What was in flight together fails together: failures of requests that left before the last failure was seen are one
    moment, and moments are what is counted.

    Args:
        concurrency: How many requests may be in flight at once.
        max_rate: How many recipients in any second; None for as many as go.
        now: The time, in seconds of a clock that only goes forward.
        patience: Seconds for which it goes on trying while the service is not reached.

    Attributes:
        max_rate: As above.
    """

    __slots__ = (
        "_allowed",
        "_batch",
        "_concurrency",
        "_failed_at",
        "_failures",
        "_left",
        "_most",
        "_patience",
        "_pause",
        "_refusals",
        "_unreached_since",
        "_waits_until",
        "_window",
        "max_rate",
    )

    def __init__(self, concurrency: int, max_rate: float | None, now: float, patience: float = PATIENCE) -> None:
        self.max_rate = max_rate
        self._concurrency = concurrency
        # One at first, so that a service that takes messages and loses responses leaves few in doubt.
        self._allowed = 1
        self._most = None if max_rate is None else max(1, math.floor(max_rate))
        self._window = 1.0 if max_rate is None else max(1.0, (self._most or 1) / max_rate) + _MARGIN
        self._batch = self._most or 0
        self._left: deque[tuple[float, int]] = deque()
        self._patience = patience
        self._waits_until = now
        self._pause = 0.0
        self._failures = self._refusals = 0
        self._failed_at = -math.inf
        self._unreached_since: float | None = None

    def largest_batch(self, limit: int) -> int:
        """How many recipients the next request may have: equal parts of the rate, none larger than the limit."""
        if self._most is None:
            return limit
        self._batch = max(1, self._most // math.ceil(self._most / limit))
        return self._batch

    def seconds(self, now: float, in_flight: int) -> float | None:
        """How many seconds to wait for the next request; None where a response has to come first."""
        if in_flight >= self._allowed:
            return None
        return max(0.0, self._due(now) - now, self._waits_until - now)

    def _due(self, now: float) -> float:
        """When the next request may leave, so that no second sees more recipients than the rate."""
        if self._most is None:
            return now
        while self._left and self._left[0][0] <= now - self._window:
            self._left.popleft()
        taken = sum(recipients for _, recipients in self._left)
        for left_at, recipients in self._left:
            if taken + self._batch <= self._most:
                break
            taken -= recipients
            now = left_at + self._window
        return now

    def pause(self, now: float) -> float:
        """How long the campaign waits because the service struggles."""
        return max(0.0, self._waits_until - now)

    def left(self, recipients: int, now: float) -> None:
        """Record that a request with so many recipients leaves, where there is a rate."""
        self._left.append((now, recipients))

    def departed(self, requests: int, now: float) -> None:
        """Record that so many requests, the last ones, leave only now, where there is a rate."""
        last = [self._left.pop()[1] for _ in range(requests)]
        self._left.extend((now, recipients) for recipients in last)

    def refused(self) -> None:
        """Record a rejected request, which is still a healthy response: do not slow down."""
        self._failures = self._refusals = 0
        self._pause = 0.0
        self._unreached_since = None

    def responded(self) -> None:
        """Record that the service took a request."""
        self.refused()
        self._allowed = min(self._concurrency, self._allowed * 2)

    def too_often(self, now: float, left_at: float) -> bool:
        """Record that requests come too often; gives whether the service has said so too many times in a row."""
        self._unreached_since = None
        if self._is_new_moment(now, left_at):
            self._refusals += 1
        self._slow_down(now, LONGEST_PAUSE)
        return self._refusals >= MOST_REFUSALS

    def failed(self, now: float, left_at: float) -> bool:
        """Record that no clear response came; gives whether that happened too many times in a row."""
        self._unreached_since = None
        if self._is_new_moment(now, left_at):
            self._failures += 1
        self._slow_down(now, LONGEST_PAUSE)
        return self._failures >= MOST_FAILURES

    def not_reached(self, now: float) -> bool:
        """Record that the service was not reached; gives whether that has been so for longer than the patience."""
        if self._unreached_since is None:
            self._unreached_since = now
        self._slow_down(now, LONGEST_UNREACHED_PAUSE)
        return now - self._unreached_since >= self._patience

    def _is_new_moment(self, now: float, left_at: float) -> bool:
        is_new = left_at >= self._failed_at
        self._failed_at = now
        return is_new

    def _slow_down(self, now: float, longest: float) -> None:
        if now >= self._waits_until:
            self._pause = min(longest, self._pause * 2 or FIRST_PAUSE)
            self._waits_until = now + self._pause
        self._allowed = 1


class Rate:
    """Recipients in a second, over the last seconds."""

    __slots__ = ("_seen",)

    SECONDS = 10.0

    def __init__(self, now: float) -> None:
        self._seen = [(now, 0)]

    def note(self, done: int, now: float) -> float:
        """How many recipients a second there are, where so many are done by now."""
        # At most some ten a second: what is older than the window is dropped but for the last one before it.
        if now - self._seen[-1][0] >= self.SECONDS / 100:
            self._seen.append((now, done))
            while len(self._seen) > 2 and now - self._seen[1][0] >= self.SECONDS:
                del self._seen[0]
        began, before = self._seen[0]
        return (done - before) / (now - began) if now > began else 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is.

    Attributes:
        phase: Whether the list is being read or sent to.
        total: All recipients; while reading, those read so far.
        waiting: Not sent to yet.
        in_flight: In requests that are on their way.
        accepted: Taken by the service.
        refused: Refused by the service.
        unknown: In a request whose response never came.
        repeats: Entries skipped because the number is further up.
        bad_lines: Entries set aside because they cannot be sent to.
        rate: Recipients in a second: sent to lately, or read so far.
        elapsed: Seconds since the call.
        pause: Seconds until the next request, where the campaign waits for the service to recover.
    """

    phase: Literal["reading", "sending"]
    total: int
    waiting: int
    in_flight: int
    accepted: int
    refused: int
    unknown: int
    repeats: int
    bad_lines: int
    rate: float
    elapsed: float
    pause: float = 0.0

    @property
    def done(self) -> int:
        """How many recipients there is an outcome for, unknown ones among them."""
        return self.accepted + self.refused + self.unknown

    @property
    def remaining_seconds(self) -> float | None:
        """How long the rest takes at this rate; None where nothing can be said."""
        if self.phase == "reading" or self.rate <= 0:
            return None
        return (self.waiting + self.in_flight) / self.rate


class Meter:
    """Reads how far a campaign is.

    Args:
        phase: Whether the list is being read or sent to.
        now: The time, in seconds of a clock that only goes forward.
        done: How many recipients are dealt with already.
    """

    def __init__(self, phase: Literal["reading", "sending"], now: float, done: int = 0) -> None:
        self._phase: Literal["reading", "sending"] = phase
        self._began = self._read = now
        self._before = done
        self._rate = Rate(now)

    def due(self, now: float, seconds: float) -> bool:
        """Whether the last reading is so many seconds ago."""
        return now - self._read >= seconds

    def read(
        self, states: Sequence[int], repeats: int, bad_lines: int, now: float, done: int, pause: float = 0.0
    ) -> Progress:
        """How far it is; ``done`` has those of earlier calls too."""
        self._read = now
        return Progress(
            self._phase,
            sum(states),
            states[WAITING],
            states[IN_FLIGHT],
            states[ACCEPTED],
            states[REFUSED],
            states[UNKNOWN],
            repeats,
            bad_lines,
            self._rate.note(done - self._before, now),
            now - self._began,
            pause,
        )
