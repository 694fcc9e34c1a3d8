"""Scheduled SMS: pending, then sent by the clock or deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from jsms_sandbox.simulation.clock import BEIJING
from jsms_sandbox.state.entities import Credit, Message

from .threaded_sandbox import AppUnderTest

MOBILE = "13800138000"


def wall(app: AppUnderTest, seconds: float) -> str:
    """Beijing wall time so many seconds from now."""
    now: datetime = app.sandbox.look(lambda state: state.clock.beijing())
    return (now + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")


def single(app: AppUnderTest, seconds: float = 3600, **more: Any) -> dict[str, Any]:
    return {"send_time": wall(app, seconds), "mobile": MOBILE, "temp_id": 1251, **more}


def batch(app: AppUnderTest, *mobiles: str, seconds: float = 3600) -> dict[str, Any]:
    return {"send_time": wall(app, seconds), "temp_id": 1251, "recipients": [{"mobile": each} for each in mobiles]}


def sent(app: AppUnderTest) -> list[Message]:
    key = app.app.app_key
    return app.sandbox.look(lambda state: [each for each in state.messages.values() if each.app_key == key])


@pytest.mark.parametrize(("hour", "warned"), [("03", True), ("12", False), ("21", True)])
def test_marketing_scheduled_for_the_night_is_warned_of(app: AppUnderTest, hour: str, warned: bool) -> None:
    when = {"send_time": f"2099-01-01 {hour}:00:00", "temp_id": 1252}
    recipient = {"mobile": MOBILE, "temp_para": {"name": "a"}}
    for path, body in (("/schedule", recipient), ("/schedule/batch", {"recipients": [recipient]})):
        app.ok("POST", path, when | body)
        assert any("08:00" in warning for warning in app.last_entry().warnings) is warned


def test_who_opts_out_after_it_was_scheduled_still_gets_it(app: AppUnderTest) -> None:
    app.ok("POST", "/schedule", single(app))
    app.switch(opt_outs=[MOBILE])
    app.sandbox.advance(3601)
    assert [message.mobile for message in sent(app)] == [MOBILE]


def test_a_schedule_is_sent_when_it_is_due_and_charged_then(app: AppUnderTest) -> None:
    before = app.ok("GET", "/accounts/app")["app_industry"]
    body = single(app, temp_id=1250, temp_para={"number": "1"})
    schedule_id = app.ok("POST", "/schedule", body)["schedule_id"]
    found = app.ok("GET", f"/schedule/{schedule_id}")
    (recipient,) = found.pop("recipients")
    assert found == {"schedule_id": schedule_id, "send_time": body["send_time"], "temp_id": 1250}
    assert recipient["temp_para"] == {"number": "1"}

    app.sandbox.advance(3590)
    assert sent(app) == []
    assert app.ok("GET", "/accounts/app")["app_industry"] == before
    app.sandbox.advance(11)
    (message,) = sent(app)
    assert message.msg_id == recipient["msg_id"]
    assert message.text == "【极光】您的订单1已发货。"
    assert app.ok("GET", "/accounts/app")["app_industry"] == before - 1
    app.sandbox.advance(1)
    assert [report["msgId"] for report in app.ok("GET", "/report")] == [recipient["msg_id"]]
    for method, path in (("DELETE", f"/schedule/{schedule_id}"), ("PUT", f"/schedule/{schedule_id}")):
        assert app.code_of(method, path, single(app) if method == "PUT" else None) == 50029
    assert app.ok("GET", f"/schedule/{schedule_id}")["schedule_id"] == schedule_id


def test_a_schedule_without_enough_credit_is_reported_as_such(app: AppUnderTest) -> None:
    app.ok("POST", "/schedule", single(app, 60))
    app.switch(credit=Credit(0, 0, 0, 0))
    app.sandbox.advance(60)
    assert [report["status"] for report in app.ok("GET", "/report")] == [4005]


def test_a_changed_schedule_is_sent_at_its_new_time_only(app: AppUnderTest) -> None:
    schedule_id = app.ok("POST", "/schedule", single(app, 100))["schedule_id"]
    changed = single(app, 500, mobile="13800138001")
    assert app.ok("PUT", f"/schedule/{schedule_id}", changed) == {"schedule_id": schedule_id}
    app.sandbox.advance(200)
    assert sent(app) == []
    app.sandbox.advance(300)
    assert [message.mobile for message in sent(app)] == ["13800138001"]


def test_a_deleted_schedule_is_not_sent_and_not_found(app: AppUnderTest) -> None:
    schedule_id = app.ok("POST", "/schedule", single(app, 10))["schedule_id"]
    app.ok("DELETE", f"/schedule/{schedule_id}")
    app.sandbox.advance(20)
    assert sent(app) == []
    assert app.code_of("GET", f"/schedule/{schedule_id}") == 50028
    assert app.code_of("DELETE", f"/schedule/{schedule_id}") == 50029


def test_a_batch_is_saved_without_its_refused_recipients(app: AppUnderTest) -> None:
    app.switch(opt_outs=["13800138009"])
    body = batch(app, MOBILE, "13800138001", "138", "13800138009", MOBILE)
    response = app.ok("POST", "/schedule/batch", body)
    assert (response["success_count"], response["failure_count"]) == (2, 3)
    assert [(each["mobile"], each["error_code"]) for each in response["failure_recipients"]] == [
        ("138", "50006"),
        ("13800138009", "50024"),
        (MOBILE, "50034"),
    ]
    assert "msg_id" not in response["failure_recipients"][0]
    schedule = app.ok("GET", f"/schedule/{response['schedule_id']}")
    assert [each["mobile"] for each in schedule["recipients"]] == [MOBILE, "13800138001"]


def test_ids_of_single_and_batch_schedules_do_not_mix(app: AppUnderTest) -> None:
    one = app.ok("POST", "/schedule", single(app))["schedule_id"]
    many = app.ok("POST", "/schedule/batch", batch(app, MOBILE))["schedule_id"]
    assert app.code_of("PUT", f"/schedule/{many}", single(app)) == 50028
    assert app.code_of("PUT", f"/schedule/batch/{one}", batch(app, MOBILE)) == 50028
    app.ok("PUT", f"/schedule/batch/{many}", batch(app, "13800138001"))


def test_the_schedule_of_another_app_is_unknown(app: AppUnderTest) -> None:
    schedule_id = app.ok("POST", "/schedule", single(app))["schedule_id"]
    other = app.sandbox.app()
    with other.http:
        for method in ("GET", "DELETE"):
            assert other.code_of(method, f"/schedule/{schedule_id}") == 50028


@pytest.mark.parametrize(
    "send_time",
    ["2099-02-30 00:00:00", "2099-01-01 24:00:00", "0000-01-01 00:00:00", "2099-1-1 0:0:0", "2099-01-01T00:00:00",
     "２０99-01-01 00:00:00", "2099-01-01 00:00:00\n", "", None],
)  # fmt: skip
def test_what_is_no_time_to_come_is_refused(app: AppUnderTest, send_time: str | None) -> None:
    assert app.code_of("POST", "/schedule", single(app) | {"send_time": send_time}) == 50027


def test_send_time_is_beijing_time(app: AppUnderTest) -> None:
    app.ok("POST", "/schedule", single(app, 30))
    key = app.app.app_key
    (schedule,) = app.sandbox.look(lambda state: [each for each in state.schedules.values() if each.app_key == key])
    assert datetime.fromtimestamp(schedule.send_at, BEIJING).strftime("%Y-%m-%d %H:%M:%S") == schedule.send_time
    assert app.code_of("POST", "/schedule", single(app, -1)) == 50027
