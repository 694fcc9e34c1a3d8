"""How far a campaign is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from jsms_client.campaigns._journal.schema import ACCEPTED, IN_FLIGHT, REFUSED, UNKNOWN, WAITING
from jsms_client.campaigns._throttle import Rate


@dataclass(frozen=True, slots=True)
class Counts:
    """How many recipients are in each state, and how many entries were set aside.

    Attributes:
        total: All recipients; entries that were set aside are none.
        waiting: Not sent to yet.
        accepted: Taken by the service.
        refused: Refused by the service.
        unknown: In a request whose answer never came.
        repeats: Entries set aside because the number stands further up.
        bad_lines: Entries set aside because they cannot be sent to.
        in_flight: In requests that are on their way, of a campaign that another call is sending.
    """

    total: int
    waiting: int
    accepted: int
    refused: int
    unknown: int
    repeats: int
    bad_lines: int
    in_flight: int = 0


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
        unknown: In a request whose answer never came.
        repeats: Entries set aside because the number stands further up.
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
        """Whether the last reading is so long ago.

        Args:
            now: The time.
            seconds: How long.
        """
        return now - self._read >= seconds

    def read(
        self, states: Sequence[int], repeats: int, bad_lines: int, now: float, done: int, pause: float = 0.0
    ) -> Progress:
        """How far it is.

        Args:
            states: How many recipients are in each state, in the order of the schema.
            repeats: How many entries were set aside as repeats.
            bad_lines: How many as bad.
            now: The time.
            done: How many recipients are dealt with, those of earlier calls among them.
            pause: Seconds until the next request.
        """
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


__all__ = ["Counts", "Meter", "Progress"]
