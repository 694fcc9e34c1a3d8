"""The requests of a shared campaign: claimed before one leaves, and settled after its response."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from jsms_client.campaigns._inputs.sources import Row
from jsms_client.campaigns._journal.batches import Batch, Learned
from jsms_client.campaigns._outcomes import ACCEPTED, IN_FLIGHT, REFUSED, UNKNOWN, WAITING
from jsms_client.campaigns._shared.state import SharedState


class SharedQueue:
    """What `BatchQueue` is for a file; to be used inside of the journal's `writing`.

    Args:
        journal: The worker's connection.
    """

    def __init__(self, journal: SharedState) -> None:
        self._journal = journal
        # A search from the beginning of the list would read the index entries of everyone who was sent to.
        self._last = -1
        self._send_time: str | None = None

    def take_over(self) -> None:
        """Take over from workers that have died."""
        self._journal.take_over()

    def recover(self, send_time: str | None, *, repeat_unknown: bool) -> None:
        """Begin: take over from workers that have died, and from a campaign that stopped; see `BatchQueue.recover`."""
        journal = self._journal
        self._send_time = send_time
        journal.show_alive()
        if journal.stop is not None and not journal.workers():
            # It was run again, after whatever the reason was.
            journal.forget_stop()
        if repeat_unknown:
            again = journal.execute(
                "UPDATE jsms_recipients SET state = :waiting, resent = 1, holder = ''"
                " WHERE campaign = :campaign AND state = :unknown AND resent = 0",
                waiting=WAITING,
                unknown=UNKNOWN,
            ).changed
            journal.count(UNKNOWN, WAITING, again)

    def next_batch(self, most: int) -> Batch | None:
        """Return the next that are waiting and that no worker has; None where there are none."""
        journal = self._journal
        rows = self._waiting(most)
        if not rows and self._last >= 0:
            # Those before it may be waiting again.
            self._last = -1
            rows = self._waiting(most)
        if not rows:
            journal.look_later()
            return None
        return Batch(rows)

    def _waiting(self, most: int) -> Sequence[Row]:
        rows = self._journal.execute(
            "SELECT number, mobile, temp_para FROM jsms_recipients WHERE campaign = :campaign AND state = :waiting"
            " AND holder = '' AND number > :last ORDER BY number LIMIT :most",
            waiting=WAITING,
            last=self._last,
            most=most,
        ).rows
        return cast("Sequence[Row]", rows)

    def mark_sent(self, batch: Batch) -> None:
        """Record that a request is about to leave, with those of its recipients that no other worker has."""
        journal = self._journal
        self._last = max(self._last, batch.rows[-1][0])
        journal.requests += 1
        batch.request = journal.requests
        claimed = journal.execute(
            "UPDATE jsms_recipients SET state = :in_flight, holder = :holder, request = :request"
            f" WHERE campaign = :campaign AND state = :waiting AND holder IN ('', :holder) AND {_one_of(batch)}",
            in_flight=IN_FLIGHT,
            request=batch.request,
            waiting=WAITING,
            holder=journal.holder,
        ).changed
        if claimed < len(batch.rows):
            # Another worker took them over, as this one was silent for too long.
            rows = journal.execute(
                "SELECT number, mobile, temp_para FROM jsms_recipients WHERE campaign = :campaign"
                f" AND request = :request AND {_one_of(batch)} ORDER BY number",
                request=batch.request,
            ).rows
            batch.rows = cast("Sequence[Row]", rows)
        journal.count(WAITING, IN_FLIGHT, claimed)
        journal.execute(
            "INSERT INTO jsms_requests (campaign, number, left_at, send_time)"
            f" VALUES (:campaign, :request, {journal.dialect.now}, :send_time)",
            request=batch.request,
            send_time=self._send_time,
        )

    def mark_answered(self, batch: Batch, state: int, *, code: int | None = None) -> None:
        """Record the same end of a request for all of its recipients; those who wait again stay reserved."""
        journal, was = self._journal, self._state_of(batch)
        changed = journal.execute(
            "UPDATE jsms_recipients SET state = :state, code = :code, holder = :holder"
            f" WHERE campaign = :campaign AND request = :request AND state = :was AND {_one_of(batch)}",
            state=state,
            code=code,
            holder=journal.holder if state == WAITING and was == IN_FLIGHT else "",
            request=batch.request,
            was=was,
        ).changed
        journal.count(was, state, changed)

    def requeue(self, batch: Batch) -> None:
        """Recipients that were refused are to be sent to again after all."""
        changed = self._journal.execute(
            "UPDATE jsms_recipients SET state = :waiting, code = NULL"
            f" WHERE campaign = :campaign AND state = :refused AND {_one_of(batch)}",
            waiting=WAITING,
            refused=REFUSED,
        ).changed
        self._journal.count(REFUSED, WAITING, changed)

    def store_outcomes(self, batch: Batch, learned: Sequence[Learned], schedule_id: str | None) -> None:
        """Record the response to a request, recipient by recipient."""
        journal, was = self._journal, self._state_of(batch)
        dialect = journal.dialect
        update = dialect.joined.format(
            table="jsms_recipients",
            assignments="state = :state, msg_id = v.message, code = v.reason, holder = ''",
            rows=dialect.rows(place=int, message=str, reason=int),
        )
        for state in sorted({one[0] for one in learned}):
            changed = journal.execute_with(
                f"{update} WHERE r.campaign = :campaign AND r.number = v.place"
                f" AND r.request = :request AND r.state = :was AND r.{_one_of(batch)}",
                [
                    {"place": number, "message": msg_id, "reason": code}
                    for each, msg_id, code, number in learned
                    if each == state
                ],
                state=state,
                request=batch.request,
                was=was,
            )
            journal.count(was, state, changed)
        if schedule_id is not None:
            journal.execute(
                "UPDATE jsms_requests SET schedule_id = :schedule WHERE campaign = :campaign AND number = :request",
                schedule=schedule_id,
                request=batch.request,
            )

    def _state_of(self, batch: Batch) -> int:
        """In flight; unknown where this worker was silent for so long that the others took it for dead."""
        # Not min(state), for which PostgreSQL reads the index of the states from its beginning.
        rows = self._journal.execute(
            "SELECT count(*) FROM jsms_recipients"
            f" WHERE campaign = :campaign AND request = :request AND state = :in_flight AND {_one_of(batch)}",
            request=batch.request,
            in_flight=IN_FLIGHT,
        ).rows
        return IN_FLIGHT if int(str(rows[0][0])) else UNKNOWN

    def allow_resending(self) -> None:
        """Delivery reports were asked for: those that are unknown still may be sent to once more."""
        self._journal.execute(
            "UPDATE jsms_recipients SET resent = 0 WHERE campaign = :campaign AND state = :unknown AND resent = 1",
            unknown=UNKNOWN,
        )

    def scheduled(self) -> list[tuple[int, str]]:
        """Return the requests whose schedules may still be deleted, each with the id of its schedule."""
        rows = self._journal.execute(
            "SELECT number, schedule_id FROM jsms_requests"
            " WHERE campaign = :campaign AND schedule_id IS NOT NULL ORDER BY number"
        ).rows
        return cast("list[tuple[int, str]]", rows)

    def take_back(self, request: int) -> None:
        """Record that a schedule was deleted: its accepted recipients wait again."""
        journal = self._journal
        changed = journal.execute(
            "UPDATE jsms_recipients SET state = :waiting, request = NULL"
            " WHERE campaign = :campaign AND request = :request AND state = :accepted",
            waiting=WAITING,
            request=request,
            accepted=ACCEPTED,
        ).changed
        journal.execute(
            "UPDATE jsms_requests SET schedule_id = NULL WHERE campaign = :campaign AND number = :request",
            request=request,
        )
        journal.count(ACCEPTED, WAITING, changed)


def _one_of(batch: Batch) -> str:
    first, last = int(batch.rows[0][0]), int(batch.rows[-1][0])
    if last - first + 1 == len(batch.rows):
        return f"number BETWEEN {first} AND {last}"
    return f"number IN ({', '.join(str(int(row[0])) for row in batch.rows)})"
