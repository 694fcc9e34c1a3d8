"""Queries for recipients, skipped entries and reports of other messages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import cast

from jsms_api.models.delivery_status import DeliveryStatus
from jsms_client.campaigns._journal.database import IN_FLIGHT, STATES, UNKNOWN, Database, damaged
from jsms_client.campaigns._journal.integrity import PAGE, Digest, ascending, is_unchanged
from jsms_client.campaigns._outcomes import Outcome, RecipientState, Skipped, SkipReason
from jsms_client.results import DeliveryReport
from jsms_runtime.results import known
from jsms_runtime.times import BEIJING

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


def outcomes(database: Database, state: RecipientState | None) -> Iterator[Outcome]:
    """Yield the state of every recipient, in the order of the list.

    Args:
        database: The file.
        state: Only those in this state; None for all.

    Raises:
        JournalDamagedError: A recipient cannot be read, or there are fewer or others than were written.
    """
    head = database.head()
    after = -1
    query = (
        "SELECT recipients.number, mobile, state, msg_id, schedule_id, code, delivery, delivered_at, settled, "
        "temp_para, resent FROM recipients LEFT JOIN requests ON requests.number = request "
        "WHERE recipients.number > ? ORDER BY recipients.number LIMIT ?"
    )
    digest = Digest()
    states: Counter[int] = Counter()
    while page := database.rows(query, (after, PAGE)):
        try:
            after = ascending(database.path, page, after)
            read = [read_outcome(row) for row in page]
            digest.add((row[0], row[1], row[9]) for row in page)
        except _UNREADABLE:
            # Without its cause, which may quote what the file has.
            raise damaged(database.path, "a recipient cannot be read") from None
        states.update(row[2] for row in page)
        yield from (one for one in read if state is None or one.state is state)
    if head.input is not None and digest.made() != head.rows:
        raise damaged(database.path, "its recipients are not those that were written into it")
    if [states[number] for number in range(len(STATES))] != head.states and is_unchanged(database, head):
        raise damaged(database.path, "its recipients do not add up")


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


def other_reports(database: Database) -> Iterator[DeliveryReport]:
    """Yield the delivery reports of other messages that were fetched.

    Args:
        database: The file.
    """
    after = 0
    query = "SELECT rowid, msg_id, mobile, status, at FROM other_reports WHERE rowid > ? ORDER BY rowid LIMIT ?"
    while page := database.rows(query, (after, PAGE)):
        for _, msg_id, mobile, status, at in page:
            yield report_of(msg_id, mobile, status, at)
        after = page[-1][0]


def report_of(msg_id: str, mobile: str, status: int, at: float | None) -> DeliveryReport:
    """Return a delivery report as a row of a journal."""
    time = None if at is None else datetime.fromtimestamp(at, BEIJING)
    return DeliveryReport(msg_id, mobile, time, known(DeliveryStatus, status))


def set_aside(database: Database) -> Iterator[Skipped]:
    """Yield the entries of the list that are not sent to, in its order.

    Args:
        database: The file.

    Raises:
        JournalDamagedError: An entry cannot be read, or there are fewer or more than were written.
    """
    head = database.head()
    after, count = -1, 0
    query = "SELECT number, reason, mobile, text FROM set_aside WHERE number > ? ORDER BY number LIMIT ?"
    while page := database.rows(query, (after, PAGE)):
        try:
            after = ascending(database.path, page, after)
            read = [_set_aside(row) for row in page]
        except _UNREADABLE:
            raise damaged(database.path, "an entry cannot be read") from None
        count += len(page)
        yield from read
    if count != head.repeats + head.bad_lines and is_unchanged(database, head):
        raise damaged(database.path, "its entries do not add up")


def _set_aside(row: Sequence[object]) -> Skipped:
    _check_kinds(row, _SET_ASIDE)
    number, reason, mobile, text = cast("tuple[int, str, str | None, str]", row)
    return Skipped(number, SkipReason(reason), mobile, text)
