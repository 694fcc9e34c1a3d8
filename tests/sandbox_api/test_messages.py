"""Messages, codes, replies and requests: list, wait for, and change."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from jsms_sandbox.state.state import State
from sandbox.threaded_sandbox import AppUnderTest

from .api_client import API

MOBILE, OTHER = "13800138000", "13900139000"
LONG = 30
"""Real seconds to wait for what will come; nothing here takes that long."""


@pytest.fixture
def sent(app: AppUnderTest) -> dict[str, str]:
    """Send one message of each kind; return them by kind."""
    code = app.ok("POST", "/codes", {"mobile": MOBILE, "temp_id": 1})
    to = [{"mobile": OTHER, "temp_para": {"number": "Ab7"}}]
    notice = app.ok("POST", "/messages/batch", {"temp_id": 1250, "tag": "parcel", "recipients": to})["recipients"][0]
    marketing = app.ok("POST", "/messages", {"mobile": OTHER, "temp_id": 1252, "temp_para": {"name": "Ada"}})
    voice = app.ok("POST", "/voice_codes", {"mobile": OTHER, "code": "741627", "ttl": 60})
    responses = {"code": code, "notice": notice, "marketing": marketing, "voice": voice}
    return {kind: response["msg_id"] for kind, response in responses.items()}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["voice", "marketing", "notice", "code"]),
        ({"mobile": MOBILE}, ["code"]),
        ({"kind": "voice"}, ["voice"]),
        ({"type": 2}, ["notice"]),
        ({"text": "订单AB7"}, ["notice"]),
        ({"code": "741627"}, ["voice"]),
        ({"tag": "parcel"}, ["notice"]),
        ({"temp_id": 1252}, ["marketing"]),
        ({"status": "pending"}, ["voice", "marketing", "notice", "code"]),
        ({"status": 4001}, []),
        ({"schedule_id": "1"}, []),
        ({"limit": 1}, ["voice"]),
        ({"mobile": OTHER, "kind": "code"}, []),
    ],
)
def test_messages_are_found(api: API, sent: dict[str, str], query: dict[str, str], found: list[str]) -> None:
    page = api.get("/messages", **query)
    assert [message["msg_id"] for message in page["messages"]] == [sent[kind] for kind in found]
    assert page["more"] is ("limit" in query)


def test_pages_go_back_and_on(api: API, sent: dict[str, str]) -> None:
    older = api.get("/messages", before=sent["notice"])["messages"]
    assert [message["msg_id"] for message in older] == [sent["code"]]
    newer = api.get("/messages", after=sent["notice"])["messages"]
    assert [message["msg_id"] for message in newer] == [sent["voice"], sent["marketing"]]


def test_a_message_shows_all_that_is_known_of_it(api: API, sent: dict[str, str]) -> None:
    api.post("/replies", {"mobile": OTHER, "content": "好的"})
    notice = api.get(f"/messages/{sent['notice']}")
    assert notice["text"] == "【极光】您的订单Ab7已发货。"
    assert (notice["characters"], notice["segments"], notice["temp_para"]) == (15, 1, {"number": "Ab7"})
    assert notice["request"]["path"] == "/v1/messages/batch"
    assert ["authorization", "(redacted)"] in notice["request"]["headers"]
    assert [reply["content"] for reply in notice["replies"]] == ["好的"]
    assert {"accepted", "report_due", "reply"} <= {entry["event"] for entry in notice["timeline"]}


def test_a_message_is_waited_for(api: API, app: AppUnderTest) -> None:
    with ThreadPoolExecutor(1) as pool:
        waited = pool.submit(api.get, "/messages", mobile=MOBILE, wait=LONG, at_least=2)
        first, _ = app.sent_code()
        app.ok("POST", "/codes", {"mobile": OTHER, "temp_id": 1})
        assert not waited.done()
        app.sandbox.advance(60)
        second, _ = app.sent_code()
        assert [message["msg_id"] for message in waited.result()["messages"]] == [second, first]


def test_what_never_comes_is_waited_for_no_longer_than_asked(api: API) -> None:
    started = time.monotonic()
    assert api.get("/messages", mobile=MOBILE, wait=0.05) == {"messages": [], "more": False}
    assert 0.05 <= time.monotonic() - started < LONG


def test_a_code_is_waited_for(api: API, app: AppUnderTest) -> None:
    with ThreadPoolExecutor(1) as pool:
        waited = pool.submit(api.get, "/codes/latest", mobile=MOBILE, wait=LONG)
        msg_id, code = app.sent_code()
        latest = waited.result()
    assert (latest["msg_id"], latest["code"], latest["state"]) == (msg_id, code, "issued")
    assert app.ok("POST", f"/codes/{msg_id}/valid", {"code": code}) == {"is_valid": True}
    assert api.get("/codes/latest", mobile=MOBILE)["state"] == "verified"


def _waits(state: State) -> bool:
    return bool(state.events._waiters)  # pyright: ignore[reportPrivateUsage] - what else shows that a call waits?


def test_a_message_that_is_gone_at_once_does_not_end_the_wait_for_a_code(api: API, app: AppUnderTest) -> None:
    def come_and_go(state: State) -> None:
        state.events.publish("message", {"msg_id": "1", "app_key": app.app.app_key})

    with ThreadPoolExecutor(1) as pool:
        waited = pool.submit(api.get, "/codes/latest", mobile=MOBILE, wait=LONG)
        while not waited.done() and not app.sandbox.look(_waits):
            time.sleep(0.01)
        app.sandbox.look(come_and_go)
        msg_id, _ = app.sent_code()
        assert waited.result()["msg_id"] == msg_id


def test_only_a_newer_code_is_waited_for(api: API, app: AppUnderTest) -> None:
    old, _ = app.sent_code()
    assert api.problem("GET", "/codes/latest", mobile=MOBILE, after=old)[:2] == (404, "not_found")
    app.sandbox.advance(60)
    new, _ = app.sent_code()
    assert api.get("/codes/latest", mobile=MOBILE, after=old)["msg_id"] == new


def test_a_code_of_another_app_is_not_taken(api: API, app: AppUnderTest) -> None:
    other = app.sandbox.app()
    with other.http:
        other.sent_code()
    assert api.problem("GET", "/codes/latest", mobile=MOBILE)[:2] == (404, "not_found")


def test_a_code_that_is_made_to_expire_does_not_verify(api: API, app: AppUnderTest) -> None:
    msg_id, code = app.sent_code()
    assert api.post(f"/messages/{msg_id}/expire")["code"]["state"] == "expired"
    assert app.code_of("POST", f"/codes/{msg_id}/valid", {"code": code}) == 50011


def test_a_report_that_is_made_is_polled_once(api: API, app: AppUnderTest) -> None:
    msg_id, _ = app.sent_code()
    assert api.post(f"/messages/{msg_id}/report", {"status": 4003})["status"] == 4003
    (polled,) = app.ok("GET", "/report")
    assert (polled["msgId"], polled["status"]) == (msg_id, 4003)
    assert api.get("/messages", status=4003)["messages"][0]["handed_out"]


def test_a_report_that_was_not_fetched_is_replaced_by_the_next(api: API, app: AppUnderTest) -> None:
    app.switch(report_delay=100)
    msg_id, _ = app.sent_code()
    api.post(f"/messages/{msg_id}/report", {"status": 4003})
    api.post(f"/messages/{msg_id}/report", {"status": 4001})
    assert [(each["msgId"], each["status"]) for each in app.ok("GET", "/report")] == [(msg_id, 4001)]


def test_a_report_after_one_that_was_fetched_is_handed_out_too(api: API, app: AppUnderTest) -> None:
    msg_id, _ = app.sent_code()
    for status in (4003, 4001):
        api.post(f"/messages/{msg_id}/report", {"status": status})
        assert [each["status"] for each in app.ok("GET", "/report")] == [status]
        app.sandbox.advance(5)


def test_resending_makes_a_message_of_its_own_with_the_same_code_and_is_billed(api: API, app: AppUnderTest) -> None:
    msg_id, code = app.sent_code()
    left = api.get("/apps")["apps"][0]["credit"]["industry"]
    again = api.post(f"/messages/{msg_id}/resend")
    assert again["code"]["code"] == code
    assert app.ok("POST", f"/codes/{again['msg_id']}/valid", {"code": code}) == {"is_valid": True}
    assert app.ok("POST", f"/codes/{msg_id}/valid", {"code": code}) == {"is_valid": True}
    assert api.get("/apps")["apps"][0]["credit"]["industry"] == left - 1


def test_a_reply_is_polled_and_td_opts_out(api: API, app: AppUnderTest) -> None:
    assert api.post("/replies", {"mobile": MOBILE, "content": "好"})["opted_out"] is False
    assert api.post("/replies", {"mobile": MOBILE, "content": "TD"})["opted_out"] is True
    assert [reply["content"] for reply in app.ok("GET", "/reply")] == ["好", "TD"]
    assert app.code_of("POST", "/codes", {"mobile": MOBILE, "temp_id": 1}) == 50024
    assert [item["mobile"] for item in api.get("/opt-outs")["opt_outs"]] == [MOBILE]


def test_a_refused_request_says_which_check_failed_and_what_to_change(api: API, app: AppUnderTest) -> None:
    app.code_of("POST", "/messages", {"mobile": MOBILE, "temp_id": 1250, "temp_para": {"name": "x"}})
    app.ok("POST", "/codes", {"mobile": MOBILE, "temp_id": 1})
    (entry,) = api.get("/requests", refused=True)["requests"]
    refusal = entry["refusal"]
    assert (entry["status"], entry["operation"], refusal["code"]) == (403, "sendMessage", 50022)
    assert "number" in refusal["hint"]
    for name in ("check", "name", "message", "meaning", "meaning_zh", "remedy", "remedy_zh"):
        assert refusal[name], name
    assert app.app.master_secret not in str(entry)


def test_a_request_belongs_to_the_app_that_it_names_however_early_it_was_refused(api: API, app: AppUnderTest) -> None:
    key, secret, dev_key = app.app.app_key, app.app.master_secret, app.app.dev_key
    api.post("/faults", {"kind": "reset", "operation": "sendVoiceCode"})
    app.post("/codes", {"mobile": MOBILE, "temp_id": 1}, auth=(key, "wrong"))
    app.post("/nothing", {}, auth=(key, secret))
    app.http.get("/accounts/dev", auth=(dev_key, "wrong"))
    with pytest.raises(httpx.ReadError):
        app.post("/voice_codes", {"mobile": MOBILE})
    app.post("/codes", {"mobile": MOBILE, "temp_id": 1}, auth=("unknown", "wrong"))
    paths = [entry["path"] for entry in api.get("/requests")["requests"]]
    assert paths == ["/v1/voice_codes", "/v1/accounts/dev", "/v1/nothing", "/v1/codes"]


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ({}, ["/v1/nothing", "/v1/codes", "/v1/codes"]),
        ({"refused": True}, ["/v1/nothing", "/v1/codes"]),
        ({"operation": "sendCode", "status": 200}, ["/v1/codes"]),
        ({"code": 50006}, ["/v1/codes"]),
        ({"text": "/V1/CODES"}, ["/v1/codes", "/v1/codes"]),
        ({"limit": 1}, ["/v1/nothing"]),
    ],
)
def test_requests_are_found(alone: API, query: dict[str, object], paths: list[str]) -> None:
    first = alone.get("/info")["app"]
    auth = (first["app_key"], first["master_secret"])
    for path, mobile in (("codes", MOBILE), ("codes", "1"), ("nothing", MOBILE)):
        alone.http.post(f"{alone.url}/v1/{path}", json={"mobile": mobile, "temp_id": 1}, auth=auth)
    assert [entry["path"] for entry in alone.get("/requests", **query)["requests"]] == paths


def test_a_request_is_waited_for(api: API, app: AppUnderTest) -> None:
    with ThreadPoolExecutor(1) as pool:
        waited = pool.submit(api.get, "/requests", refused=True, wait=LONG)
        app.sent_code()
        app.code_of("POST", "/codes", {"mobile": MOBILE, "temp_id": 999})
        assert [entry["refusal"]["code"] for entry in waited.result()["requests"]] == [50013]
