"""How far a campaign is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
    """

    total: int
    waiting: int
    accepted: int
    refused: int
    unknown: int
    repeats: int
    bad_lines: int


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


__all__ = ["Counts", "Progress"]
