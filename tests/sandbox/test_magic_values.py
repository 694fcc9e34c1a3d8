"""Magic numbers, app keys and remarks: errors from any language, without the test API."""

from __future__ import annotations

import httpx
import pytest

from .threaded_sandbox import AppUnderTest, RunningSandbox, refused


@pytest.mark.parametrize("code", [50001, 50014, 50019, 50024])
def test_a_magic_number_returns_its_code(app: AppUnderTest, code: int) -> None:
    assert app.code_of("POST", "/codes", {"mobile": f"130000{code}", "temp_id": 1}) == code
    assert app.last_entry().check == "magic number"


@pytest.mark.parametrize("mobile", ["13000000000", "13000099999", "13000050000"])
def test_numbers_that_ask_for_no_error_are_ordinary(app: AppUnderTest, mobile: str) -> None:
    app.ok("POST", "/codes", {"mobile": mobile, "temp_id": 1})
    assert app.last_entry().warnings == []


@pytest.mark.parametrize("code", [50010, 50018, 50026, 50042])
def test_a_number_whose_code_the_operation_has_not_is_warned_of(app: AppUnderTest, code: int) -> None:
    app.ok("POST", "/codes", {"mobile": f"130000{code}", "temp_id": 1})
    assert app.last_entry().warnings == [f"sendCode has no error {code}, which the number 130000{code} asks for."]


def test_a_number_in_a_batch_whose_code_no_recipient_can_have_is_warned_of(app: AppUnderTest) -> None:
    batch = {"temp_id": 1251, "recipients": [{"mobile": "13000050030"}]}
    assert app.ok("POST", "/messages/batch", batch)["success_count"] == 1
    assert app.last_entry().warnings == ["sendMessageBatch has no error 50030, which the number 13000050030 asks for."]


@pytest.mark.parametrize("status", [4001, 4003, 4010, 4100])
def test_a_magic_number_reports_its_delivery_status(app: AppUnderTest, status: int) -> None:
    msg_id = app.ok("POST", "/codes", {"mobile": f"1300000{status}", "temp_id": 1})["msg_id"]
    app.sandbox.advance(1)
    (report,) = app.ok("GET", "/report")
    assert (report["msgId"], report["status"]) == (msg_id, status)


def test_a_magic_app_key_returns_its_code_wherever_the_operation_has_it(sandbox: RunningSandbox) -> None:
    key = "sandboxapp00000000050036"
    with httpx.Client(base_url=f"{sandbox.url}/v1", auth=(key, key), trust_env=False) as http:
        assert refused(http.post("/codes", json={"mobile": "13800138000", "temp_id": 1})) == 50036
        assert refused(http.get("/accounts/app")) == 50036
        assert set(http.get("/accounts/dev").json()) == {"dev_balance", "dev_voice", "dev_industry", "dev_market"}


def test_a_magic_app_key_is_an_ordinary_app_where_the_operation_has_not_its_code(sandbox: RunningSandbox) -> None:
    key = "sandboxapp00000000150014"
    with httpx.Client(base_url=f"{sandbox.url}/v1", auth=(key, key), trust_env=False) as http:
        assert refused(http.post("/codes", json={"mobile": "13800138000", "temp_id": 1})) == 50014
        assert http.get("/templates/1").status_code == 200
    entry = sandbox.look(lambda state: next(reversed(state.journal.values())))
    assert entry.warnings == [f"getTemplate has no error 50014, which the key {key} asks for."]


@pytest.mark.parametrize(
    "key",
    ["sandboxapp00000000099999", "sandboxapp00000000050000", "sandboxapp0000000005003", "sandboxapp0000000005003６"],
)
def test_other_keys_of_that_kind_are_unknown(sandbox: RunningSandbox, key: str) -> None:
    with httpx.Client(base_url=f"{sandbox.url}/v1", auth=(key.encode(), key.encode()), trust_env=False) as http:
        assert refused(http.get("/accounts/app")) == 50002
