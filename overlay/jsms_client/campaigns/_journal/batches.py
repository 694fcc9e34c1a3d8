"""The requests of a campaign in its journal: written down before one leaves, and after its answer."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias

from jsms_client.campaigns._journal.connection import damaged
from jsms_client.campaigns._journal.hashes import Row
from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._journal.schema import ACCEPTED, IN_FLIGHT, REFUSED, UNKNOWN, WAITING

Learned: TypeAlias = tuple[int, "str | None", "int | None", int]
"""What an answer tells of one recipient: state as the schema has it, msg_id, code, and the recipient's number."""


@dataclass(slots=True, eq=False)
class Batch:
    """The recipients of one request.

    Attributes:
        rows: They themselves, in the order of the list.
        request: The request's number in the journal; 0 until it leaves.
        left_at: When it left, in seconds of a clock that only goes forward.
    """

    rows: Sequence[Row]
    request: int = 0
    left_at: float = 0.0


class BatchQueue:
    """What leaves and what comes back; to be used inside of the journal's `writing`.

    Args:
        journal: The journal.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._cursor = -1
        self._last: int = journal.execute("SELECT coalesce(max(number), 0) FROM requests").fetchone()[0]

    def recover(self, *, repeat_unknown: bool) -> None:
        """Begin where another process was killed: what was in flight then is unknown now.

        Args:
            repeat_unknown: Whether those that are unknown are to be sent to again: each once, until delivery reports
                were asked for. So the same call after an interruption continues, and sends to nobody a third time.
        """
        self._move(IN_FLIGHT, UNKNOWN)
        if repeat_unknown and self._journal.states[UNKNOWN]:
            again = self._journal.execute(
                "UPDATE recipients SET state = ?, resent = 1 WHERE state = ? AND NOT resent", (WAITING, UNKNOWN)
            ).rowcount
            self._journal.count(UNKNOWN, WAITING, again)

    def allow_resending(self) -> None:
        """Delivery reports were asked for: those that are unknown still may be sent to once more."""
        self._journal.execute("UPDATE recipients SET resent = 0 WHERE state = ? AND resent", (UNKNOWN,))

    def _move(self, before: int, after: int) -> None:
        if self._journal.states[before]:
            self._journal.execute("UPDATE recipients SET state = ? WHERE state = ?", (after, before))
            self._journal.count(before, after, self._journal.states[before])

    def next_batch(self, most: int) -> Batch:
        """The next that are waiting, in the order of the list; there must be some.

        Args:
            most: How many.

        Raises:
            JournalDamagedError: There are none any more.
        """
        rows: list[Row] = self._journal.execute(
            "SELECT number, mobile, temp_para FROM recipients WHERE number > ? AND state = ? ORDER BY number LIMIT ?",
            (self._cursor, WAITING, most),
        ).fetchall()
        if not rows:
            raise damaged(self._journal.path, "it changed while it was in use")
        self._cursor = rows[-1][0]
        return Batch(rows)

    def mark_sent(self, batch: Batch) -> None:
        """A request is about to leave.

        Args:
            batch: Its recipients.
        """
        self._last += 1
        batch.request = self._last
        self._journal.execute(
            "INSERT INTO requests (number, left_at, send_time) VALUES (?, ?, ?)",
            (self._last, time.time(), self._journal.settings.send_time),
        )
        self._all_of(batch, WAITING, IN_FLIGHT)

    def mark_answered(self, batch: Batch, state: int, *, code: int | None = None) -> None:
        """A request came to an end that is the same for all of its recipients.

        Args:
            batch: The recipients.
            state: What is known of them now.
            code: Why they were refused.
        """
        self._all_of(batch, IN_FLIGHT, state, code=code)

    def requeue(self, batch: Batch) -> None:
        """Recipients that were refused are to be sent to again after all, as it was not for them.

        Args:
            batch: The recipients.
        """
        self._all_of(batch, REFUSED, WAITING)

    def store_outcomes(self, batch: Batch, learned: Sequence[Learned], schedule_id: str | None) -> None:
        """A request was answered, each recipient by itself.

        Args:
            batch: The recipients.
            learned: What the answer tells of each of them.
            schedule_id: The schedule that it made.
        """
        self._journal.executemany("UPDATE recipients SET state = ?, msg_id = ?, code = ? WHERE number = ?", learned)
        if schedule_id is not None:
            self._journal.execute("UPDATE requests SET schedule_id = ? WHERE number = ?", (schedule_id, batch.request))
        for state, recipients in Counter(map(itemgetter(0), learned)).items():
            self._journal.count(IN_FLIGHT, state, recipients)

    def _all_of(self, batch: Batch, before: int, after: int, *, code: int | None = None) -> None:
        # Batches never overlap: all that are in this state between the first and the last are of this one.
        changed = self._journal.execute(
            "UPDATE recipients SET state = ?, request = ?, code = ? WHERE number BETWEEN ? AND ? AND state = ?",
            (after, batch.request, code, batch.rows[0][0], batch.rows[-1][0], before),
        ).rowcount
        if changed != len(batch.rows):
            raise damaged(self._journal.path, "it changed while it was in use")
        self._journal.count(before, after, changed)


def scheduled_requests(journal: Journal) -> list[tuple[int, str]]:
    """The requests whose schedules may still be deleted, each with the id of its schedule.

    Args:
        journal: The journal.
    """
    query = "SELECT number, schedule_id FROM requests WHERE schedule_id IS NOT NULL ORDER BY number"
    found: list[tuple[int, str]] = journal.execute(query).fetchall()
    return found


def take_back(journal: Journal, request: int) -> None:
    """A schedule was deleted: those who were accepted for it wait again.

    Args:
        journal: The journal.
        request: The number of its request.
    """
    with journal.writing():
        changed = journal.execute(
            "UPDATE recipients SET state = ?, request = NULL WHERE request = ? AND state = ?",
            (WAITING, request, ACCEPTED),
        ).rowcount
        journal.execute("UPDATE requests SET schedule_id = NULL WHERE number = ?", (request,))
        journal.count(ACCEPTED, WAITING, changed)


__all__ = ["Batch", "BatchQueue", "Learned", "scheduled_requests", "take_back"]
