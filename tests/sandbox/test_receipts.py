"""Reports and replies by polling: each once, 500 a call, five seconds apart."""

from __future__ import annotations

from jsms_sandbox.simulation import delivery as reports
from jsms_sandbox.state.state import State

from .threaded_sandbox import AppUnderTest

MOBILE = "13800138000"


def reply(app: AppUnderTest, content: str) -> None:
    def add(state: State) -> None:
        reports.reply(state, app.app, MOBILE, content)

    app.sandbox.look(add)


def test_a_report_appears_after_the_delay_and_once(app: AppUnderTest) -> None:
    app.switch(report_delay=100)
    msg_id, _ = app.sent_code()
    assert app.ok("GET", "/report") == []
    app.sandbox.advance(100)
    (report,) = app.ok("GET", "/report")
    assert report.pop("receiveTime") == int((app.message(msg_id).reported_at or 0) * 1000)
    assert report == {"msgId": msg_id, "phone": MOBILE, "status": 4001}
    app.sandbox.advance(5)
    assert app.ok("GET", "/report") == []


def test_polling_sooner_than_five_seconds_is_refused_for_each_kind_alone(app: AppUnderTest) -> None:
    app.ok("GET", "/report")
    app.ok("GET", "/reply")
    app.sandbox.advance(4)
    assert app.code_of("GET", "/report") == 50009
    assert app.code_of("GET", "/reply") == 50009
    app.sandbox.advance(1)
    app.ok("GET", "/report")
    app.ok("GET", "/reply")


def test_a_call_hands_out_five_hundred_records_oldest_first(app: AppUnderTest) -> None:
    recipients = [{"mobile": f"13800{number:06d}"} for number in range(501)]
    sent = app.ok("POST", "/messages/batch", {"temp_id": 1251, "recipients": recipients})["recipients"]
    app.sandbox.advance(2)
    first = app.ok("GET", "/report")
    app.sandbox.advance(5)
    second = app.ok("GET", "/report")
    assert [report["msgId"] for report in first + second] == [each["msg_id"] for each in sent]
    assert (len(first), len(second)) == (500, 1)


def test_replies_are_handed_out_once(app: AppUnderTest) -> None:
    reply(app, "TD")
    reply(app, "你好 <b>")
    got = app.ok("GET", "/reply")
    assert [(each["phone"], each["content"]) for each in got] == [(MOBILE, "TD"), (MOBILE, "你好 <b>")]
    assert all(isinstance(each["replyTime"], int) for each in got)
    app.sandbox.advance(5)
    assert app.ok("GET", "/reply") == []


def test_records_are_kept_three_days(app: AppUnderTest) -> None:
    reply(app, "old")
    app.sandbox.advance(2 * 86_400)
    reply(app, "new")
    app.sandbox.advance(86_400 + 1)
    assert [each["content"] for each in app.ok("GET", "/reply")] == ["new"]


def test_with_a_callback_url_polling_returns_an_empty_list_and_says_why(app: AppUnderTest) -> None:
    app.switch(callback_url="http://127.0.0.1:9/callback")
    app.sent_code()
    reply(app, "TD")
    app.sandbox.advance(1)
    assert app.ok("GET", "/reply") == []
    assert app.ok("GET", "/report") == []
    assert any("callback" in warning for warning in app.last_entry().warnings)
    key = app.app.app_key
    queued = app.sandbox.look(lambda state: [each.type for each in state.callbacks.values() if each.app_key == key])
    assert sorted(queued) == ["SMS_REPLY", "SMS_REPORT"]
    app.switch(callback_url=None)


def test_apps_do_not_see_each_others_records(app: AppUnderTest) -> None:
    app.sent_code()
    reply(app, "TD")
    app.sandbox.advance(1)
    other = app.sandbox.app()
    with other.http:
        assert other.ok("GET", "/report") == other.ok("GET", "/reply") == []
