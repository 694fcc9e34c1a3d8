"""The login service's own tests: real requests to it, real codes from a sandbox, not one SMS paid for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from login_service import app

from jsms_sandbox.pytest_plugin import Sandbox

MOBILE = "13800138000"


@pytest.fixture
def login(jsms_sandbox: Sandbox) -> Iterator[httpx.Client]:  # noqa: ARG001 - the fixture sets the environment
    """Start the service; jsms_sandbox has set the JSMS_* variables that its client reads."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield client
    server.should_exit = True
    thread.join()


def ask(login: httpx.Client) -> int:
    return login.post("/codes", json={"mobile": MOBILE}).status_code


def log_in(login: httpx.Client, code: str) -> tuple[int, str]:
    response = login.post("/sessions", json={"mobile": MOBILE, "code": code})
    return response.status_code, response.json().get("detail", "")


def another_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_code_on_the_phone_logs_in(login: httpx.Client, jsms_sandbox: Sandbox) -> None:
    assert ask(login) == 202
    response = login.post("/sessions", json={"mobile": MOBILE, "code": jsms_sandbox.wait_code(MOBILE)})
    assert response.status_code == 201
    assert len(response.json()["token"]) > 20


def test_a_wrong_code_does_not_and_the_right_one_still_does(login: httpx.Client, jsms_sandbox: Sandbox) -> None:
    ask(login)
    code = jsms_sandbox.wait_code(MOBILE)
    assert log_in(login, another_than(code)) == (401, "This code is wrong.")
    assert log_in(login, code)[0] == 201


def test_an_expired_code_does_not(login: httpx.Client, jsms_sandbox: Sandbox) -> None:
    ask(login)
    jsms_sandbox.clock.advance(3_600)
    assert log_in(login, jsms_sandbox.wait_code(MOBILE)) == (401, "This code is expired.")


def test_a_code_logs_in_once(login: httpx.Client, jsms_sandbox: Sandbox) -> None:
    ask(login)
    code = jsms_sandbox.wait_code(MOBILE)
    assert log_in(login, code)[0] == 201
    assert log_in(login, code) == (401, "Ask for a code first.")


def test_codes_are_not_sent_too_often(login: httpx.Client, jsms_sandbox: Sandbox) -> None:
    assert {ask(login) for _ in range(200)} == {202}  # what JSMS sends to one number in a day
    assert ask(login) == 429
    jsms_sandbox.assert_sent(MOBILE, count=200)
    jsms_sandbox.clock.advance(24 * 3_600)
    assert ask(login) == 202


def test_without_credit_it_says_so_and_sends_nothing(login: httpx.Client, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.set_credit(balance=0, industry=0)
    assert ask(login) == 503
    jsms_sandbox.assert_not_sent()


def test_a_lost_response_never_sends_twice(login: httpx.Client, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(kind="drop", operation="sendCode")
    assert ask(login) == 503
    jsms_sandbox.assert_sent(MOBILE, count=1)


@pytest.mark.parametrize("kind", ["html", "broken_json", "empty", "truncate"])
def test_no_nonsense_of_the_service_reaches_people(login: httpx.Client, jsms_sandbox: Sandbox, kind: str) -> None:
    jsms_sandbox.fail_next(kind=kind, operation="verifyCode")  # type: ignore[arg-type]  # parametrized
    ask(login)
    assert log_in(login, jsms_sandbox.wait_code(MOBILE))[0] in {502, 503}


def test_a_number_that_is_none_is_refused_before_anything_is_sent(login: httpx.Client, jsms_sandbox: Sandbox) -> None:
    assert login.post("/codes", json={"mobile": "hello"}).status_code == 422
    assert jsms_sandbox.requests == []
