"""What the answer to a request tells of each of its recipients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from jsms_client.campaigns.journal.batches import Batch, Learned
from jsms_client.campaigns.journal.schema import ACCEPTED, REFUSED, UNKNOWN, WAITING
from jsms_client.errors import NoCreditError
from jsms_client.reading.fields import error_code
from jsms_contract.errors import error_class

_SUCCESS = 200

Told = Mapping[str, Mapping[str, str]]


def read_answer(batch: Batch, answer: object) -> tuple[list[Learned], str | None, int | None]:
    """What became of everyone in a request.

    Args:
        batch: The recipients.
        answer: The answer's JSON, of the shape that the contract gives.

    Returns:
        What is known of each recipient, the schedule that was made, and the code for want of credit, where somebody
        was refused for that: these are still waiting.
    """
    body = cast("Mapping[str, object]", answer)
    if "schedule_id" in body:
        refused = _by_mobile(body["failure_recipients"])
        learned = [
            (ACCEPTED, None, None, number)
            if mobile not in refused
            else _refuse(number, error_code(refused[mobile]["error_code"])[0])
            for number, mobile, _ in batch.rows
        ]
        schedule_id = cast("str", body["schedule_id"])
    else:
        told = _by_mobile(body["recipients"])
        learned = [_learn(number, told.get(mobile)) for number, mobile, _ in batch.rows]
        schedule_id = None
    unpaid = next((code for state, _, code, _ in learned if state == WAITING), None)
    return learned, schedule_id, unpaid


def _by_mobile(recipients: object) -> Told:
    return {each["mobile"]: each for each in cast("list[Mapping[str, str]]", recipients)}


def _learn(number: int, told: Mapping[str, str] | None) -> Learned:
    if told is None:
        # The service took the request and says nothing of this one.
        return UNKNOWN, None, None, number
    if "error_code" in told:
        code, unread = error_code(told["error_code"])
        if code is not None or unread is not None:
            return _refuse(number, code)
    msg_id = told.get("msg_id")
    if msg_id:
        return ACCEPTED, msg_id, None, number
    if told.get("error_message") and not told.get("error_code"):
        return _refuse(number, None)
    # Neither an id nor a refusal: nobody can say what became of this one.
    return UNKNOWN, None, None, number


def _refuse(number: int, code: int | None) -> Learned:
    unpaid = issubclass(error_class(code, _SUCCESS), NoCreditError)
    return WAITING if unpaid else REFUSED, None, code, number


__all__ = ["read_answer"]
