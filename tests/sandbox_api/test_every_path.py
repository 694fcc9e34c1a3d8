"""The OpenAPI document is valid, and every path responds as declared."""

from __future__ import annotations

from typing import Any

from openapi_spec_validator import validate

from jsms_sandbox.state.state import MESSAGES_KEPT
from sandbox.threaded_sandbox import RunningSandbox

from .api_client import API
from .callback_receiver import Receiver
from .document import Document

PROMISED = {
    "/messages",
    "/codes/latest",
    "/clock",
    "/clock/advance",
    "/faults",
    "/reset",
    "/requests",
    "/callbacks",
    "/replies",
    "/templates/{temp_id}/review",
    "/signs/{sign_id}/review",
    "/apps",
}
SEED = {
    "templates": [{"template": "{{code}}", "temp_id": 77}, {"template": "x", "type": 2, "status": 0}],
    "signs": [{"sign": "新签", "sign_id": 88, "is_default": True, "status": 0}],
    "samples": 8,
    "refused": 6,
    "schedules": 2,
}


def test_the_document_is_valid_and_says_everything(document: Document) -> None:
    validate(document.content)
    assert {operation.path for operation in document.operations.values()} >= PROMISED
    for operation in document.operations.values():
        assert operation.content["summary"].endswith(".")
        assert {"400", "403", "404"} <= operation.content["responses"].keys()
        assert ("requestBody" in operation.content) == (operation.method in ("POST", "PATCH"))


def test_the_document_lists_what_can_be_chosen(document: Document) -> None:
    schemas = document.content["components"]["schemas"]
    assert "sendMessage" in str(schemas["NewFault"]["properties"]["operation"])
    assert 4003 in schemas["StatusToReport"]["properties"]["status"]["enum"]


def test_every_operation_responds_as_declared(alone: API, whole_sandbox: RunningSandbox) -> None:
    api = alone
    _ask_what_it_is(api)
    seeded = _seed(api)
    mobile = _change_messages(api, seeded["msg_ids"][0])
    _read_requests_and_schedules(api)
    _review(api)
    _move_the_clock(api)
    made = api.post("/apps", {"name": "second", "fixed_code": "123456"})
    _change_an_app(api, made["app_key"])
    _block(api, made["app_key"])
    _inject_faults(api, made["app_key"])
    with Receiver(made["app_key"], made["master_secret"], whole_sandbox.state.clock.now) as receiver:
        _call_back(api, made["app_key"], mobile, receiver)
    _start_over(api, made["app_key"])
    with api.http.stream("GET", "/events") as events:
        assert (events.status_code, events.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert api.document.operations.keys() - api.called == {"streamEvents"}


def _ask_what_it_is(api: API) -> None:
    info = api.get("/info")
    assert info["base_url"] == f"{api.url}/v1"
    assert info["caps"]["messages"] == MESSAGES_KEPT
    assert {item["code"] for item in api.get("/errors")["errors"]} > {50001, 50036}
    assert {step["state"] for step in api.get("/conformance")["steps"]} == {"todo"}


def _seed(api: API) -> Any:
    seeded = api.post("/seed", SEED)
    assert [template["temp_id"] for template in seeded["templates"]] == [77, 1253]
    assert (len(seeded["msg_ids"]), len(seeded["schedule_ids"])) == (8, 2)
    return seeded


def _change_messages(api: API, msg_id: str) -> str:
    mobile: str = api.get(f"/messages/{msg_id}")["mobile"]
    assert api.get("/messages", mobile=mobile)["messages"][0]["msg_id"] == msg_id
    assert api.get("/codes/latest", mobile=mobile)["msg_id"] == msg_id
    assert api.post(f"/messages/{msg_id}/report", {"status": 4003})["status"] == 4003
    assert api.post(f"/messages/{msg_id}/expire")["code"]["state"] == "expired"
    assert api.post(f"/messages/{msg_id}/resend")["msg_id"] != msg_id
    assert api.post("/replies", {"mobile": mobile, "content": "好"})["opted_out"] is False
    assert api.get("/replies", mobile=mobile, text="好")["replies"]
    return mobile


def _read_requests_and_schedules(api: API) -> None:
    refused = api.get("/requests", refused=True)["requests"]
    assert len(refused) == 6
    assert api.get(f"/requests/{refused[0]['number']}") == refused[0]
    schedule = api.get("/schedules", status="pending")["schedules"][0]
    assert api.get(f"/schedules/{schedule['schedule_id']}") == schedule


def _review(api: API) -> None:
    assert api.get("/templates", status=0)["templates"][0]["temp_id"] == 1253
    assert api.post("/templates/1253/review", {"passed": False, "reason": "no"})["refuse_reason"] == "no"
    assert api.get("/templates/1253")["status_name"] == "REJECTED"
    assert api.get("/signs", status=0)["signs"][0]["sign_id"] == 88
    assert api.post("/signs/88/review", {"passed": True})["status_name"] == "PASSED"
    assert api.get("/signs/88")["is_default"]


def _move_the_clock(api: API) -> None:
    assert api.post("/clock", {"beijing": "2030-01-02 08:00:00", "frozen": True})["beijing"] == "2030-01-02 08:00:00"
    assert api.post("/clock/advance", {"seconds": 60})["beijing"] == "2030-01-02 08:01:00"
    assert api.get("/clock")["frozen"]
    assert api.get("/schedules", status="sent")["schedules"]


def _change_an_app(api: API, key: str) -> None:
    assert [app["app_key"] for app in api.get("/apps")["apps"]][1:] == [key]
    assert api.patch(f"/apps/{key}", {"credit": {"balance": None}})["credit"]["balance"] is None
    assert api.get(f"/apps/{key}")["fixed_code"] == "123456"
    assert api.post(f"/apps/{key}/reset")["fixed_code"] is None


def _block(api: API, key: str) -> None:
    assert api.post("/opt-outs", {"mobile": "13800138000"}, app=key) == {"app_key": key, "mobile": "13800138000"}
    assert api.get("/opt-outs", app=key)["opt_outs"]
    assert api.delete("/opt-outs/13800138000", app=key) is None
    assert api.post("/words", {"word": "a/b"}, app=key) == {"app_key": key, "word": "a/b"}
    assert {"app_key": key, "word": "a/b"} in api.get("/words", app=key)["words"]
    assert api.http.delete("/words/a%2Fb", params={"app": key}).status_code == 204
    api.post("/words", {"word": "ab"}, app=key)
    assert api.delete("/words/ab", app=key) is None


def _inject_faults(api: API, key: str) -> None:
    fault = api.post("/faults", {"kind": "code", "code": 50014}, app=key)
    assert api.get("/faults", app=key)["faults"] == [fault]
    assert api.get(f"/faults/{fault['number']}") == fault
    assert api.delete(f"/faults/{fault['number']}") is None
    api.post("/faults", {"kind": "drop"})
    assert api.delete("/faults") == {"deleted": 1}


def _call_back(api: API, key: str, mobile: str, receiver: Receiver) -> None:
    assert api.post("/callbacks/check", {"url": receiver.url})["ok"]
    assert len(api.get("/callbacks/samples")["samples"]) == 4
    assert len(api.post("/callbacks/samples", {"url": receiver.url}, app=key)["samples"]) == 4
    assert api.patch(f"/apps/{key}", {"callback_url": receiver.url})["warnings"]
    api.post("/replies", {"mobile": mobile, "content": "TD"}, app=key)
    (callback,) = api.get("/callbacks", state="delivered", wait=30)["callbacks"]
    assert api.get(f"/callbacks/{callback['number']}") == callback
    assert api.post(f"/callbacks/{callback['number']}/resend")["attempts"][1]["by_hand"]


def _start_over(api: API, key: str) -> None:
    snapshot = api.get("/snapshot")
    assert (len(snapshot["apps"]), len(snapshot["callbacks"])) == (2, 1)
    assert api.get("/snapshot", app=key)["messages"] == []
    assert api.delete(f"/apps/{key}") is None
    assert [app["first"] for app in api.post("/reset")["apps"]] == [True]
    assert api.get("/clock")["frozen"] is False
    assert abs(api.get("/clock")["ahead"]) < 60
    assert api.get("/messages")["messages"] == []
