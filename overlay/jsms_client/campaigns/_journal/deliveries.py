"""What delivery reports say of a campaign's recipients."""

from __future__ import annotations

from dataclasses import dataclass

from jsms_client.campaigns._journal.batches import move
from jsms_client.campaigns._journal.file import Connection
from jsms_client.campaigns._outcomes import ACCEPTED, UNKNOWN
from jsms_client.errors import ArgumentError
from jsms_runtime.times import parse_time
from jsms_runtime.validation import parse_mobile

CLOCKS_APART = 300.0
"""Seconds that two clocks may be apart, beyond what the service's own time says of them."""

LATEST = 24 * 3600.0
"""Seconds after a message within which a report is of it, where no id tells: nearly all come in minutes."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a delivery report says.

    Attributes:
        mobile: The number.
        msg_id: Id of the SMS.
        status: The status.
        at: When, in seconds since 1970 on this machine's clock; None where the service does not say.
    """

    mobile: str
    msg_id: str
    status: int
    at: float | None


def in_time(delivery: Delivery, left_at: float, send_time: str | None, left_until: float | None) -> bool:
    """Whether a report can be of the first message to its number since a request left: not of one of another day.

    Where the time of the request is not known, it may have left until ``left_until``.
    """
    if delivery.at is None:
        return False
    since: float = left_at if send_time is None else parse_time(send_time).timestamp()
    return since - CLOCKS_APART <= delivery.at <= max(since, left_until or since) + LATEST


class Deliveries:
    """Stores delivery reports; to be used inside of the journal's `writing`.

    Args:
        connection: The journal's.
        states: How many recipients are in each state.
    """

    def __init__(self, connection: Connection, states: list[int]) -> None:
        self._execute = connection.execute
        self._states = states

    def begin(self) -> None:
        """Begin: looking up a msg_id becomes quick."""
        self._execute("CREATE INDEX IF NOT EXISTS recipients_by_msg_id ON recipients (msg_id)")

    def note(self, delivery: Delivery) -> bool:
        """Store a delivery report, where it is about one of the recipients; gives whether it was."""
        query = "SELECT number, state FROM recipients WHERE msg_id = ? AND state IN (?, ?) LIMIT 1"
        found = self._execute(query, (delivery.msg_id, ACCEPTED, UNKNOWN)).fetchall() or self._by_mobile(delivery)
        if not found:
            return False
        number, state = found[0]
        self._execute(
            "UPDATE recipients SET state = ?, msg_id = ?, delivery = ?, delivered_at = ?, settled = settled OR ? "
            "WHERE number = ?",
            (ACCEPTED, delivery.msg_id, delivery.status, delivery.at, state == UNKNOWN, number),
        )
        move(self._states, state, ACCEPTED, 1)
        return True

    def _by_mobile(self, delivery: Delivery) -> list[tuple[int, int]]:
        """Return the recipient with this number whose message has no id: it is unknown, or in a schedule."""
        try:
            mobile = parse_mobile(delivery.mobile)
        except ArgumentError:
            return []
        rows = self._execute(
            "SELECT recipients.number, state, left_at, left_until, send_time FROM recipients "
            "JOIN requests ON requests.number = request WHERE mobile = ? AND msg_id IS NULL AND state IN (?, ?)",
            (mobile, ACCEPTED, UNKNOWN),
        ).fetchall()
        return [
            (number, state)
            for number, state, left_at, left_until, send_time in rows
            if in_time(delivery, left_at, send_time, left_until)
        ]

    def keep_other(self, delivery: Delivery) -> None:
        """Keep a report of another message."""
        self._execute(
            "INSERT OR IGNORE INTO other_reports (msg_id, mobile, status, at) VALUES (?, ?, ?, ?)",
            (delivery.msg_id, delivery.mobile, delivery.status, delivery.at),
        )

    def is_complete(self) -> bool:
        """Whether no delivery report could say anything new."""
        query = "SELECT 1 FROM recipients WHERE state IN (?, ?) AND delivery IS NULL LIMIT 1"
        return not self._execute(query, (ACCEPTED, UNKNOWN)).fetchall()
