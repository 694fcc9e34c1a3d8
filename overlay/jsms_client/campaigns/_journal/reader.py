"""Read a journal: its totals, recipients, skipped entries and reports of other messages."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast

from jsms_api.models.delivery_status import DeliveryStatus
from jsms_client.campaigns._errors import (
    SQLITE_ERRORS,
    JournalDamagedError,
    JournalError,
    JournalLockedError,
    damaged,
    in_use,
    journal_errors,
    raise_journal_error,
)
from jsms_client.campaigns._inputs.sources import CHUNK, digested
from jsms_client.campaigns._journal import file
from jsms_client.campaigns._journal.file import Connection
from jsms_client.campaigns._journal.journal import Head, Journal, read_head
from jsms_client.campaigns._journal.opening import ascending, become, open_journal
from jsms_client.campaigns._options import CampaignSettings, Service
from jsms_client.campaigns._outcomes import (
    IN_FLIGHT,
    REFUSED,
    STATES,
    UNKNOWN,
    Outcome,
    RecipientState,
    Skipped,
    SkipReason,
    Summary,
)
from jsms_client.results import DeliveryReport
from jsms_runtime.results import known
from jsms_runtime.times import BEIJING

_READ_AGAIN = 0.02
_CODES = "SELECT code, count(*) FROM recipients WHERE state = ? GROUP BY code ORDER BY count(*) DESC, code"
_DELIVERIES = "SELECT delivery, count(*) FROM recipients WHERE delivery IS NOT NULL GROUP BY delivery ORDER BY delivery"
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


class JournalReader:
    """Reads the journal in a file while no other call has it, or a temporary one."""

    def __init__(self, source: Path | Journal) -> None:
        self.path = source if isinstance(source, Path) else None
        self._temporary = source if isinstance(source, Journal) else None

    @contextmanager
    def _connection(self) -> Generator[Connection]:
        with journal_errors(self.path):
            if self.path is None:
                yield self._kept().connection
                return
            with closing(file.open_to_read(self.path)) as connection:
                yield connection

    def _kept(self) -> Journal:
        if self._temporary is None or self._temporary.closed:
            raise JournalError("this campaign was closed, and its journal was a temporary one")
        return self._temporary

    def summary(self) -> Summary:
        """Return the state of the campaign as a whole, also while another call sends it."""
        try:
            with self._connection() as connection:
                return summary_of(connection, read_head(connection))
        except JournalLockedError:
            # Never of a temporary one.
            head = read_running(cast("Path", self.path))
            totals = (head.campaign, head.service, head.states, head.repeats, head.bad_lines)
            return Summary(*totals, began=head.input is not None, running=True)

    def outcomes(self, states: Collection[RecipientState]) -> Iterator[Outcome]:
        """Yield the state of every recipient, or of those in some states, in the order of the list."""
        with self._connection() as connection:
            for outcome in _outcomes(connection):
                if not states or outcome.state in states:
                    yield outcome

    def set_aside(self) -> Iterator[Skipped]:
        """Yield the entries of the list that are not sent to, in its order."""
        with self._connection() as connection:
            yield from _set_aside(connection)

    def other_reports(self) -> Iterator[DeliveryReport]:
        """Yield the delivery reports of other messages that were fetched."""
        after = 0
        query = "SELECT rowid, msg_id, mobile, status, at FROM other_reports WHERE rowid > ? ORDER BY rowid LIMIT ?"
        with self._connection() as connection:
            while page := connection.execute(query, (after, CHUNK)).fetchall():
                yield from (report_of(*values) for _, *values in page)
                after = page[-1][0]

    def open(self, settings: CampaignSettings | None, service: Service | None) -> Journal:
        """Open it exclusively, to go on with it."""
        if self.path is not None:
            return open_journal(self.path, settings, service)
        journal = self._kept()
        journal.claim()
        try:
            become(journal, settings, service)
        except BaseException:
            journal.release()
            raise
        return journal

    def close(self) -> None:
        """Close a temporary journal."""
        if self._temporary is not None:
            self._temporary.close()


def read_running(path: Path) -> Head:
    """Return what a journal says of the campaign as a whole while another call writes it, which is not disturbed.

    The file is read as it is. Its seal tells where that was in the middle of a write.
    """
    until = time.monotonic() + file.LOCK_PATIENCE
    address = f"{path.as_uri()}?mode=ro&immutable=1"
    while True:
        try:
            with closing(file.connect(path, address, uri=True)) as connection, journal_errors(path):
                file.check_format(connection)
                return read_head(connection)
        except JournalDamagedError:
            if time.monotonic() >= until:
                raise in_use(path) from None
            time.sleep(_READ_AGAIN)


def summary_of(connection: Connection, head: Head) -> Summary:
    """Return the state of a campaign as a whole, with its refusals by code and its delivery reports by status."""
    try:
        codes = dict(connection.execute(_CODES, (REFUSED,)).fetchall())
        deliveries = dict(connection.execute(_DELIVERIES).fetchall())
    except SQLITE_ERRORS as error:
        raise_journal_error(connection.path, error)
    are_numbers = {type(code) for code in codes} <= {int, type(None)}
    if not are_numbers or (sum(codes.values()) != head.states[REFUSED] and _is_unchanged(connection, head)):
        raise damaged(connection.path, "its recipients do not add up")
    totals = (head.campaign, head.service, head.states, head.repeats, head.bad_lines)
    return Summary(*totals, codes, deliveries, began=head.input is not None)


def _is_unchanged(connection: Connection, head: Head) -> bool:
    """Whether nothing was written meanwhile; writers are locked out no longer than a page takes."""
    return read_head(connection).seal == head.seal


def _outcomes(connection: Connection) -> Iterator[Outcome]:
    """Yield the state of every recipient, in the order of the list."""
    head = read_head(connection)
    after = -1
    query = (
        "SELECT recipients.number, mobile, state, msg_id, schedule_id, code, delivery, delivered_at, settled, "
        "temp_para, resent FROM recipients LEFT JOIN requests ON requests.number = request "
        "WHERE recipients.number > ? ORDER BY recipients.number LIMIT ?"
    )
    digest = hashlib.sha256()
    states: Counter[int] = Counter()
    while page := connection.execute(query, (after, CHUNK)).fetchall():
        try:
            after = ascending(connection.path, page, after)
            read = [read_outcome(row) for row in page]
            digest.update(digested((row[0], row[1], row[9]) for row in page))
        except _UNREADABLE:
            # Without its cause, which may quote what the file has.
            raise damaged(connection.path, "a recipient cannot be read") from None
        states.update(row[2] for row in page)
        yield from read
    if head.input is not None and digest.hexdigest() != head.rows:
        raise damaged(connection.path, "its recipients are not those that were written into it")
    if [states[number] for number in range(len(STATES))] != head.states and _is_unchanged(connection, head):
        raise damaged(connection.path, "its recipients do not add up")


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


def report_of(msg_id: str, mobile: str, status: int, at: float | None) -> DeliveryReport:
    """Return a delivery report as a row of a journal."""
    time = None if at is None else datetime.fromtimestamp(at, BEIJING)
    return DeliveryReport(msg_id, mobile, time, known(DeliveryStatus, status))


def _set_aside(connection: Connection) -> Iterator[Skipped]:
    """Yield the entries of the list that are not sent to, in its order."""
    head = read_head(connection)
    after, count = -1, 0
    query = "SELECT number, reason, mobile, text FROM set_aside WHERE number > ? ORDER BY number LIMIT ?"
    while page := connection.execute(query, (after, CHUNK)).fetchall():
        try:
            after = ascending(connection.path, page, after)
            read = [_read_set_aside(row) for row in page]
        except _UNREADABLE:
            raise damaged(connection.path, "an entry cannot be read") from None
        count += len(page)
        yield from read
    if count != head.repeats + head.bad_lines and _is_unchanged(connection, head):
        raise damaged(connection.path, "its entries do not add up")


def _read_set_aside(row: Sequence[object]) -> Skipped:
    _check_kinds(row, _SET_ASIDE)
    number, reason, mobile, text = cast("tuple[int, str, str | None, str]", row)
    return Skipped(number, SkipReason(reason), mobile, text)
