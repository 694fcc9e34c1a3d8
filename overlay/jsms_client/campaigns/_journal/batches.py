"""Batches: which recipients the next request has, and what its response says of each."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple, TypeAlias, cast

from jsms_client._decode import MALFORMED, holds_error
from jsms_client.campaigns._errors import damaged
from jsms_client.campaigns._inputs.sources import Row
from jsms_client.campaigns._journal.file import Connection
from jsms_client.campaigns._outcomes import ACCEPTED, IN_FLIGHT, REFUSED, UNKNOWN, WAITING
from jsms_client.errors import ArgumentError, NoCreditError
from jsms_contract.errors import SUCCESS_CODES, error_class
from jsms_runtime.results import error_code
from jsms_runtime.validation import parse_mobile

Learned: TypeAlias = tuple[int, "str | None", "int | None", int]
"""What a response says of one recipient: state (as in the schema), msg_id, code, and the recipient's number."""


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


def move(states: list[int], before: int, after: int, recipients: int) -> None:
    """Count recipients that went from one state to another."""
    states[before] -= recipients
    states[after] += recipients


class BatchQueue:
    """What leaves and what comes back; to be used inside of the journal's `writing`.

    Args:
        connection: The journal's.
        states: How many recipients are in each state.
    """

    def __init__(self, connection: Connection, states: list[int]) -> None:
        self._connection = connection
        self._states = states
        self._cursor = -1
        self._send_time: str | None = None

    def take_over(self) -> None:
        """Take over from a process that was killed: what was in flight then is unknown now."""
        in_flight = self._states[IN_FLIGHT]
        if in_flight:
            self._connection.execute("UPDATE recipients SET state = ? WHERE state = ?", (UNKNOWN, IN_FLIGHT))
            move(self._states, IN_FLIGHT, UNKNOWN, in_flight)

    def recover(self, send_time: str | None, *, repeat_unknown: bool) -> None:
        """Begin where another process was killed: what was in flight then is unknown now.

        With ``repeat_unknown`` those that are unknown are to be sent to again: each once, until delivery reports were
        asked for. So the same call after an interruption continues, and sends to none a third time.
        """
        self.take_over()
        # A temporary journal may be gone on with.
        self._cursor = -1
        self._send_time = send_time
        if repeat_unknown and self._states[UNKNOWN]:
            query = "UPDATE recipients SET state = ?, resent = 1 WHERE state = ? AND NOT resent"
            again = self._connection.execute(query, (WAITING, UNKNOWN)).rowcount
            move(self._states, UNKNOWN, WAITING, again)

    def allow_resending(self) -> None:
        """Delivery reports were asked for: those that are unknown still may be sent to once more."""
        self._connection.execute("UPDATE recipients SET resent = 0 WHERE state = ? AND resent", (UNKNOWN,))

    def next_batch(self, most: int) -> Batch:
        """Return the next that are waiting, in the order of the list; there must be some."""
        rows: list[Row] = self._connection.execute(
            "SELECT number, mobile, temp_para FROM recipients WHERE number > ? AND state = ? ORDER BY number LIMIT ?",
            (self._cursor, WAITING, most),
        ).fetchall()
        if not rows:
            raise damaged(self._connection.path, "it changed while it was in use")
        self._cursor = rows[-1][0]
        return Batch(rows)

    def mark_sent(self, batch: Batch) -> None:
        """Record that a request is about to leave."""
        query = "INSERT INTO requests (left_at, send_time) VALUES (?, ?)"
        batch.request = self._connection.execute(query, (time.time(), self._send_time)).lastrowid or 0
        self._all_of(batch, WAITING, IN_FLIGHT)

    def mark_answered(self, batch: Batch, state: int, *, code: int | None = None) -> None:
        """Record the end of a request that is the same for all of its recipients, and why they were refused."""
        self._all_of(batch, IN_FLIGHT, state, code=code)

    def requeue(self, batch: Batch) -> None:
        """Recipients that were refused are to be sent to again after all, as it was not for them."""
        self._all_of(batch, REFUSED, WAITING)

    def store_outcomes(self, batch: Batch, learned: Sequence[Learned], schedule_id: str | None) -> None:
        """Record the response to a request, recipient by recipient, and the schedule that it made."""
        execute = self._connection.execute
        self._connection.executemany("UPDATE recipients SET state = ?, msg_id = ?, code = ? WHERE number = ?", learned)
        if schedule_id is not None:
            execute("UPDATE requests SET schedule_id = ? WHERE number = ?", (schedule_id, batch.request))
        for state, recipients in Counter(map(itemgetter(0), learned)).items():
            move(self._states, IN_FLIGHT, state, recipients)

    def _all_of(self, batch: Batch, before: int, after: int, *, code: int | None = None) -> None:
        # Batches never overlap: all that are in this state between the first and the last are of this one.
        changed = self._connection.execute(
            "UPDATE recipients SET state = ?, request = ?, code = ? WHERE number BETWEEN ? AND ? AND state = ?",
            (after, batch.request, code, batch.rows[0][0], batch.rows[-1][0], before),
        ).rowcount
        if changed != len(batch.rows):
            raise damaged(self._connection.path, "it changed while it was in use")
        move(self._states, before, after, changed)

    def scheduled(self) -> list[tuple[int, str]]:
        """Return the requests whose schedules may still be deleted, each with the id of its schedule."""
        query = "SELECT number, schedule_id FROM requests WHERE schedule_id IS NOT NULL ORDER BY number"
        return self._connection.execute(query).fetchall()

    def take_back(self, request: int) -> None:
        """Record that a request's schedule was deleted: its accepted recipients wait again."""
        execute = self._connection.execute
        changed = execute(
            "UPDATE recipients SET state = ?, request = NULL WHERE request = ? AND state = ?",
            (WAITING, request, ACCEPTED),
        ).rowcount
        execute("UPDATE requests SET schedule_id = NULL WHERE number = ?", (request,))
        move(self._states, ACCEPTED, WAITING, changed)


_SUCCESS = 200
Entry = Mapping[str, str]


class BatchOutcome(NamedTuple):
    """What a response says.

    Attributes:
        learned: What is known of each recipient.
        schedule_id: The schedule that was made.
        unpaid: The code for lack of credit, where somebody was refused for that: these are still waiting.
        contradictory: Whether the response contradicts itself or the request.
    """

    learned: list[Learned]
    schedule_id: str | None
    unpaid: int | None
    contradictory: bool


def read_response(batch: Batch, response: object) -> BatchOutcome:
    """Return what a response says of everyone in a request; unknown where that is not proven."""
    body = cast("Mapping[str, object]", response)
    schedule_id = cast("str | None", body.get("schedule_id"))
    entries, strange = _by_mobile(body.get("failure_recipients" if schedule_id is not None else "recipients"))
    known = {mobile for _, mobile, _ in batch.rows}
    contradictory = strange or MALFORMED in body or holds_error(body) or not entries.keys() <= known
    if schedule_id is not None:
        # The accepted are those that are not listed: only where the counts say that the list is whole.
        whole = (
            not contradictory
            and body["failure_count"] == len(entries)
            and body["success_count"] == len(batch.rows) - len(entries)
        )
        unlisted = ACCEPTED if whole else UNKNOWN
        learned = [
            (unlisted, None, None, number) if mobile not in entries else _learn(number, entries[mobile])
            for number, mobile, _ in batch.rows
        ]
        contradictory = not whole
        if cast("int", body["success_count"]) > len(batch.rows) - len(entries):
            # More were accepted than the list leaves: perhaps those that it calls refused.
            learned = [(UNKNOWN, msg_id, code, number) for _, msg_id, code, number in learned]
    else:
        learned = [_learn(number, entries.get(mobile, ())) for number, mobile, _ in batch.rows]
        accepted = sum(state == ACCEPTED for state, *_ in learned)
        refused = sum(state in (REFUSED, WAITING) for state, *_ in learned)
        if (body["success_count"], body["failure_count"]) != (accepted, refused):
            contradictory = True
            # Those that the list says nothing of may be the ones that are missing.
            if cast("int", body["success_count"]) > accepted + sum(state == UNKNOWN for state, *_ in learned):
                # More were sent to than the list says: perhaps those that it calls refused.
                learned = [
                    (state if state == ACCEPTED else UNKNOWN, msg_id, code, number)
                    for state, msg_id, code, number in learned
                ]
    unpaid = next((code for state, _, code, _ in learned if state == WAITING), None)
    return BatchOutcome(learned, schedule_id, unpaid, contradictory)


def _by_mobile(recipients: object) -> tuple[Mapping[str, tuple[Entry, ...]], bool]:
    """Return the entries of each number, and whether any number cannot be read or is there twice."""
    found: dict[str, tuple[Entry, ...]] = {}
    strange = False
    for entry in cast("list[Entry]", recipients):
        mobile = entry["mobile"]
        if mobile in found:
            strange = True
        elif not _is_plain(mobile):
            try:
                mobile = parse_mobile(mobile)
            except ArgumentError:
                strange = True
        found[mobile] = (*found.get(mobile, ()), entry)
    return found, strange


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """Return a text, such as an id, as every journal can keep it: U+FFFD for NUL and for lone surrogates."""
    return text if text.isascii() and text.isprintable() else _UNSTORABLE.sub("\ufffd", text)


def _is_plain(mobile: str) -> bool:
    return len(mobile) == 11 and mobile.isascii() and mobile.isdigit()


def _learn(number: int, entries: tuple[Entry, ...]) -> Learned:
    outcomes = [_read(entry) for entry in entries]
    msg_id = next((msg_id for _, msg_id, _ in outcomes if msg_id), None)
    states = {state for state, _, _ in outcomes}
    if len(states) == 1 and len(outcomes) >= 1:
        state, _, code = outcomes[0]
        return state, msg_id, code, number
    # Not named, or named with an id and with an error: the outcome is unknown, and the id may show it later.
    return UNKNOWN, msg_id, None, number


def _read(entry: Entry) -> tuple[int, str | None, int | None]:
    given = entry.get("error_code")
    code, unread = error_code(given, SUCCESS_CODES) if given else (None, None)
    if code is not None or unread is not None:
        # Refused, though the service gives such a recipient an id too.
        unpaid = issubclass(error_class(code, _SUCCESS), NoCreditError)
        return (WAITING if unpaid else REFUSED), None, code
    msg_id = storable(entry.get("msg_id") or "") or None
    if entry.get("error_message") and not entry.get("error_code"):
        return (REFUSED if msg_id is None else UNKNOWN), msg_id, None
    return (UNKNOWN if msg_id is None else ACCEPTED), msg_id, None
