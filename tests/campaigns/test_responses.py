"""The outcome of each recipient, from a response."""

from __future__ import annotations

from typing import cast

import pytest

from jsms_client.campaigns._journal.batches import Batch, read_response
from jsms_client.campaigns._outcomes import ACCEPTED, REFUSED, UNKNOWN, WAITING

BATCH = Batch([(4, "13800000000", None), (9, "13800000001", '{"name":"x"}')])


def response(*recipients: object, success: int | None = None, failure: int | None = None) -> dict[str, object]:
    """Make a response whose counts agree with its list, unless they are given."""
    refused = sum(
        "error_code" in one and one["error_code"] not in ("", "0", "50000") for one in map(fields, recipients)
    )
    return {
        "success_count": len(recipients) - refused if success is None else success,
        "failure_count": refused if failure is None else failure,
        "recipients": list(recipients),
    }


def fields(one: object) -> dict[str, str]:
    return cast("dict[str, str]", one)


def states(body: object) -> list[tuple[int, str | None]]:
    return [(state, msg_id) for state, msg_id, _, _ in read_response(BATCH, body).learned]


A, B = "13800000000", "13800000001"


def test_each_is_known_by_its_number_in_any_order() -> None:
    body = response({"mobile": B, "msg_id": "2"}, {"mobile": A, "msg_id": "1"})
    assert read_response(BATCH, body) == ([(ACCEPTED, "1", None, 4), (ACCEPTED, "2", None, 9)], None, None, False)


@pytest.mark.parametrize(
    ("entry", "state", "msg_id", "code"),
    [
        ({"msg_id": "1"}, ACCEPTED, "1", None),
        ({"msg_id": ""}, UNKNOWN, None, None),
        ({}, UNKNOWN, None, None),
        ({"error_message": "invalid mobile"}, REFUSED, None, None),
        ({"msg_id": "", "error_code": "", "error_message": "invalid mobile"}, REFUSED, None, None),
        ({"msg_id": "1", "error_message": "invalid mobile"}, UNKNOWN, "1", None),
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
def test_what_is_said_of_one(entry: dict[str, str], state: int, msg_id: str | None, code: int | None) -> None:
    body = response({"mobile": A, **entry}, {"mobile": B, "msg_id": "2"}, success=1 + (state == ACCEPTED), failure=1)
    outcome = read_response(BATCH, body)
    assert outcome.learned[0] == (state, msg_id, code, 4)
    assert outcome.unpaid == (code if state == WAITING else None)


def test_a_number_in_another_writing_is_the_same_number() -> None:
    body = response({"mobile": "+8613800000000", "msg_id": "1"}, {"mobile": "138 0000 0001", "msg_id": "2"})
    assert read_response(BATCH, body) == ([(ACCEPTED, "1", None, 4), (ACCEPTED, "2", None, 9)], None, None, False)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (response({"mobile": "13900000000", "msg_id": "1"}), [(UNKNOWN, None), (UNKNOWN, None)]),
        (response({"mobile": "none", "msg_id": "1"}, {"mobile": B, "msg_id": "2"}), [(UNKNOWN, None), (ACCEPTED, "2")]),
        (response({"mobile": A, "msg_id": "1"}), [(ACCEPTED, "1"), (UNKNOWN, None)]),
        (
            response({"mobile": A, "msg_id": "1"}, {"mobile": A, "error_code": "50024"}, {"mobile": B, "msg_id": "2"}),
            [(UNKNOWN, "1"), (ACCEPTED, "2")],
        ),
        (
            response({"mobile": A, "error_code": "50024"}, {"mobile": B, "msg_id": "2"}, success=2, failure=0),
            [(UNKNOWN, None), (ACCEPTED, "2")],
        ),
        (
            response({"mobile": A, "msg_id": "1"}, {"mobile": B, "msg_id": "2"}, success=0, failure=2),
            [(ACCEPTED, "1"), (ACCEPTED, "2")],
        ),
        (
            response({"mobile": A, "msg_id": "1"}, {"mobile": B, "msg_id": "2"}) | {"error": {"code": 50009}},
            [(ACCEPTED, "1"), (ACCEPTED, "2")],
        ),
        (
            response({"mobile": A, "msg_id": "1"}) | {"malformed": [7]},
            [(ACCEPTED, "1"), (UNKNOWN, None)],
        ),
        (
            response({"mobile": B, "error_code": "50024"}, success=1, failure=1) | {"malformed": [7]},
            [(UNKNOWN, None), (REFUSED, None)],
        ),
    ],
    ids=[
        "strangers",
        "no number",
        "left out",
        "both",
        "counts say sent",
        "counts say refused",
        "error",
        "malformed",
        "malformed beside a refused one",
    ],
)
def test_a_response_that_contradicts_itself_leaves_in_doubt_what_it_does_not_prove(
    body: object, expected: list[tuple[int, str | None]]
) -> None:
    assert states(body) == expected
    if expected != [(ACCEPTED, "1"), (UNKNOWN, None)] or "malformed" in fields(body):
        assert read_response(BATCH, body).contradictory


def schedule(*refused: object, success: int, failure: int) -> dict[str, object]:
    return {
        "schedule_id": "s",
        "success_count": success,
        "failure_count": failure,
        "failure_recipients": list(refused),
    }


REFUSED_B = {"mobile": B, "error_code": "50024", "error_message": "unsubscribed"}


def test_a_schedule_says_only_who_is_refused() -> None:
    outcome = read_response(BATCH, schedule(REFUSED_B, success=1, failure=1))
    assert outcome == ([(ACCEPTED, None, None, 4), (REFUSED, None, 50024, 9)], "s", None, False)


@pytest.mark.parametrize(
    ("body", "second"),
    [
        (schedule(success=0, failure=2), UNKNOWN),
        (schedule(success=2, failure=1), UNKNOWN),
        (schedule(REFUSED_B, success=2, failure=0), UNKNOWN),
        (schedule(REFUSED_B, success=0, failure=2), REFUSED),
        (schedule({"mobile": "13900000000", "error_code": "50024"}, success=1, failure=1), UNKNOWN),
    ],
    ids=["none listed", "counts beyond the request", "listed but not counted", "one not listed", "a stranger"],
)
def test_a_schedule_whose_counts_do_not_fit_its_list_proves_nothing_for_the_others(body: object, second: int) -> None:
    outcome = read_response(BATCH, body)
    assert [state for state, *_ in outcome.learned] == [UNKNOWN, second]
    assert outcome.schedule_id == "s"
    assert outcome.contradictory
