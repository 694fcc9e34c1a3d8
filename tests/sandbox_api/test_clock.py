"""The clock by the test API: read, set, frozen, and advanced with all due work."""

from __future__ import annotations

import pytest

from sandbox.sign_forms import multipart, sign_form
from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

from .api_client import API

MOBILE = "13800138000"
NOON = {"beijing": "2030-01-02 12:00:00", "frozen": True}


@pytest.fixture
def frozen_app(alone: API, whole_sandbox: RunningSandbox) -> AppUnderTest:
    """Provide an app of a sandbox whose clock shows noon."""
    alone.post("/clock", NOON)
    return whole_sandbox.app()


def test_a_frozen_clock_stands_exactly_where_it_is_set(alone: API) -> None:
    assert alone.post("/clock", NOON)["now"] == alone.get("/clock")["now"]
    clock = alone.get("/clock")
    assert (clock["beijing"], clock["frozen"], clock["now"]) == ("2030-01-02 12:00:00", True, 1_893_556_800_000)


def test_it_runs_on_from_there_and_goes_back_to_real_time(alone: API) -> None:
    alone.post("/clock", NOON)
    running = alone.post("/clock", {"frozen": False})
    assert (running["frozen"], running["beijing"][:10]) == (False, "2030-01-02")
    assert abs(alone.post("/clock", {"real": True})["ahead"]) < 60


def test_it_can_be_set_by_milliseconds_and_back(alone: API) -> None:
    alone.post("/clock", NOON)
    assert alone.post("/clock", {"now": 1_893_556_700_000})["beijing"] == "2030-01-02 11:58:20"


def test_advancing_does_due_work_in_the_order_of_time_before_it_responds(alone: API, frozen_app: AppUnderTest) -> None:
    schedule = {"mobile": MOBILE, "temp_id": 1251}
    with frozen_app.http:
        later = frozen_app.ok("POST", "/schedule", {**schedule, "send_time": "2030-01-02 14:00:00"})["schedule_id"]
        sooner = frozen_app.ok("POST", "/schedule", {**schedule, "send_time": "2030-01-02 13:00:00"})["schedule_id"]
    assert alone.get("/clock")["next_due_at"] == alone.get("/clock")["now"] + 3_600_000
    alone.post("/clock/advance", {"seconds": 3 * 3_600})
    found = alone.get("/messages")["messages"][::-1]
    assert [message["schedule_id"] for message in found] == [sooner, later]
    assert [message["sent_at"] for message in found] == [1_893_560_400_000, 1_893_564_000_000]
    assert [message["reported_at"] for message in found] == [1_893_560_401_000, 1_893_564_001_000]
    assert {message["status"] for message in found} == {4001}


def test_advancing_waits_for_callbacks_too(alone: API, frozen_app: AppUnderTest) -> None:
    unreachable = "http://127.0.0.1:9/jsms"
    alone.patch(f"/apps/{frozen_app.app.app_key}", {"callback_url": unreachable, "check_callback": False})
    with frozen_app.http:
        frozen_app.sent_code()
    alone.post("/clock/advance", {"seconds": 3_600})
    (callback,) = alone.get("/callbacks")["callbacks"]
    assert [attempt["at"] - callback["created_at"] for attempt in callback["attempts"]] == [0, 180_000]


def test_set_back_it_counts_no_sends_of_times_to_come(alone: API, frozen_app: AppUnderTest) -> None:
    with frozen_app.http:
        frozen_app.ok("POST", "/voice_codes", {"mobile": MOBILE})
        alone.post("/clock/advance", {"seconds": 86_400})
        frozen_app.ok("POST", "/voice_codes", {"mobile": MOBILE})
        alone.post("/clock", {"beijing": "2030-01-02 12:01:00"})
        frozen_app.ok("POST", "/voice_codes", {"mobile": MOBILE})
        assert frozen_app.code_of("POST", "/voice_codes", {"mobile": MOBILE}) == 50009


@pytest.mark.parametrize("back", [{"beijing": "2029-01-02 12:00:00"}, {"real": True, "frozen": True}])
def test_set_back_it_keeps_what_waits_as_far_ahead_as_it_was(
    alone: API, frozen_app: AppUnderTest, back: dict[str, object]
) -> None:
    alone.patch(f"/apps/{frozen_app.app.app_key}", {"review": {"mode": "after", "seconds": 30}, "report_delay": 30})
    with frozen_app.http:
        frozen_app.sent_code()
        temp_id = frozen_app.ok("POST", "/templates", {"template": "您好", "type": 2})["temp_id"]
        sign_id = frozen_app.ok("POST", "/sign", files=multipart(sign_form()))["sign_id"]
        now = alone.post("/clock", back)["now"]
        assert abs(alone.get("/clock")["next_due_at"] - now - 30_000) <= 1
        alone.post("/clock/advance", {"seconds": 31})
        assert alone.get("/messages")["messages"][0]["status"] == 4001
        assert frozen_app.ok("GET", f"/templates/{temp_id}")["status"] == 1
        assert frozen_app.ok("GET", f"/sign/{sign_id}")["status"] == 1


def test_set_back_it_repeats_callbacks_in_time(alone: API, frozen_app: AppUnderTest) -> None:
    unreachable = "http://127.0.0.1:9/jsms"
    alone.patch(f"/apps/{frozen_app.app.app_key}", {"callback_url": unreachable, "check_callback": False})
    with frozen_app.http:
        frozen_app.sent_code()
    alone.post("/clock/advance", {"seconds": 61})
    alone.post("/clock", NOON)
    alone.post("/clock/advance", {"seconds": 120})
    (callback,) = alone.get("/callbacks")["callbacks"]
    assert len(callback["attempts"]) == 2


def test_a_code_expires_when_its_time_has_passed(alone: API, frozen_app: AppUnderTest) -> None:
    with frozen_app.http:
        msg_id, code = frozen_app.sent_code()
        alone.post("/clock/advance", {"seconds": 299})
        assert alone.get("/codes/latest", mobile=MOBILE)["state"] == "issued"
        alone.post("/clock/advance", {"seconds": 1})
        assert frozen_app.code_of("POST", f"/codes/{msg_id}/valid", {"code": code}) == 50011
