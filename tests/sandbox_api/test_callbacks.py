"""Callbacks to an app with jsms_client: checked, signed, and retried on the sandbox's clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from callbacks.app_servers import wsgi_server
from jsms_client.callbacks import (
    DeliveryReport,
    DeliveryStatus,
    ReviewStatus,
    SignReviewed,
    TemplateReviewed,
    UserReply,
)
from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

from .api_client import API
from .callback_receiver import Receiver

MOBILE = "13800138000"
LONG = 30
MINUTE, HOUR = 60, 3_600


@pytest.fixture
def frozen_app(alone: API, whole_sandbox: RunningSandbox) -> Iterator[AppUnderTest]:
    """Provide an app of a sandbox with a frozen clock."""
    alone.post("/clock", {"frozen": True})
    app = whole_sandbox.app()
    with app.http:
        yield app


@pytest.fixture
def receiver(frozen_app: AppUnderTest, alone: API) -> Iterator[Receiver]:
    """Start the app under development, and enter its URL at the sandbox."""
    app = frozen_app.app
    with Receiver(app.app_key, app.master_secret, frozen_app.sandbox.state.clock.now) as receiver:
        alone.patch(f"/apps/{app.app_key}", {"callback_url": receiver.url})
        yield receiver


def only_callback(api: API, **query: object) -> Any:
    (callback,) = api.get("/callbacks", **query)["callbacks"]
    return callback


def test_all_four_types_arrive_signed(alone: API, frozen_app: AppUnderTest, receiver: Receiver) -> None:
    key = frozen_app.app.app_key
    msg_id, _ = frozen_app.sent_code()
    alone.post("/clock/advance", {"seconds": 1})
    alone.post("/replies", {"mobile": MOBILE, "content": "好的 & 谢谢"}, app=key)
    seed = {
        "templates": [{"template": "x", "temp_id": 7, "status": 0}],
        "signs": [{"sign": "新签", "sign_id": 8, "status": 0}],
    }
    alone.post("/seed", seed, app=key)
    alone.post("/templates/7/review", {"passed": True}, app=key)
    alone.post("/signs/8/review", {"passed": False, "reason": "no licence"}, app=key)
    alone.get("/callbacks", state="delivered", wait=LONG, at_least=4)
    report, reply, template, sign = sorted(receiver.events, key=lambda event: type(event).__name__ != "DeliveryReport")
    assert isinstance(report, DeliveryReport)
    assert (report.msg_id, report.phone, report.status) == (msg_id, MOBILE, DeliveryStatus.DELIVERED)
    events = {type(event): event for event in (reply, template, sign)}
    assert isinstance(said := events[UserReply], UserReply)
    assert said.content == "好的 & 谢谢"
    assert isinstance(passed := events[TemplateReviewed], TemplateReviewed)
    assert (passed.temp_id, passed.status) == (7, ReviewStatus.PASSED)
    assert isinstance(rejected := events[SignReviewed], SignReviewed)
    assert (rejected.sign_id, rejected.status, rejected.refuse_reason) == (8, ReviewStatus.REJECTED, "no licence")


def test_with_a_url_that_is_entered_nothing_is_polled(alone: API, frozen_app: AppUnderTest, receiver: Receiver) -> None:
    alone.post("/replies", {"mobile": MOBILE, "content": "好"}, app=frozen_app.app.app_key)
    alone.get("/callbacks", state="delivered", wait=LONG)
    assert len(receiver.events) == 1
    assert frozen_app.ok("GET", "/reply") == []


def test_a_failed_callback_is_tried_after_three_minutes_one_hour_and_twelve(
    alone: API, frozen_app: AppUnderTest, receiver: Receiver
) -> None:
    receiver.failing = 3
    alone.post("/replies", {"mobile": MOBILE, "content": "好"}, app=frozen_app.app.app_key)
    alone.post("/clock/advance", {"seconds": 0})
    waits: list[float] = []
    for seconds in (3 * MINUTE, HOUR, 12 * HOUR):
        callback = only_callback(alone)
        assert callback["state"] == "waiting"
        assert receiver.events == []
        waits.append((callback["next_at"] - callback["attempts"][-1]["at"]) / 1000)
        alone.post("/clock/advance", {"seconds": seconds - 1})
        assert len(only_callback(alone)["attempts"]) == len(waits)
        alone.post("/clock/advance", {"seconds": 1})
    assert waits == [3 * MINUTE, HOUR, 12 * HOUR]
    assert len(receiver.events) == 1
    assert [attempt["status"] for attempt in only_callback(alone, state="delivered")["attempts"]] == [500] * 3 + [200]


def test_after_the_last_attempt_it_is_given_up_and_can_be_resent(
    alone: API, frozen_app: AppUnderTest, receiver: Receiver
) -> None:
    receiver.failing = 4
    alone.post("/replies", {"mobile": MOBILE, "content": "好"}, app=frozen_app.app.app_key)
    alone.post("/clock/advance", {"seconds": 365 * 24 * HOUR})
    callback = only_callback(alone, state="given_up")
    assert (receiver.posts, receiver.events, len(callback["attempts"])) == (4, [], 4)
    assert callback["attempts"][0]["error"] == "It responded with 500; any 2xx would acknowledge it."
    resent = alone.post(f"/callbacks/{callback['number']}/resend")
    assert (resent["state"], resent["attempts"][4]["by_hand"]) == ("delivered", True)
    assert len(receiver.events) == 1


def test_a_receiver_with_another_secret_refuses_and_it_shows(alone: API, frozen_app: AppUnderTest) -> None:
    key = frozen_app.app.app_key
    with Receiver(key, "another", frozen_app.sandbox.state.clock.now) as receiver:
        alone.patch(f"/apps/{key}", {"callback_url": receiver.url})
        alone.post("/replies", {"mobile": MOBILE, "content": "好"}, app=key)
        alone.post("/clock/advance", {"seconds": 0})
    (attempt,) = only_callback(alone)["attempts"]
    assert 400 <= attempt["status"] < 500
    assert receiver.events == []


def test_a_refused_connection_is_reported_in_a_sentence(alone: API, frozen_app: AppUnderTest) -> None:
    key = frozen_app.app.app_key
    with Receiver(key, "s", frozen_app.sandbox.state.clock.now) as receiver:
        alone.patch(f"/apps/{key}", {"callback_url": receiver.url})
    alone.post("/replies", {"mobile": MOBILE, "content": "好"}, app=key)
    alone.post("/clock/advance", {"seconds": 0})
    (attempt,) = only_callback(alone)["attempts"]
    assert attempt["status"] is None
    assert attempt["error"].startswith("No connection to the app: ")


def test_the_samples_can_be_sent_and_are_read_by_the_client(
    alone: API, frozen_app: AppUnderTest, receiver: Receiver
) -> None:
    key = frozen_app.app.app_key
    shown = {sample["type"]: sample["data"] for sample in alone.get("/callbacks/samples")["samples"]}
    sent = alone.post("/callbacks/samples", app=key)["samples"]
    assert {sample["type"]: sample["data"] for sample in sent} == shown
    assert [(sample["status"], sample["error"]) for sample in sent] == [(200, None)] * 4
    assert {type(event) for event in receiver.events} == {DeliveryReport, UserReply, TemplateReviewed, SignReviewed}
    (one,) = alone.post("/callbacks/samples", {"type": "SMS_SIGN"}, app=key)["samples"]
    assert one["form"]["type"] == "SMS_SIGN"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        ("200 OK", b'"right"', "it must be exactly"),
        ("200 OK", b"", "it must be exactly"),
        ("404 Not Found", b"", "returned 404"),
        ("302 Found", b"", "returned 302"),
        ("200 OK", b"x" * 100_000, "it must be exactly"),
    ],
)
def test_a_url_that_does_not_echo_is_refused_with_the_reason(
    api: API, app: AppUnderTest, status: str, body: bytes, said: str
) -> None:
    def respond(_: object, start_response: Any) -> list[bytes]:
        start_response(status, [("Content-Length", str(len(body)))])
        return [body]

    with wsgi_server(respond) as (host, port):
        url = f"http://{host}:{port}/jsms"
        checked = api.post("/callbacks/check", {"url": url})
        assert (checked["ok"], said in checked["problem"]) == (False, True)
        path = f"/apps/{app.app.app_key}"
        assert api.problem("PATCH", path, {"callback_url": url}) == (409, "conflict", "body.callback_url")
        assert api.patch(path, {"callback_url": url, "check_callback": False})["callback_url"] == url
        assert api.patch(path, {"callback_url": None})["callback_url"] is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "http://[", "ftp://127.0.0.1:21/"])
def test_what_is_no_url_is_no_callback_url(api: API, url: str) -> None:
    checked = api.post("/callbacks/check", {"url": url})
    assert (checked["ok"], checked["warnings"]) == (False, [])


def test_a_port_in_the_url_is_warned_of(alone: API, receiver: Receiver) -> None:
    assert alone.post("/callbacks/check", {"url": receiver.url}) == {
        "ok": True,
        "problem": None,
        "warnings": ["The real service takes no port in the callback URL; the sandbox does."],
    }
