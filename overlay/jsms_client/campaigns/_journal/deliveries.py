"""What delivery reports say of recipients: whether a message arrived, and of unknown ones that it was sent at all."""

from __future__ import annotations

from dataclasses import dataclass

from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._journal.schema import ACCEPTED, UNKNOWN
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


def begin_matching(journal: Journal) -> None:
    """Make looking up a msg_id quick; inside of the journal's `writing`.

    Args:
        journal: The journal.
    """
    journal.execute("CREATE INDEX IF NOT EXISTS recipients_by_msg_id ON recipients (msg_id)")


def note_delivery(journal: Journal, delivery: Delivery) -> bool:
    """Store a delivery report, where it is about one of the recipients; inside of the journal's `writing`.

    Args:
        journal: The journal.
        delivery: What the report says.

    Returns:
        Whether it was about one of them.
    """
    found = journal.execute(
        "SELECT number, state FROM recipients WHERE msg_id = ? AND state IN (?, ?)",
        (delivery.msg_id, ACCEPTED, UNKNOWN),
    ).fetchone() or _by_mobile(journal, delivery)
    if found is None:
        return False
    number, state = found
    journal.execute(
        "UPDATE recipients SET state = ?, msg_id = ?, delivery = ?, delivered_at = ?, settled = settled OR ? "
        "WHERE number = ?",
        (ACCEPTED, delivery.msg_id, delivery.status, delivery.at, state == UNKNOWN, number),
    )
    journal.count(state, ACCEPTED, 1)
    return True


def _by_mobile(journal: Journal, delivery: Delivery) -> tuple[int, int] | None:
    """The recipient with this number whose message has no id: it is unknown, or in a schedule."""
    try:
        mobile = parse_mobile(delivery.mobile)
    except ArgumentError:
        return None
    row = journal.execute(
        "SELECT recipients.number, state, left_at, left_until, send_time FROM recipients "
        "JOIN requests ON requests.number = request WHERE mobile = ? AND msg_id IS NULL AND state IN (?, ?)",
        (mobile, ACCEPTED, UNKNOWN),
    ).fetchone()
    if row is None:
        return None
    number, state, left_at, left_until, send_time = row
    return (number, state) if in_time(delivery, left_at, send_time, left_until) else None


def in_time(delivery: Delivery, left_at: float, send_time: str | None, left_until: float | None) -> bool:
    """Whether a report can be of the first message to its number since a request left: not of one of another day.

    Args:
        delivery: What the report says.
        left_at: When the request left.
        send_time: When the service was to send it.
        left_until: The latest time that it may have left; None where that is known.
    """
    if delivery.at is None:
        return False
    since: float = left_at if send_time is None else parse_time(send_time).timestamp()
    return since - CLOCKS_APART <= delivery.at <= max(since, left_until or since) + LATEST


def keep_other(journal: Journal, delivery: Delivery) -> None:
    """Keep a report of another message; inside of the journal's `writing`.

    Args:
        journal: The journal.
        delivery: What the report says.
    """
    journal.execute(
        "INSERT OR IGNORE INTO other_reports (msg_id, mobile, status, at) VALUES (?, ?, ?, ?)",
        (delivery.msg_id, delivery.mobile, delivery.status, delivery.at),
    )


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


__all__ = [
    "CLOCKS_APART",
    "LATEST",
    "Delivery",
    "begin_matching",
    "everything_told",
    "in_time",
    "keep_other",
    "note_delivery",
]
