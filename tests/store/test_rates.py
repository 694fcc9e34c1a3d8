"""Limits of the service and the caller's own rates, shared by all processes of a store."""

from __future__ import annotations

import asyncio
import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
import trio

from jsms_client import JSMS, AsyncJSMS, RateLimitError, Store, StoreError, UnknownOutcomeError
from jsms_client.campaigns import JournalError
from jsms_client.errors import ConnectionFailedError
from jsms_client.store._sql import SQLBackend
from jsms_sandbox.pytest_plugin import Sandbox
from overlay.drivers import async_client, sync_client
from overlay.receipt_server import ReceiptServer, late, reports

from .drivers import MOBILE, by_tasks, by_threads, on_trio
from .store_faults import After

PACE = 0.6
TEMPLATE = 1250


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "jsms.db")


def test_a_number_is_called_once_in_twenty_seconds_by_all_processes(store_address: str, jsms_sandbox: Sandbox) -> None:
    settings = jsms_sandbox.settings
    by_threads("sendVoiceCode", settings, store=store_address)
    with pytest.raises(RateLimitError, match="20 seconds.*nothing was sent now") as caught:
        by_threads("sendVoiceCode", settings, store=store_address)
    assert (caught.value.code, caught.value.http_status, caught.value.sent) == (50009, None, "no")
    with pytest.raises(RateLimitError):
        asyncio.run(by_tasks("sendVoiceCode", settings, store=store_address))
    assert len(jsms_sandbox.requests) == 1
    with JSMS(**settings, store=store_address) as jsms:
        assert jsms.codes.send_voice("13800138001").msg_id
        assert jsms.codes.send(MOBILE, temp_id=1).msg_id


def test_the_same_key_gives_the_first_call_also_within_twenty_seconds(file: str, jsms_sandbox: Sandbox) -> None:
    first = by_threads("sendVoiceCode", jsms_sandbox.settings, store=file, once="login-42")
    assert by_threads("sendVoiceCode", jsms_sandbox.settings, store=file, once="login-42") == first
    with pytest.raises(RateLimitError):
        by_threads("sendVoiceCode", jsms_sandbox.settings, store=file, once="login-43")


def test_a_call_that_was_not_made_delays_no_other(file: str, jsms_sandbox: Sandbox) -> None:
    nowhere = {**jsms_sandbox.settings, "base_url": "http://127.0.0.1:1/v1"}
    for send in (by_threads, on_trio):
        with pytest.raises(ConnectionFailedError):
            send("sendVoiceCode", nowhere, store=file)


def test_a_call_whose_outcome_is_not_known_counts(file: str, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next()
    with pytest.raises(UnknownOutcomeError):
        by_threads("sendVoiceCode", jsms_sandbox.settings, store=file)
    with pytest.raises(RateLimitError):
        by_threads("sendVoiceCode", jsms_sandbox.settings, store=file)


def test_a_store_that_fails_lets_no_call_leave_and_costs_no_result(
    file: str, jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the store is full")

    with (
        monkeypatch.context() as patch,
        httpx.Client(transport=After(lambda: patch.setattr(SQLBackend, "put", fail))) as http_client,
    ):
        assert by_threads("sendVoiceCode", jsms_sandbox.settings, store=file, http_client=http_client)
    assert "the store is full" in caplog.text
    monkeypatch.setattr(SQLBackend, "put", fail)
    with pytest.raises(StoreError, match="sendVoiceCode.*nothing was sent"):
        by_threads("sendVoiceCode", jsms_sandbox.settings, store=file)
    assert len(jsms_sandbox.requests) == 1


def test_polls_of_all_processes_are_a_pause_apart(store_address: str) -> None:
    with ReceiptServer(reports(1), reports(2), reports(3)) as server:
        with Store(store_address) as store, sync_client(server.base_url) as one, sync_client(server.base_url) as other:
            for client in (one, other):
                client.store = client._executor.store = store  # pyright: ignore[reportPrivateUsage] - given later
                client.receipts._feeds["pollReports"].get().seconds = PACE  # pyright: ignore[reportPrivateUsage] - five are long
            assert [each.msg_id for client in (one, other, one) for each in client.receipts.reports()] == [
                "1",
                "2",
                "3",
            ]
        times = [moment for moment, _ in server.polls]
    assert all(later - earlier >= PACE for earlier, later in itertools.pairwise(times))


def test_a_poll_that_is_cancelled_ends_its_turn(file: str) -> None:
    async def cancelled(server: ReceiptServer) -> list[str]:
        async with async_client(server.base_url) as client:
            client.store = client._executor.store = Store(file)  # pyright: ignore[reportPrivateUsage] - given later
            client.receipts._feeds["pollReports"].get().seconds = PACE  # pyright: ignore[reportPrivateUsage] - five are long
            with trio.move_on_after(0.2):
                await client.receipts.reports()
            with trio.fail_after(20):
                return [each.msg_id for each in await client.receipts.reports()]

    with ReceiptServer(late(0.5, reports(1)), reports(2)) as server:
        assert trio.run(cancelled, server) == ["2"]


def test_a_store_that_fails_after_a_poll_costs_none_of_its_records(
    file: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the store is full")

    with monkeypatch.context() as patch:

        def respond_and_fail(handler: BaseHTTPRequestHandler) -> None:
            patch.setattr(SQLBackend, "put", fail)
            reports(1, 2)(handler)

        with ReceiptServer(respond_and_fail) as server, sync_client(server.base_url) as client:
            stream = client.receipts.iter_reports(store=file)
            assert [next(stream).msg_id, next(stream).msg_id] == ["1", "2"]
    assert "late, as the store is full" in caplog.text


def test_campaigns_with_journals_of_their_own_share_one_rate(
    store_address: str, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    def send(number: int) -> None:
        with JSMS(**jsms_sandbox.settings, store=store_address) as jsms:
            listed = [(f"1380013{number}{place:03}", {"number": "5"}) for place in range(20)]
            jsms.campaigns.send(listed, temp_id=TEMPLATE, journal=tmp_path / f"{number}.db", batch_size=5, max_rate=40)

    began = time.monotonic()
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(send, range(3)))
    # The first five leave at once.
    assert time.monotonic() - began >= 55 / 40
    assert len(jsms_sandbox.messages) == 60


def test_tasks_share_the_rate_of_threads(file: str, jsms_sandbox: Sandbox, tmp_path: Path) -> None:
    def listed(kind: int) -> list[tuple[str, dict[str, str]]]:
        return [(f"1380013{kind}{place:03}", {"number": "5"}) for place in range(20)]

    async def send() -> None:
        async with AsyncJSMS(**jsms_sandbox.settings, store=file) as jsms:
            await jsms.campaigns.send(
                listed(1), temp_id=TEMPLATE, journal=tmp_path / "tasks.db", batch_size=5, max_rate=40
            )

    with JSMS(**jsms_sandbox.settings, store=file) as jsms:
        began = time.monotonic()
        jsms.campaigns.send(listed(0), temp_id=TEMPLATE, journal=tmp_path / "threads.db", batch_size=5, max_rate=40)
    asyncio.run(send())
    assert time.monotonic() - began >= 35 / 40
    assert len(jsms_sandbox.messages) == 40


def test_a_store_that_is_lost_stops_a_campaign_that_keeps_to_its_rate(
    file: str, jsms_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the store is gone")

    listed = [(f"1380013{place:04}", {"number": "5"}) for place in range(20)]
    with JSMS(**jsms_sandbox.settings, store=file) as jsms:
        with monkeypatch.context() as patch:
            patch.setattr(SQLBackend, "reserve", fail)
            with pytest.raises(JournalError, match="max_rate.*the store is gone") as caught:
                jsms.campaigns.send(listed, temp_id=TEMPLATE, journal=tmp_path / "spring.db", max_rate=40)
        assert (caught.value.sending_began, caught.value.sent) == (False, "no")
        assert jsms.campaigns.send(listed, temp_id=TEMPLATE, journal=tmp_path / "spring.db").complete
    assert len(jsms_sandbox.messages) == 20


def test_a_rate_is_of_one_app(file: str, jsms_sandbox: Sandbox) -> None:
    from jsms_client.store._rates import SharedRate

    with Store(file) as store:
        assert SharedRate(store, ("http://h/v1", "a")).reserve(100, 1) == 0
        assert SharedRate(store, ("http://h/v1", "b")).reserve(100, 1) == 0
        assert SharedRate(store, ("http://h/v1", "a")).reserve(100, 1) > 90
