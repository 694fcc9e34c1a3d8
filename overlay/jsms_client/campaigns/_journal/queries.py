"""What a journal says of everyone, read in pages; what does not add up is damage, at the latest at the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import cast

from jsms_api.models.delivery_status import DeliveryStatus
from jsms_client.campaigns._journal.connection import Connection, damaged
from jsms_client.campaigns._journal.hashes import Digest
from jsms_client.campaigns._journal.integrity import PAGE, Head, ascending, read_head
from jsms_client.campaigns._journal.schema import IN_FLIGHT, REFUSED, STATES, UNKNOWN
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
    """The state of every recipient, in the order of the list.

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
    """Whether nothing was written meanwhile: nobody is locked out for longer than a page takes."""
    return read_head(connection, connection.path).seal == head.seal


def read_outcome(row: Sequence[object]) -> Outcome:
    """A recipient as a row of `outcomes` has it."""
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
    # Nobody can read them while a campaign runs: what is in flight was so when its process was killed.
    return STATES[UNKNOWN if state == IN_FLIGHT else state]


def deliveries(connection: Connection) -> dict[DeliveryStatus | int, int]:
    """How many delivery reports came, by status.

    Args:
        connection: To the file.
    """
    query = "SELECT delivery, count(*) FROM recipients WHERE delivery IS NOT NULL GROUP BY delivery ORDER BY delivery"
    return {known(DeliveryStatus, status): count for status, count in connection.execute(query).fetchall()}


def other_reports(connection: Connection) -> Iterator[DeliveryReport]:
    """The delivery reports of other messages that were fetched.

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
    """A delivery report as a row of a journal."""
    time = None if at is None else datetime.fromtimestamp(at, BEIJING)
    return DeliveryReport(msg_id, mobile, time, known(DeliveryStatus, status))


def set_aside(connection: Connection) -> Iterator[Skipped]:
    """The entries of the list that are not sent to, in its order.

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


__all__ = ["codes", "deliveries", "other_reports", "outcomes", "read_outcome", "report_of", "set_aside"]
