"""What delivery reports tell of recipients: whether a message arrived, and of unknown ones that it was sent at all."""

from __future__ import annotations

from dataclasses import dataclass

from jsms_client.campaigns.journal.journal import Journal
from jsms_client.campaigns.journal.schema import ACCEPTED, UNKNOWN
from jsms_client.times import parse_time

CLOCKS_APART = 60.0
"""Seconds that this machine's clock may be ahead of the service's."""
LATEST = 24 * 3600.0
"""Seconds after a message within which a report is of it, where no id tells: nearly all come in minutes."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a delivery report says.

    Attributes:
        mobile: The number.
        msg_id: Id of the SMS.
        status: What became of it.
        at: When, in seconds since 1970; None where the service does not say.
    """

    mobile: str
    msg_id: str
    status: int
    at: float | None


def note_delivery(journal: Journal, delivery: Delivery) -> None:
    """Take a delivery report in, where it is about one of the recipients; inside of the journal's `writing`.

    Args:
        journal: The journal.
        delivery: What the report says.
    """
    row = journal.execute(
        "SELECT recipients.number, state, msg_id, left_at, left_until, send_time FROM recipients "
        "JOIN requests ON requests.number = request WHERE mobile = ? AND state IN (?, ?)",
        (delivery.mobile, ACCEPTED, UNKNOWN),
    ).fetchone()
    if row is None:
        return
    number, state, msg_id, left_at, left_until, send_time = row
    if state == ACCEPTED and msg_id is not None:
        ours = msg_id == delivery.msg_id
    else:
        # No id to go by: the answer never came, or it is a schedule, whose messages have none until they are sent. So
        # it is the first message to the number since then, but not one of another day.
        since: float = left_at if send_time is None else parse_time(send_time).timestamp()
        until = max(since, left_until or since)
        ours = delivery.at is not None and since - CLOCKS_APART <= delivery.at <= until + LATEST
    if ours:
        journal.execute(
            "UPDATE recipients SET state = ?, msg_id = ?, delivery = ?, delivered_at = ?, settled = settled OR ? "
            "WHERE number = ?",
            (ACCEPTED, delivery.msg_id, delivery.status, delivery.at, state == UNKNOWN, number),
        )
        journal.count(state, ACCEPTED, 1)


def everything_told(journal: Journal) -> bool:
    """Whether no delivery report could tell anything new.

    Args:
        journal: The journal.
    """
    return (
        journal.execute(
            "SELECT 1 FROM recipients WHERE state IN (?, ?) AND delivery IS NULL LIMIT 1", (ACCEPTED, UNKNOWN)
        ).fetchone()
        is None
    )


__all__ = ["CLOCKS_APART", "LATEST", "Delivery", "everything_told", "note_delivery"]
