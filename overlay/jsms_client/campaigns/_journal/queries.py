"""Queries for recipients, skipped entries and delivery reports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from jsms_api.models.delivery_status import DeliveryStatus
from jsms_client.campaigns._journal.connection import Connection, damaged
from jsms_client.campaigns._journal.integrity import (
    ACCEPTED,
    IN_FLIGHT,
    PAGE,
    REFUSED,
    STATES,
    UNKNOWN,
    Digest,
    Head,
    ascending,
    read_head,
)
from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._outcomes import Outcome, RecipientState, Skipped, SkipReason
from jsms_client.errors import ArgumentError
from jsms_client.results import DeliveryReport
from jsms_runtime.results import known
from jsms_runtime.times import BEIJING, parse_time
from jsms_runtime.validation import parse_mobile

_TEXT = (str,)
_TEXT_OR_NONE = (str, type(None))
_NUMBER = (int,)
_NUMBER_OR_NONE = (int, type(None))
_TIME_OR_NONE = (float, int, type(None))
_OUTCOME = (
    _NUMBER,
    _TEXT,
    _NUMBER,
    _TEXT_OR_NONE,
    _TEXT_OR_NONE,
    _NUMBER_OR_NONE,
    _NUMBER_OR_NONE,
    _TIME_OR_NONE,
    _NUMBER,
    _TEXT_OR_NONE,
    _NUMBER,
)
_SET_ASIDE = (_NUMBER, _TEXT, _TEXT_OR_NONE, _TEXT)
_UNREADABLE = (TypeError, ValueError, OverflowError, OSError, RecursionError)


def codes(connection: Connection, head: Head) -> dict[int | None, int]:
    """How many recipients were refused, by code.

    Args:
        connection: To the file.
        head: What it says of the campaign as a whole.

    Raises:
        JournalDamagedError: That is not how many were refused.
    """
    query = "SELECT code, count(*) FROM recipients WHERE state = ? GROUP BY code ORDER BY count(*) DESC, code"
    found: dict[object, int] = dict(connection.execute(query, (REFUSED,)).fetchall())
    are_numbers = all(isinstance(code, _NUMBER_OR_NONE) for code in found)
    if not are_numbers or (sum(found.values()) != head.refused and _is_unchanged(connection, head)):
        raise damaged(connection.path, "its recipients do not add up")
    return cast("dict[int | None, int]", found)


def outcomes(connection: Connection, state: RecipientState | None) -> Iterator[Outcome]:
    """Yield the state of every recipient, in the order of the list.

    Args:
        connection: To the file.
        state: Only those in this state; None for all.

    Raises:
        JournalDamagedError: A recipient cannot be read, or there are fewer or others than were written.
    """
    head = read_head(connection, connection.path)
    after = -1
    query = (
        "SELECT recipients.number, mobile, state, msg_id, schedule_id, code, delivery, delivered_at, settled, "
        "temp_para, resent FROM recipients LEFT JOIN requests ON requests.number = request "
        "WHERE recipients.number > ? ORDER BY recipients.number LIMIT ?"
    )
    digest = Digest()
    states: Counter[int] = Counter()
    while page := connection.execute(query, (after, PAGE)).fetchall():
        try:
            after = ascending(connection.path, page, after)
            read = [read_outcome(row) for row in page]
            digest.add((row[0], row[1], row[9]) for row in page)
        except _UNREADABLE:
            # Without its cause, which may quote what the file has.
            raise damaged(connection.path, "a recipient cannot be read") from None
        states.update(row[2] for row in page)
        yield from (one for one in read if state is None or one.state is state)
    if head.input is not None and digest.made() != head.rows:
        raise damaged(connection.path, "its recipients are not those that were written into it")
    if [states[number] for number in range(len(STATES))] != head.states and _is_unchanged(connection, head):
        raise damaged(connection.path, "its recipients do not add up")


def _is_unchanged(connection: Connection, head: Head) -> bool:
    """Whether nothing was written meanwhile; writers are locked out no longer than a page takes."""
    return read_head(connection, connection.path).seal == head.seal


def read_outcome(row: Sequence[object]) -> Outcome:
    """Return a recipient from a row of `outcomes`."""
    _check_kinds(row, _OUTCOME)
    number, mobile, at, msg_id, schedule_id, code, delivery, delivered_at, settled, parameters, resent = cast(
        "tuple[int, str, int, str | None, str | None, int | None, int | None, float | None, int, str | None, int]", row
    )
    return Outcome(
        number,
        mobile,
        _shown(at),
        msg_id,
        schedule_id,
        code,
        None if delivery is None else known(DeliveryStatus, delivery),
        None if delivered_at is None else datetime.fromtimestamp(delivered_at, BEIJING),
        bool(settled),
        None if parameters is None else _parameters(parameters),
        bool(resent),
    )


def _parameters(text: str) -> dict[str, str]:
    read: object = json.loads(text)
    if not isinstance(read, dict):
        raise TypeError("no parameters")
    return cast("dict[str, str]", read)


def _check_kinds(row: Sequence[object], kinds: Sequence[tuple[type, ...]]) -> None:
    for value, kind in zip(row, kinds, strict=True):
        if not isinstance(value, kind):
            raise TypeError("of another kind than it was written")


def _shown(state: int) -> RecipientState:
    if not 0 <= state < len(STATES):
        raise ValueError("no state")
    # They cannot be read while a campaign runs: what is in flight was so when its process was killed.
    return STATES[UNKNOWN if state == IN_FLIGHT else state]


def deliveries(connection: Connection) -> dict[DeliveryStatus | int, int]:
    """How many delivery reports came, by status.

    Args:
        connection: To the file.
    """
    query = "SELECT delivery, count(*) FROM recipients WHERE delivery IS NOT NULL GROUP BY delivery ORDER BY delivery"
    return {known(DeliveryStatus, status): count for status, count in connection.execute(query).fetchall()}


def other_reports(connection: Connection) -> Iterator[DeliveryReport]:
    """Yield the delivery reports of other messages that were fetched.

    Args:
        connection: To the file.
    """
    after = 0
    query = "SELECT rowid, msg_id, mobile, status, at FROM other_reports WHERE rowid > ? ORDER BY rowid LIMIT ?"
    while page := connection.execute(query, (after, PAGE)).fetchall():
        for _, msg_id, mobile, status, at in page:
            yield report_of(msg_id, mobile, status, at)
        after = page[-1][0]


def report_of(msg_id: str, mobile: str, status: int, at: float | None) -> DeliveryReport:
    """Return a delivery report as a row of a journal."""
    time = None if at is None else datetime.fromtimestamp(at, BEIJING)
    return DeliveryReport(msg_id, mobile, time, known(DeliveryStatus, status))


def set_aside(connection: Connection) -> Iterator[Skipped]:
    """Yield the entries of the list that are not sent to, in its order.

    Args:
        connection: To the file.

    Raises:
        JournalDamagedError: An entry cannot be read, or there are fewer or more than were written.
    """
    head = read_head(connection, connection.path)
    after, count = -1, 0
    query = "SELECT number, reason, mobile, text FROM set_aside WHERE number > ? ORDER BY number LIMIT ?"
    while page := connection.execute(query, (after, PAGE)).fetchall():
        try:
            after = ascending(connection.path, page, after)
            read = [_set_aside(row) for row in page]
        except _UNREADABLE:
            raise damaged(connection.path, "an entry cannot be read") from None
        count += len(page)
        yield from read
    if count != head.repeats + head.bad_lines and _is_unchanged(connection, head):
        raise damaged(connection.path, "its entries do not add up")


def _set_aside(row: Sequence[object]) -> Skipped:
    _check_kinds(row, _SET_ASIDE)
    number, reason, mobile, text = cast("tuple[int, str, str | None, str]", row)
    return Skipped(number, SkipReason(reason), mobile, text)


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
    """Return the recipient with this number whose message has no id: it is unknown, or in a schedule."""
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
