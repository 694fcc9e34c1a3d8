"""Faults: the effect of each kind, which requests it hits, and how often."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable

import httpx
import pytest

from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

from .api_client import API

MOBILE, OTHER = "13800138000", "13900139000"
CODE = {"mobile": MOBILE, "temp_id": 1}


def send(app: AppUnderTest, mobile: str = MOBILE) -> httpx.Response:
    return app.post("/messages", {"mobile": mobile, "temp_id": 1251})


def count(api: API) -> int:
    return len(api.get("/messages")["messages"])


def has_code(code: int) -> Callable[[httpx.Response], bool]:
    return lambda response: response.json()["error"]["code"] == code


def begins(content: bytes) -> Callable[[httpx.Response], bool]:
    return lambda response: response.content.startswith(content)


def is_html(response: httpx.Response) -> bool:
    return response.headers["content-type"].startswith("text/html")


def is_empty(response: httpx.Response) -> bool:
    return response.content == b""


def is_broken(response: httpx.Response) -> bool:
    return not is_json(response)


def is_right(response: httpx.Response) -> bool:
    return "msg_id" in response.json()


@pytest.mark.parametrize(
    ("fault", "status", "content", "accepted"),
    [
        ({"kind": "code", "code": 50014}, 403, has_code(50014), 0),
        ({"kind": "code", "code": 50014, "carried_out": True}, 403, has_code(50014), 1),
        ({"kind": "code", "code": 50099}, 403, has_code(50099), 0),
        ({"kind": "code", "code": 50014, "status": 418}, 418, has_code(50014), 0),
        ({"kind": "status", "status": 503}, 503, is_empty, 0),
        ({"kind": "html"}, 502, is_html, 0),
        ({"kind": "html", "status": 200}, 200, begins(b"<html>"), 0),
        ({"kind": "broken_json"}, 200, is_broken, 1),
        ({"kind": "empty"}, 200, is_empty, 1),
        ({"kind": "delay", "delay": 0.01}, 200, is_right, 1),
    ],
)  # fmt: skip
def test_a_response_is_spoiled(
    api: API,
    app: AppUnderTest,
    fault: dict[str, object],
    status: int,
    content: Callable[[httpx.Response], bool],
    accepted: int,
) -> None:
    made = api.post("/faults", fault)
    response = send(app)
    assert response.status_code == status
    assert content(response), response.text
    assert count(api) == accepted
    assert api.get(f"/faults/{made['number']}")["hits"] == 1
    assert send(app).status_code == 200


@pytest.mark.parametrize(
    ("fault", "error", "accepted"),
    [
        ({"kind": "reset"}, httpx.ReadError, 0),
        ({"kind": "reset", "carried_out": True}, httpx.ReadError, 1),
        ({"kind": "truncate"}, httpx.RemoteProtocolError, 1),
        ({"kind": "truncate", "carried_out": False}, httpx.RemoteProtocolError, 0),
        ({"kind": "drop"}, httpx.RemoteProtocolError, 1),
    ],
)
def test_a_connection_is_broken(
    api: API, app: AppUnderTest, fault: dict[str, object], error: type[Exception], accepted: int
) -> None:
    made = api.post("/faults", fault)
    with pytest.raises(error):
        send(app)
    assert count(api) == accepted
    assert api.get(f"/faults/{made['number']}")["active"] is False
    assert app.last_entry().fault == made["text"]


@pytest.mark.parametrize("kind", ["reset", "truncate", "drop"])
def test_a_connection_that_is_broken_on_purpose_is_no_error_of_the_server(
    api: API, app: AppUnderTest, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    log = logging.getLogger("uvicorn.error")
    caplog.set_level(logging.INFO, log.name)
    log.addHandler(caplog.handler)
    try:
        api.post("/faults", {"kind": kind})
        with pytest.raises(httpx.TransportError):
            send(app)
        assert send(app).status_code == 200
    finally:
        log.removeHandler(caplog.handler)
    assert caplog.messages == []


def test_a_delay_takes_real_time_and_delays_no_other_request(api: API, app: AppUnderTest) -> None:
    api.post("/faults", {"kind": "delay", "delay": 0.2, "mobile": OTHER})
    started = time.monotonic()
    assert send(app, OTHER).status_code == 200
    assert time.monotonic() - started >= 0.2


def test_a_fault_hits_as_often_as_it_says(api: API, app: AppUnderTest) -> None:
    api.post("/faults", {"kind": "code", "code": 50019, "times": 2})
    assert [send(app, f"1380013800{number}").status_code for number in range(4)] == [500, 500, 200, 200]


def test_a_fault_without_an_end_hits_until_it_is_deleted(api: API, app: AppUnderTest) -> None:
    fault = api.post("/faults", {"kind": "code", "code": 50019, "times": None})
    assert {send(app).status_code for _ in range(3)} == {500}
    api.delete(f"/faults/{fault['number']}")
    assert send(app).status_code == 200


def test_a_fault_ends_on_the_sandboxs_clock(api: API, app: AppUnderTest) -> None:
    api.post("/faults", {"kind": "code", "code": 50019, "times": None, "expires_in": 60})
    assert send(app).status_code == 500
    app.sandbox.advance(60)
    assert send(app).status_code == 200


def test_a_fault_hits_one_operation_number_and_app_alone(api: API, app: AppUnderTest) -> None:
    api.post("/faults", {"kind": "code", "code": 50014, "operation": "sendMessage", "mobile": MOBILE, "times": None})
    other = app.sandbox.app()
    with other.http:
        assert send(other).status_code == 200
    assert send(app, OTHER).status_code == 200
    assert app.post("/codes", CODE).status_code == 200
    assert send(app).status_code == 403


def test_a_fault_of_no_app_hits_any(alone: API, whole_sandbox: RunningSandbox) -> None:
    alone.post("/faults", {"kind": "code", "code": 50014, "times": None})
    for _ in range(2):
        app = whole_sandbox.app()
        with app.http:
            assert send(app).status_code == 403


def test_the_first_fault_that_matches_hits(api: API, app: AppUnderTest) -> None:
    api.post("/faults", {"kind": "code", "code": 50014})
    api.post("/faults", {"kind": "code", "code": 50009})
    assert [app.code_of("POST", "/codes", CODE) for _ in range(2)] == [50014, 50009]


def test_chance_is_the_same_in_each_run_of_a_seed(api: API, app: AppUnderTest) -> None:
    def run() -> list[int]:
        fault = {"kind": "code", "code": 50014, "times": None, "probability": 0.5, "seed": 7}
        number = api.post("/faults", fault)["number"]
        statuses = [app.http.get("/accounts/app").status_code for _ in range(20)]
        api.delete(f"/faults/{number}")
        return statuses

    first = run()
    assert {200, 403} == set(first)
    assert run() == first


def test_a_probability_of_nothing_never_hits(api: API, app: AppUnderTest) -> None:
    fault = api.post("/faults", {"kind": "drop", "probability": 0, "times": None})
    assert send(app).status_code == 200
    assert api.get(f"/faults/{fault['number']}")["hits"] == 0


def test_a_refusal_by_a_fault_says_so(api: API, app: AppUnderTest) -> None:
    api.post("/faults", {"kind": "code", "code": 50012})
    response = app.post("/codes/1/valid", {"code": "123456"})
    assert response.json()["is_valid"] is False
    entry = app.last_entry()
    assert (entry.check, entry.code) == ("fault", 50012)
    assert "fault" in (entry.fault or "")


def is_json(response: httpx.Response) -> bool:
    try:
        response.json()
    except json.JSONDecodeError:
        return False
    return True
