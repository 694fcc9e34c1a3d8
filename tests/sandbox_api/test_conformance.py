"""The conformance list: what a client has shown, evaluated from the record of its requests."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import httpx
import pytest

from jsms_client import JSMS, APIError, UnknownOutcomeError
from jsms_client.results import SignType, TemplateType
from jsms_sandbox.conformance import steps
from pages.markdown import ROOT, prose
from sandbox.sign_forms import PNG
from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

from .api_client import API
from .callback_receiver import Receiver

MOBILE = "13800138000"
CODE = {"mobile": MOBILE, "temp_id": 1}
NOTICE = {"mobile": MOBILE, "temp_id": 1250, "temp_para": {"number": "张三"}}


def states(api: API) -> dict[str, str]:
    found = api.get("/conformance")
    listed = {step["id"]: step["state"] for step in found["steps"]}
    assert (found["right"], found["total"]) == (list(listed.values()).count("right"), len(steps()))
    return listed


def step(api: API, name: str) -> dict[str, Any]:
    (found,) = [each for each in api.get("/conformance")["steps"] if each["id"] == name]
    return dict(found)


def test_a_fresh_app_has_everything_to_do(api: API) -> None:
    assert set(states(api).values()) == {"todo"}


def test_our_own_client_turns_every_step_green(api: API, app: AppUnderTest) -> None:
    keys = app.app
    with (
        JSMS(
            keys.app_key,
            keys.master_secret,
            dev_key=keys.dev_key,
            dev_secret=keys.dev_secret,
            base_url=f"{app.sandbox.url}/v1",
        ) as jsms,
        Receiver(keys.app_key, keys.master_secret, app.sandbox.state.clock.now) as receiver,
    ):
        _verify_codes(api, jsms)
        jsms.codes.send_voice(MOBILE)
        _send_messages(api, jsms)
        _use_a_schedule(jsms)
        jsms.accounts.app()
        jsms.accounts.dev()
        _poll(api, app, jsms)
        api.patch(f"/apps/{keys.app_key}", {"callback_url": receiver.url})
        _review(api, jsms)
        jsms.messages.send("13800138001", temp_id=1251)
        api.post("/replies", {"mobile": MOBILE, "content": "好"})
        api.post("/clock/advance", {"seconds": 30})

    todo = {name: state for name, state in states(api).items() if state != "right"}
    assert todo == {}, api.get("/conformance")


def _verify_codes(api: API, jsms: JSMS) -> None:
    for variant in (None, "numeric_msg_id", "unknown_field"):
        if variant:
            api.post("/faults", {"kind": "variant", "variant": variant, "operation": "sendCode"})
        sent = jsms.codes.send(MOBILE, temp_id=1)
        code = api.get("/codes/latest", mobile=MOBILE)["code"]
        assert not jsms.codes.verify(sent.msg_id, "000000" if code != "000000" else "111111")
        assert jsms.codes.verify(sent.msg_id, code)
        assert not jsms.codes.verify(sent.msg_id, code)
        api.post("/clock/advance", {"seconds": 60})


def _send_messages(api: API, jsms: JSMS) -> None:
    jsms.messages.send(MOBILE, temp_id=1250, temp_para={"number": "张三"})
    api.post("/faults", {"kind": "drop", "mobile": "13800138009"})
    with pytest.raises(UnknownOutcomeError):
        jsms.messages.send("13800138009", temp_id=1251)
    api.post("/faults", {"kind": "variant", "variant": "unknown_code", "operation": "sendMessage"})
    with pytest.raises(APIError):
        jsms.messages.send("13000050024", temp_id=1251)
    jsms.messages.send_batch([MOBILE, "13000050024"], temp_id=1251)


def _use_a_schedule(jsms: JSMS) -> None:
    made = jsms.schedules.create(MOBILE, temp_id=1251, send_time="2035-01-01 09:00:00")
    jsms.schedules.update(made.schedule_id, MOBILE, temp_id=1251, send_time="2035-01-02 09:00:00")
    jsms.schedules.get(made.schedule_id)
    jsms.schedules.delete(made.schedule_id)


def _poll(api: API, app: AppUnderTest, jsms: JSMS) -> None:
    api.post("/replies", {"mobile": MOBILE, "content": "好"})
    for _ in range(2):
        api.post("/clock/advance", {"seconds": 10})
        jsms.receipts.reports()
        jsms.receipts.replies()


def _review(api: API, jsms: JSMS) -> None:
    template = jsms.templates.create("通知{{n}}", type=TemplateType.NOTICE)
    jsms.templates.get(template.temp_id)
    api.post(f"/templates/{template.temp_id}/review", {"passed": True})
    jsms.templates.delete(template.temp_id)
    sign = jsms.signs.create(
        "测试",
        type=SignType.COMPANY_NAME,
        legal_person_name="张三",
        legal_person_id_number="11010519491231002X",
        id_card_image=PNG,
        social_credit_code="91440300708461136T",
        business_license_image=PNG,
    )
    api.post(f"/signs/{sign.sign_id}/review", {"passed": True})


def test_a_send_after_a_lost_response_is_wrong_where_it_is_the_same_again(api: API, app: AppUnderTest) -> None:
    api.post("/faults", {"kind": "drop", "mobile": MOBILE})
    with pytest.raises(httpx.TransportError):
        app.post("/messages", NOTICE)
    assert step(api, "sent_once")["state"] == "right"

    app.ok("POST", "/messages", NOTICE)

    found = step(api, "sent_once")
    assert found["state"] == "wrong"
    assert (
        found["detail"]
        == f"Request {found['request'] - 1} lost its response, and {found['request']} sent the same again."
    )


def test_another_send_after_a_lost_response_is_right(api: API, app: AppUnderTest) -> None:
    api.post("/faults", {"kind": "drop", "mobile": MOBILE})
    with pytest.raises(httpx.TransportError):
        app.post("/messages", NOTICE)
    app.ok("POST", "/messages", NOTICE | {"mobile": "13800138001"})

    assert step(api, "sent_once")["state"] == "right"


def test_polling_too_soon_is_wrong(api: API, app: AppUnderTest) -> None:
    app.ok("GET", "/report")
    assert app.code_of("GET", "/report") == 50009

    assert step(api, "pace")["state"] == "wrong"


def test_the_page_lists_every_step() -> None:
    table = prose(ROOT / "docs" / "sandbox.md").partition("## Bring your own client")[2].partition("\n## ")[0]

    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", table, re.MULTILINE)

    assert rows == [(step.id, step.title, step.task) for step in steps()]


def test_the_sandboxs_own_contract_names_only_the_sandbox(sandbox: RunningSandbox) -> None:
    contract = json.loads(resources.files("jsms_contract").joinpath("openapi.json").read_bytes())
    url = f"{sandbox.url}/_sandbox/openapi.json"

    served = httpx.get(url, trust_env=False)

    assert served.status_code == 200
    assert served.json() == contract | {"servers": [{"url": f"{sandbox.url}/v1", "description": "Sandbox"}]}
    assert httpx.get(url, headers={"host": "x.example"}, trust_env=False).status_code == 403


def test_each_app_has_a_list_of_its_own(api: API, app: AppUnderTest) -> None:
    app.ok("POST", "/messages", NOTICE)
    other = app.sandbox.app()

    assert step(api, "chinese")["state"] == "right"
    assert api.get("/conformance", app=other.app.app_key)["right"] == 0


def test_a_reset_starts_the_list_over(alone: API, whole_sandbox: RunningSandbox) -> None:
    app = AppUnderTest(whole_sandbox, whole_sandbox.look(lambda state: next(iter(state.apps.values()))))
    with app.http:
        app.ok("POST", "/messages", NOTICE)
    assert step(alone, "chinese")["state"] == "right"

    alone.post("/reset")

    assert alone.get("/conformance")["right"] == 0
