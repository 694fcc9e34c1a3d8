"""What an answer tells of each recipient."""

from __future__ import annotations

import pytest

from jsms_client.campaigns.answers import read_answer
from jsms_client.campaigns.journal.batches import Batch
from jsms_client.campaigns.journal.schema import ACCEPTED, REFUSED, UNKNOWN, WAITING

BATCH = Batch([(4, "13800000000", None), (9, "13800000001", '{"name":"x"}')])


def answer(*recipients: object) -> object:
    return {"success_count": 0, "failure_count": 0, "recipients": list(recipients)}


def test_each_is_known_by_its_number_in_any_order() -> None:
    told = answer({"mobile": "13800000001", "msg_id": "2"}, {"mobile": "13800000000", "msg_id": "1"})
    learned, schedule_id, unpaid = read_answer(BATCH, told)
    assert learned == [(ACCEPTED, "1", None, 4), (ACCEPTED, "2", None, 9)]
    assert (schedule_id, unpaid) == (None, None)


@pytest.mark.parametrize(
    ("told", "state", "msg_id", "code"),
    [
        ({"msg_id": "1"}, ACCEPTED, "1", None),
        ({"msg_id": ""}, UNKNOWN, None, None),
        ({}, UNKNOWN, None, None),
        ({"error_message": "invalid mobile"}, REFUSED, None, None),
        ({"msg_id": "", "error_code": "", "error_message": "invalid mobile"}, REFUSED, None, None),
        ({"msg_id": "", "error_code": "0", "error_message": "ok"}, UNKNOWN, None, None),
        ({"msg_id": "1", "error_code": ""}, ACCEPTED, "1", None),
        ({"msg_id": "1", "error_code": "50000"}, ACCEPTED, "1", None),
        ({"msg_id": "1", "error_code": "50024"}, REFUSED, None, 50024),
        ({"error_code": "59999"}, REFUSED, None, 59999),
        ({"error_code": "no number"}, REFUSED, None, None),
        ({"error_code": "50014"}, WAITING, None, 50014),
        ({"error_code": "50033"}, WAITING, None, 50033),
    ],
)
def test_what_is_told_of_one(told: dict[str, str], state: int, msg_id: str | None, code: int | None) -> None:
    learned, _, unpaid = read_answer(BATCH, answer({"mobile": "13800000000", **told}))
    assert learned[0] == (state, msg_id, code, 4)
    assert unpaid == (code if state == WAITING else None)


def test_who_is_not_in_the_answer_is_unknown() -> None:
    learned, _, _ = read_answer(BATCH, answer({"mobile": "13900000000", "msg_id": "1"}))
    assert learned == [(UNKNOWN, None, None, 4), (UNKNOWN, None, None, 9)]


def test_a_schedule_tells_only_of_the_refused() -> None:
    refused = {"mobile": "13800000001", "error_code": "50024", "error_message": "unsubscribed"}
    told = {"schedule_id": "s", "success_count": 1, "failure_count": 1, "failure_recipients": [refused]}
    assert read_answer(BATCH, told) == ([(ACCEPTED, None, None, 4), (REFUSED, None, 50024, 9)], "s", None)
