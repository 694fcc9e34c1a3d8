"""A sandbox of a changed contract: its new operations are checked, and respond with the contract's examples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jsms_sandbox.service.operations import OPERATIONS as BEHAVIOUR
from jsms_sandbox.state import rate_limits
from jsms_sandbox.state.entities import MessageKind
from sandbox.sandbox_process import Process

ONE = "13800138000"
LEAFLET = {"mobile": ONE, "labels": {"a": 1}, "options": {"speed": 0.5, "urgent": True}}


@pytest.fixture(scope="module")
def sandbox(fork: Path) -> Iterator[Process]:
    """Provide a sandbox that runs with what the changed contract made."""
    with Process(generated=fork) as process:
        yield process


def code_of(response: httpx.Response) -> int:
    """Return the code of a refusal."""
    code: int = response.json()["error"]["code"]
    return code


def test_a_new_operation_returns_the_contracts_example(sandbox: Process) -> None:
    response = sandbox.http.get("/accounts/tally", params={"day": 3})
    assert (response.status_code, response.json()) == (200, {"used": 3, "phones": [ONE], "cost": None})
    assert sandbox.http.post("/leaflets", json=LEAFLET).json() == {"msg_id": "1"}
    response = sandbox.http.delete("/leaflets/12")
    assert (response.status_code, response.content) == (200, b"")


def test_a_new_operation_asks_for_credentials(sandbox: Process) -> None:
    with httpx.Client(base_url=f"{sandbox.url}/v1", trust_env=False) as anonymous:
        assert code_of(anonymous.get("/accounts/tally")) == 50001
        assert code_of(anonymous.get("/accounts/tally", auth=("unknown", "x"))) == 50002
        assert code_of(anonymous.put("/leaflets", auth=sandbox.auth)) == 50018


@pytest.mark.parametrize(
    "body",
    [
        {"labels": {}},
        {**LEAFLET, "mobile": ""},
        {**LEAFLET, "mobile": "12"},
        {**LEAFLET, "mobile": ["13800138000"]},
        {"mobile": ONE},
        {**LEAFLET, "labels": {"a": "b"}},
        {**LEAFLET, "labels": {"a": 2**31}},
        {**LEAFLET, "options": {}},
        {**LEAFLET, "options": {"speed": 2}},
        {**LEAFLET, "options": {"speed": "fast"}},
        {**LEAFLET, "options": {"speed": 1, "urgent": "yes"}},
        {**LEAFLET, "options": []},
        [],
    ],
)
def test_the_fields_of_a_new_operation_are_checked(sandbox: Process, body: object) -> None:
    response = sandbox.http.post("/leaflets", json=body)
    assert (response.status_code, code_of(response)) == (403, 50007)


@pytest.mark.parametrize("query", ["day=0", "day=32", "day=three", "day=1.5"])
def test_the_query_of_a_new_operation_is_checked(sandbox: Process, query: str) -> None:
    assert code_of(sandbox.http.get(f"/accounts/tally?{query}")) == 50007


def test_the_id_in_a_new_path_is_checked(sandbox: Process) -> None:
    assert code_of(sandbox.http.delete("/leaflets/abc")) == 50007


def test_a_new_limit_counts(sandbox: Process) -> None:
    def send(tag: str) -> dict[str, Any]:
        batch = {"temp_id": 1, "recipients": [{"mobile": ONE, "temp_para": {"code": "1"}}], "tag": tag}
        found: dict[str, Any] = sandbox.http.post("/messages/batch", json=batch).json()
        return found

    assert "success_count" in send("x" * 12)
    assert send("x" * 13)["error"]["code"] == 50007


def test_a_number_asks_a_new_operation_for_each_of_its_codes(sandbox: Process) -> None:
    assert code_of(sandbox.http.post("/leaflets", json={**LEAFLET, "mobile": "13000050033"})) == 50033


def test_a_known_operation_sends_a_new_field_that_is_required(sandbox: Process) -> None:
    response = sandbox.http.get("/accounts/app").json()
    assert response.keys() >= {"app_balance", "app_voice", "app_industry", "app_market", "province"}
    assert (response["app_balance"], response["province"]) == (10_000, "Guangdong")


def test_the_test_api_says_what_is_not_modelled(sandbox: Process) -> None:
    sandbox.http.get("/accounts/tally")
    api = f"{sandbox.url}/_sandbox/api"
    operations = httpx.get(f"{api}/errors", trust_env=False).json()["operations"]
    assert {each["id"] for each in operations if not each["modelled"]} >= {"getTally", "createLeaflet", "deleteLeaflet"}
    assert {each["id"] for each in operations if each["modelled"]} == {*BEHAVIOUR}
    requests = httpx.get(f"{api}/requests", params={"modelled": False}, trust_env=False).json()["requests"]
    assert requests[0]["operation"] == "getTally"
    assert requests[0]["warnings"] == [
        "The sandbox does not model getTally: the response is the contract's example, and nothing was changed."
    ]
    assert "沙箱没有模拟 getTally" in requests[0]["warnings_zh"][0]
    assert {each["modelled"] for each in requests} == {False}


def test_a_fault_hits_a_new_operation(sandbox: Process) -> None:
    fault = {"kind": "code", "code": 50019, "operation": "getTally", "times": 1}
    assert httpx.post(f"{sandbox.url}/_sandbox/api/faults", json=fault, trust_env=False).status_code == 201
    assert code_of(sandbox.http.get("/accounts/tally")) == 50019
    assert sandbox.http.get("/accounts/tally").status_code == 200


def test_the_contract_that_it_serves_is_the_changed_one(sandbox: Process) -> None:
    served = httpx.get(f"{sandbox.url}/_sandbox/openapi.json", trust_env=False).json()
    assert "/leaflets/{leaflet_id}" in json.dumps(served)


@pytest.mark.parametrize("kind", ["code", "voice", "notice", "marketing"])
def test_an_operation_that_a_contract_lacks_has_no_limits(kind: MessageKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "RULES", {})
    assert rate_limits.limits_of.__wrapped__(kind) == ()
