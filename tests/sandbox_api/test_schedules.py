"""Scheduled SMS by the test API: pending, sent or deleted."""

from __future__ import annotations

import pytest

from sandbox.threaded_sandbox import AppUnderTest

from .api_client import API

MOBILE, OTHER = "13800138000", "13900139000"


@pytest.fixture
def scheduled(app: AppUnderTest) -> list[str]:
    """Three schedules, oldest first: one waits, one was sent, one was deleted."""
    clock = app.sandbox.look(lambda state: state.clock.beijing().year)
    ids: list[str] = []
    for mobile, year in ((MOBILE, clock + 2), (OTHER, clock + 1), (OTHER, clock + 2)):
        body = {"mobile": mobile, "temp_id": 1250, "temp_para": {"number": "7"}, "send_time": f"{year}-07-01 09:00:00"}
        ids.append(app.ok("POST", "/schedule", body)["schedule_id"])
    app.ok("DELETE", f"/schedule/{ids[2]}")
    due = app.sandbox.look(lambda state: state.schedules[ids[1]].send_at - state.clock.now())
    app.sandbox.advance(due + 1)
    return ids


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [2, 1, 0]),
        ({"status": "pending"}, [0]),
        ({"status": "sent"}, [1]),
        ({"status": "deleted"}, [2]),
        ({"mobile": MOBILE}, [0]),
        ({"mobile": OTHER, "status": "pending"}, []),
        ({"limit": 1}, [2]),
    ],
)
def test_schedules_are_found(api: API, scheduled: list[str], query: dict[str, object], found: list[int]) -> None:
    page = api.get("/schedules", **query)
    assert [schedule["schedule_id"] for schedule in page["schedules"]] == [scheduled[number] for number in found]
    assert page["more"] is ("limit" in query)


def test_a_schedule_shows_the_text_as_it_will_be_sent(api: API, scheduled: list[str]) -> None:
    schedule = api.get(f"/schedules/{scheduled[0]}")
    (to,) = schedule["recipients"]
    assert (to["mobile"], to["text"]) == (MOBILE, "【极光】您的订单7已发货。")
    assert schedule["send_time"].endswith("-07-01 09:00:00")


def test_what_was_sent_names_its_schedule(api: API, scheduled: list[str]) -> None:
    (message,) = api.get("/messages", schedule_id=scheduled[1])["messages"]
    assert message["mobile"] == OTHER
    assert api.get(f"/messages/{message['msg_id']}")["timeline"][0]["event"] == "scheduled"
