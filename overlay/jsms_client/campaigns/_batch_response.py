"""What the response to a batch says of each of its recipients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, cast

from jsms_client._decode import MALFORMED, holds_error
from jsms_client.campaigns._journal.batches import Batch, Learned
from jsms_client.campaigns._journal.schema import ACCEPTED, REFUSED, UNKNOWN, WAITING
from jsms_client.errors import ArgumentError, NoCreditError
from jsms_contract.errors import SUCCESS_CODES, error_class
from jsms_runtime.results import error_code
from jsms_runtime.validation import parse_mobile

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


def read_answer(batch: Batch, answer: object) -> BatchOutcome:
    """What a response says of everyone in a request; unknown where that is not proven.

    Args:
        batch: The recipients.
        answer: The response's JSON, of the shape that the contract gives.
    """
    body = cast("Mapping[str, object]", answer)
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
    """The entries of each number, and whether any number cannot be read or is there twice."""
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


def _is_plain(mobile: str) -> bool:
    return len(mobile) == 11 and mobile.isascii() and mobile.isdigit()


def _learn(number: int, entries: tuple[Entry, ...]) -> Learned:
    told = [_read(entry) for entry in entries]
    msg_id = next((msg_id for _, msg_id, _ in told if msg_id), None)
    states = {state for state, _, _ in told}
    if len(states) == 1 and len(told) >= 1:
        state, _, code = told[0]
        return state, msg_id, code, number
    # Not named, or named with an id and with an error: nobody can say what happened, and the id may show it later.
    return UNKNOWN, msg_id, None, number


def _read(entry: Entry) -> tuple[int, str | None, int | None]:
    code, unread = error_code(entry.get("error_code", ""), SUCCESS_CODES)
    if code is not None or unread is not None:
        # Refused, though the service gives such a recipient an id too.
        unpaid = issubclass(error_class(code, _SUCCESS), NoCreditError)
        return (WAITING if unpaid else REFUSED), None, code
    msg_id = entry.get("msg_id") or None
    if entry.get("error_message") and not entry.get("error_code"):
        return (REFUSED if msg_id is None else UNKNOWN), msg_id, None
    return (UNKNOWN if msg_id is None else ACCEPTED), msg_id, None


__all__ = ["BatchOutcome", "read_answer"]
