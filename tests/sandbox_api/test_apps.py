"""Apps: separate credentials and switches; seed, clear and reset."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

from .api_client import API

MOBILE = "13800138000"
CODE = {"mobile": MOBILE, "temp_id": 1}
KEYS = {"app_key": "dev_sample_appKey", "master_secret": "s1", "dev_key": "d1", "dev_secret": "e1"}


def change(api: API, app: AppUnderTest, **switches: object) -> Any:
    return api.patch(f"/apps/{app.app.app_key}", switches)


def test_an_app_can_be_given_its_keys(alone: API) -> None:
    made = alone.post("/apps", KEYS)
    assert {name: made[name] for name in KEYS} == KEYS
    response = alone.http.get(f"{alone.url}/v1/accounts/app", auth=("dev_sample_appKey", "s1"))
    assert response.status_code == 200
    assert alone.http.get(f"{alone.url}/v1/accounts/dev", auth=("d1", "e1")).status_code == 200


def test_apps_see_nothing_of_each_other(api: API, app: AppUnderTest) -> None:
    msg_id, code = app.sent_code()
    other = app.sandbox.app()
    with other.http:
        assert other.code_of("POST", f"/codes/{msg_id}/valid", {"code": code}) == 50026
        # The limit on how often a number is sent to holds for each app alone.
        other.sent_code()
    assert [message["msg_id"] for message in api.get("/messages")["messages"]] == [msg_id]
    assert [app["app_key"] for app in api.get("/apps")["apps"]] == [app.app.app_key]


@pytest.mark.parametrize(
    ("switches", "code"),
    [
        ({"credit": {"balance": 0, "industry": 0}}, 50014),
        ({"credit": {"balance": None, "voice": None, "industry": None, "market": None}}, 50033),
        ({"sms_enabled": False}, 50008),
        ({"allowed_ips": ["10.0.0.0/8"]}, 50035),
        ({"blacklisted": True}, 50036),
        ({"opt_outs": [MOBILE]}, 50024),
    ],
)
def test_a_switch_of_an_app_refuses_its_sends(
    api: API, app: AppUnderTest, switches: dict[str, object], code: int
) -> None:
    shown = change(api, app, **switches)
    assert app.code_of("POST", "/codes", CODE) == code
    for name, value in switches.items():
        assert shown[name] == value or value.items() <= shown[name].items()  # type: ignore[attr-defined]  # credit


def test_a_word_of_an_app_refuses_what_holds_it(api: API, app: AppUnderTest) -> None:
    change(api, app, words=["secret"])
    order = {"mobile": MOBILE, "temp_id": 1250, "temp_para": {"number": "a secret"}}
    assert app.code_of("POST", "/messages", order) == 50037


def test_the_credit_of_an_app_is_what_the_service_tells(api: API, app: AppUnderTest) -> None:
    change(api, app, credit={"balance": 5, "voice": 6, "industry": 7, "market": 8})
    balance = app.ok("GET", "/accounts/app")
    pools = {"app_balance": 5, "app_voice": 6, "app_industry": 7, "app_market": 8}
    assert {name: balance[name] for name in pools} == pools
    change(api, app, credit={"voice": 60})
    assert app.ok("GET", "/accounts/app")["app_voice"] == 60


def test_an_address_that_is_allowed_gets_in(api: API, app: AppUnderTest) -> None:
    change(api, app, allowed_ips=["10.0.0.0/8", "127.0.0.1"])
    assert app.post("/codes", CODE).status_code == 200


def test_a_fixed_code_and_the_report_are_switches(api: API, app: AppUnderTest) -> None:
    change(api, app, fixed_code="246810", report_status=4004, report_delay=50)
    assert app.sent_code()[1] == "246810"
    app.sandbox.advance(49)
    assert api.get("/messages")["messages"][0]["status"] is None
    app.sandbox.advance(2)
    assert api.get("/messages")["messages"][0]["status"] == 4004
    assert change(api, app, fixed_code=None)["fixed_code"] is None


def test_what_is_left_out_of_a_change_stays(api: API, app: AppUnderTest) -> None:
    before = change(api, app, name="shop", report_delay=7)
    assert change(api, app) == before


def test_opt_outs_and_words_are_added_and_taken_away(api: API, app: AppUnderTest) -> None:
    order = {"mobile": MOBILE, "temp_id": 1250, "temp_para": {"number": "a secret"}}
    for path, name, value, code in (("/opt-outs", "mobile", MOBILE, 50024), ("/words", "word", "secret", 50037)):
        api.post(path, {name: value})
        assert app.code_of("POST", "/messages", order) == code
        api.delete(f"{path}/{value}")
    assert app.post("/messages", order).status_code == 200


def test_review_by_hand_leaves_it_to_the_test(api: API, app: AppUnderTest) -> None:
    change(api, app, review={"mode": "by_hand"})
    temp_id = app.ok("POST", "/templates", {"template": "您好{{name}}。", "type": 2})["temp_id"]
    send = {"mobile": MOBILE, "temp_id": temp_id, "temp_para": {"name": "Ada"}}
    assert app.code_of("POST", "/messages", send) == 50020
    api.post(f"/templates/{temp_id}/review", {"passed": False, "reason": "no purpose given"})
    assert app.ok("GET", f"/templates/{temp_id}")["status"] == 2
    api.post(f"/templates/{temp_id}/review", {"passed": True})
    assert app.post("/messages", send).status_code == 200


def test_review_after_some_seconds_comes_with_the_clock(api: API, app: AppUnderTest) -> None:
    change(api, app, review={"mode": "after", "seconds": 100})
    temp_id = app.ok("POST", "/templates", {"template": "您好。", "type": 2})["temp_id"]
    assert api.get(f"/templates/{temp_id}")["status_name"] == "IN_REVIEW"
    app.sandbox.advance(100)
    assert api.get(f"/templates/{temp_id}")["status_name"] == "PASSED"


def test_a_signature_is_decided_on(api: API, app: AppUnderTest) -> None:
    api.post("/seed", {"signs": [{"sign": "新签", "sign_id": 88, "status": 0}]})
    send = {"mobile": MOBILE, "temp_id": 1, "sign_id": 88}
    assert app.code_of("POST", "/codes", send) in (50046, 50102, 50103)
    assert api.post("/signs/88/review", {"passed": False, "reason": "no licence"})["refuse_reason"] == "no licence"
    api.post("/signs/88/review", {"passed": True})
    app.ok("POST", "/codes", send)
    assert api.get("/messages")["messages"][0]["text"].startswith("【新签】")


def test_seeded_templates_have_the_ids_that_the_app_uses(api: API, app: AppUnderTest) -> None:
    api.post("/seed", {"templates": [{"template": "Parcel {{n}}", "temp_id": 9001, "type": 2}]})
    app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": 9001, "temp_para": {"n": "7"}})
    assert api.get("/messages")["messages"][0]["text"] == "【极光】Parcel 7"


def test_samples_are_the_same_for_the_same_seed(alone: API) -> None:
    def texts() -> list[str]:
        alone.post("/reset")
        alone.post("/seed", {"samples": 12, "seed": 3})
        return [f"{message['mobile']} {message['kind']}" for message in alone.get("/messages")["messages"]]

    assert len(texts()) == 12
    assert texts() == texts()


def test_a_snapshot_shows_everything_and_of_one_app_its_own(alone: API, whole_sandbox: RunningSandbox) -> None:
    app = whole_sandbox.app()
    with app.http:
        app.sent_code()
    alone.post("/seed", {"samples": 4, "schedules": 1})
    everything = alone.get("/snapshot")
    own = alone.get("/snapshot", app=app.app.app_key)
    assert (len(everything["messages"]), len(own["messages"])) == (5, 1)
    assert (len(everything["schedules"]), len(own["schedules"])) == (1, 0)
    assert {template["app_key"] for template in own["templates"]} == {app.app.app_key}


def test_reset_empties_one_app_under_the_same_keys_and_leaves_the_others(api: API, app: AppUnderTest) -> None:
    other = app.sandbox.app()
    with other.http:
        other.sent_code()
    app.sent_code()
    change(api, app, credit={"balance": 0, "industry": 0}, words=["x"])
    api.post("/faults", {"kind": "drop"})
    api.post("/reset")
    assert api.get("/messages")["messages"] == []
    assert api.get("/faults")["faults"] == []
    app.sent_code()
    assert len(api.get("/messages", app=other.app.app_key)["messages"]) == 1


def test_a_deleted_app_is_let_in_no_more(api: API, app: AppUnderTest) -> None:
    app.sent_code()
    api.delete(f"/apps/{app.app.app_key}")
    assert app.code_of("POST", "/codes", CODE) == 50002
