"""Send-once keys: at most one request under a key is carried out."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from traceback import walk_tb
from typing import Any

import httpx
import pytest

from jsms_client import (
    JSMS,
    APIError,
    ArgumentError,
    AsyncJSMS,
    ConfigurationError,
    ConnectionFailedError,
    IdempotencyError,
    JSMSError,
    Store,
    StoreError,
    UnknownOutcomeError,
)
from jsms_client.errors import NoMoneyError
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import DRIVERS, MOBILE, SENDS, Send, by_tasks, by_threads
from .store_faults import After, outcome

LONG_KEY = "log in, 数字 42 " + "x" * 180


@pytest.fixture(params=DRIVERS)
def send(request: pytest.FixtureRequest) -> Send:
    return DRIVERS[request.param]


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "jsms.db")


@pytest.mark.parametrize("operation", SENDS)
def test_the_same_key_sends_once_and_gives_the_first_result(
    send: Send, operation: str, file: str, jsms_sandbox: Sandbox
) -> None:
    first = send(operation, jsms_sandbox.settings, store=file, once="login-42")
    again = send(operation, jsms_sandbox.settings, store=file, once="login-42")
    assert again == first
    assert len(jsms_sandbox.requests) == 1
    if operation == "sendVoiceCode":
        return  # a number is called once in 20 s
    assert send(operation, jsms_sandbox.settings, store=file, once="login-43") != first


def test_every_store_keeps_the_keys_of_all_processes(store_address: str, jsms_sandbox: Sandbox) -> None:
    first = by_threads("sendCode", jsms_sandbox.settings, store=store_address, once=LONG_KEY)
    with Store(store_address) as store:
        again = asyncio.run(by_tasks("sendCode", jsms_sandbox.settings, store=store, once=LONG_KEY))
    assert again == first
    assert len(jsms_sandbox.messages) == 1


def test_keys_that_differ_in_a_letters_case_or_a_space_are_two_keys(store_address: str, jsms_sandbox: Sandbox) -> None:
    keys = ["login-a", "login-A", "login-a ", " login-a", "login-ä", "login-a\u0308", "login-a\0", "ｌogin-a"]
    with Store(store_address) as store:
        results = [outcome(jsms_sandbox, store, key) for key in keys]
        assert [outcome(jsms_sandbox, store, key) for key in keys] == results
    assert len(set(results)) == len(keys)


def test_of_many_calls_at_once_one_sends(store_address: str, jsms_sandbox: Sandbox) -> None:
    def call(number: int) -> object:
        try:
            return by_threads("sendCode", jsms_sandbox.settings, store=store_address, once="login-42")
        except UnknownOutcomeError as error:
            assert error.attempts == 0
            return None

    with ThreadPoolExecutor(6) as threads:
        results = set(threads.map(call, range(12)))
    assert len(results - {None}) == 1
    assert len(jsms_sandbox.messages) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"temp_id": 2},
        {"mobile": "13800138001"},
        {"operation": "sendMessage"},
        {"operation": "sendMessageBatch"},
        {"sign_id": 7},
    ],
    ids=lambda other: other.get("operation", next(iter(other))),
)
def test_a_key_that_was_used_for_another_request_is_an_error(
    send: Send, other: dict[str, Any], file: str, jsms_sandbox: Sandbox
) -> None:
    settings = jsms_sandbox.settings
    send("sendCode", settings, store=file, once="13800138000")
    with pytest.raises(IdempotencyError, match="nothing was sent now") as caught:
        if "mobile" in other:
            with JSMS(**settings, store=file) as jsms:
                jsms.codes.send("13800138001", temp_id=1, once="13800138000")
        else:
            operation = other.get("operation", "sendCode")
            more = {} if "operation" in other else other
            send(operation, settings, store=file, once="13800138000", **more)
    assert "13800138000" not in str(caught.value)
    assert len(jsms_sandbox.requests) == 1


def test_no_frame_of_an_error_shows_the_numbers_that_are_in_the_store(file: str, jsms_sandbox: Sandbox) -> None:
    with Store(file) as store:
        by_threads("sendMessageBatch", jsms_sandbox.settings, store=store, once="k")
        with pytest.raises(IdempotencyError) as caught:
            by_threads("sendMessage", jsms_sandbox.settings, store=store, once="k")
    frames = [frame for frame, _ in walk_tb(caught.value.__traceback__)]
    assert "take" in [frame.f_code.co_name for frame in frames]
    assert [frame for frame in frames if "failure_count" in repr(frame.f_locals)] == []


def test_an_unknown_outcome_stays_one_until_it_is_settled_outside(send: Send, file: str, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next()
    for attempts in (1, 0, 0):
        with pytest.raises(UnknownOutcomeError) as caught:
            send("sendCode", jsms_sandbox.settings, store=file, once="login-42")
        assert (caught.value.attempts, caught.value.operation) == (attempts, "sendCode")
    assert len(jsms_sandbox.messages) == len(jsms_sandbox.requests) == 1


def test_a_rejected_request_leaves_its_key_free(send: Send, file: str, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(code=50014)
    with pytest.raises(NoMoneyError):
        send("sendCode", jsms_sandbox.settings, store=file, once="login-42")
    assert send("sendCode", jsms_sandbox.settings, store=file, once="login-42", temp_id=1)
    assert len(jsms_sandbox.messages) == 1


def test_a_service_that_is_not_reached_leaves_the_key_free(send: Send, file: str, jsms_sandbox: Sandbox) -> None:
    with pytest.raises(ConnectionFailedError):
        send("sendCode", {**jsms_sandbox.settings, "base_url": "http://127.0.0.1:1/v1"}, store=file, once="login-42")
    with pytest.raises(ArgumentError):
        send("sendCode", jsms_sandbox.settings, store=file, once="login-42", temp_id=0)
    assert send("sendCode", jsms_sandbox.settings, store=file, once="login-42")


def test_a_key_belongs_to_one_app_and_service(file: str, jsms_sandbox: Sandbox) -> None:
    settings = jsms_sandbox.settings
    by_threads("sendCode", settings, store=file, once="login-42")
    with pytest.raises(APIError):
        by_threads("sendCode", {**settings, "app_key": "another" + "0" * 17}, store=file, once="login-42")
    with pytest.raises(ConnectionFailedError):
        by_threads("sendCode", {**settings, "base_url": "http://127.0.0.1:1/v1"}, store=file, once="login-42")
    assert len(jsms_sandbox.messages) == 1


def test_a_key_is_kept_for_the_time_that_the_store_says(file: str, jsms_sandbox: Sandbox) -> None:
    store = Store(file, keep=0.2)
    first = by_threads("sendCode", jsms_sandbox.settings, store=store, once="login-42")
    asyncio.run(asyncio.sleep(0.3))
    assert by_threads("sendCode", jsms_sandbox.settings, store=store, once="login-42") != first


@pytest.mark.parametrize("key", ["", "  ", "x" * 201, "half \ud83d", 42, b"login", True])
def test_what_is_no_key_is_refused_before_anything_is_sent(key: Any, file: str, jsms_sandbox: Sandbox) -> None:
    with pytest.raises(ArgumentError, match="give a text of 1 to 200 characters"):
        by_threads("sendCode", jsms_sandbox.settings, store=file, once=key)
    assert jsms_sandbox.requests == []


def test_a_key_needs_a_store(send: Send, jsms_sandbox: Sandbox) -> None:
    with pytest.raises(ConfigurationError, match='store="jsms.db"'):
        send("sendCode", jsms_sandbox.settings, once="login-42")
    assert jsms_sandbox.requests == []


def test_nothing_of_the_message_can_be_read_from_the_store(file: str, jsms_sandbox: Sandbox) -> None:
    """But for what the first result holds."""
    by_threads("sendVoiceCode", jsms_sandbox.settings, store=file, once="user 13800138000")
    content = Path(file).read_bytes()
    for secret in (MOBILE, "4711", jsms_sandbox.settings["master_secret"], jsms_sandbox.settings["app_key"]):
        assert secret.encode() not in content


def test_a_store_that_is_not_reached_sends_nothing(send: Send, tmp_path: Path, jsms_sandbox: Sandbox) -> None:
    with pytest.raises(StoreError, match="nothing was sent") as caught:
        send("sendCode", jsms_sandbox.settings, store=tmp_path / "missing" / "jsms.db", once="login-42")
    assert caught.value.operation == "sendCode"
    assert jsms_sandbox.requests == []


def test_a_store_that_is_lost_after_the_request_left_costs_neither_the_result_nor_a_second_message(
    file: str, jsms_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    aside = Path(file).with_name("aside.db")
    with httpx.Client(transport=After(lambda: Path(file).rename(aside))) as http_client:
        sent = by_threads("sendCode", jsms_sandbox.settings, store=file, once="login-42", http_client=http_client)
    assert sent
    assert "stays in doubt" in caplog.text
    aside.rename(file)
    with pytest.raises(UnknownOutcomeError):
        by_threads("sendCode", jsms_sandbox.settings, store=file, once="login-42")
    assert len(jsms_sandbox.messages) == 1


def test_an_exception_that_is_not_ours_passes_through_and_leaves_the_key_in_doubt(
    file: str, jsms_sandbox: Sandbox
) -> None:
    def fail() -> None:
        raise LookupError("of the app's own")

    with httpx.Client(transport=After(fail)) as http_client, pytest.raises((LookupError, JSMSError)):
        by_threads("sendCode", jsms_sandbox.settings, store=file, once="login-42", http_client=http_client)
    with pytest.raises(UnknownOutcomeError):
        by_threads("sendCode", jsms_sandbox.settings, store=file, once="login-42")
    assert len(jsms_sandbox.messages) == 1


def test_a_task_that_is_cancelled_before_the_request_leaves_gives_the_key_back(
    file: str, jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    from jsms_client.store._sql import SQLBackend

    put = SQLBackend.put

    def slow(self: SQLBackend, *arguments: Any) -> Any:
        time.sleep(0.3)
        return put(self, *arguments)

    async def cancelled() -> object:
        async with AsyncJSMS(**jsms_sandbox.settings, store=file) as jsms:
            monkeypatch.setattr(SQLBackend, "put", slow)
            task = asyncio.create_task(jsms.codes.send(MOBILE, temp_id=1, once="login-42"))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.sleep(0.5)
            monkeypatch.setattr(SQLBackend, "put", put)
            return await jsms.codes.send(MOBILE, temp_id=1, once="login-42")

    assert asyncio.run(cancelled())
    assert len(jsms_sandbox.messages) == 1


def test_a_task_that_is_cancelled_while_the_request_is_on_its_way_leaves_the_key_in_doubt(
    file: str, jsms_sandbox: Sandbox
) -> None:
    jsms_sandbox.fail_next(kind="delay", delay=1.0)

    async def cancelled() -> None:
        async with AsyncJSMS(**jsms_sandbox.settings, store=file) as jsms:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await jsms.codes.send(MOBILE, temp_id=1, once="login-42")
            with pytest.raises(UnknownOutcomeError):
                await jsms.codes.send(MOBILE, temp_id=1, once="login-42")

    asyncio.run(cancelled())
    assert len(jsms_sandbox.requests) <= 1


def test_nothing_is_logged_that_shows_a_number(
    file: str, jsms_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    by_threads("sendCode", jsms_sandbox.settings, store=file, once=MOBILE)
    assert MOBILE not in caplog.text
