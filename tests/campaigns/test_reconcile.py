"""Unknown recipients are settled by delivery reports, polled or from callbacks."""

from __future__ import annotations

import inspect
import json
import signal
import sys
import threading
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import anyio
import httpx
import pytest

from jsms_client import JSMS, ArgumentError, AsyncJSMS
from jsms_client.campaigns import Campaign, RecipientState, Settlement, open_campaign
from jsms_client.campaigns._journal.deliveries import Deliveries, Delivery
from jsms_client.errors import OutOfFreqError
from jsms_client.results import DeliveryReport, DeliveryStatus, MalformedRecord
from jsms_runtime.times import clock_difference
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import Driver
from .recipients import numbers, people, reached, requests

OPERATION = "sendMessageBatch"


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "campaign.db"


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short polling intervals."""
    for side in ("_async", "_sync"):
        monkeypatch.setattr(f"jsms_client.{side}.campaigns.POLL_SECONDS", 0.02)


def report(mobile: str, msg_id: str = "900", *, status: int = 4001, seconds: float = 1.0) -> DeliveryReport:
    """Return a delivery report, some seconds from now."""
    return DeliveryReport(msg_id, mobile, datetime.now(UTC) + timedelta(seconds=seconds), status)


@contextmanager
def passing_time(app: Sandbox) -> Generator[None]:
    """Let the sandbox's time pass meanwhile, quicker than the real one."""
    ended = threading.Event()

    def advance() -> None:
        while not ended.wait(0.01):
            app.clock.advance(5)

    thread = threading.Thread(target=advance)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_unknown_ones_that_were_sent_to_are_accepted(driver: Driver, app: Sandbox, journal: Path) -> None:
    app.fail_next(kind="drop", operation=OPERATION)
    assert driver.send(app.settings, people(3), journal=journal).counts.unknown == 3
    app.clock.advance(10)
    campaign = driver.settle(app.settings, journal)
    assert (campaign.counts.accepted, campaign.counts.unknown, campaign.stop) == (3, 0, None)
    sent = {message.mobile: message.msg_id for message in app.messages}
    for one in campaign:
        assert (one.state, one.msg_id, one.settled) == (RecipientState.ACCEPTED, sent[one.mobile], True)
        assert one.delivery is DeliveryStatus.DELIVERED
        assert one.delivered_at is not None
        assert abs(one.delivered_at - app.clock.now) < timedelta(minutes=1)


def test_unknown_ones_that_were_not_sent_to_stay_unknown(driver: Driver, app: Sandbox, journal: Path) -> None:
    app.fail_next(kind="reset", operation=OPERATION)
    driver.send(app.settings, people(3), journal=journal)
    campaign = driver.settle(app.settings, journal)
    assert campaign.counts.unknown == 3


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize("driver", ["sync", "asyncio"], indirect=True)
def test_polling_goes_on_until_there_is_nothing_more(
    driver: Driver, app: Sandbox, small_batches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How quickly the sandbox's time passes is up to the machine.
    for side in ("_async", "_sync"):
        monkeypatch.setattr(f"jsms_client.{side}.campaigns.MOST_REFUSALS", sys.maxsize)
    app.fail_next(kind="reset", operation=OPERATION)
    campaign = driver.send(app.settings, people(small_batches + 5))
    assert (campaign.counts.unknown, campaign.counts.accepted) == (small_batches, 5)
    app.clock.advance(10)
    with passing_time(app):
        settled = driver.settle(app.settings, campaign, wait=0.1)
    assert settled.counts.unknown == small_batches
    assert [one.delivery for one in settled.outcomes(RecipientState.ACCEPTED)] == [DeliveryStatus.DELIVERED] * 5
    assert not any(one.settled for one in settled)


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize("driver", ["sync", "asyncio"], indirect=True)
def test_a_poll_that_comes_too_early_is_retried(driver: Driver, app: Sandbox) -> None:
    campaign = driver.send(app.settings, people(2))
    app.clock.advance(10)
    app.fail_next(50009, operation="pollReports", times=2)
    settled = driver.settle(app.settings, campaign)
    assert [one.delivery for one in settled] == [DeliveryStatus.DELIVERED] * 2
    # Nothing more is to be learned, so nothing is asked.
    polls = len(app.requests)
    driver.settle(app.settings, campaign)
    assert len(app.requests) == polls


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize("driver", ["sync", "asyncio"], indirect=True)
def test_polls_that_are_always_too_early_are_an_error(driver: Driver, app: Sandbox, journal: Path) -> None:
    driver.send(app.settings, people(2), journal=journal)
    app.fail_next(50009, operation="pollReports", times=None)
    with pytest.raises(OutOfFreqError):
        driver.settle(app.settings, journal)
    app.clear_faults()
    app.clock.advance(60)
    assert driver.settle(app.settings, journal).counts.accepted == 2


def test_reports_of_callbacks_are_taken_too(driver: Driver, app: Sandbox, journal: Path) -> None:
    app.fail_next(kind="drop", operation=OPERATION)
    driver.send(app.settings, people(3), journal=journal)
    given = [report("13800000000", "901"), report("13800000001", "902", status=4003), report("13900000000")]
    updates: list[Settlement] = []
    campaign = driver.settle(app.settings, journal, reports=iter(given), on_progress=updates.append)
    assert updates == [Settlement(3, 2, 1)]
    first, second, third = campaign
    assert (first.state, first.msg_id, first.delivery) == (RecipientState.ACCEPTED, "901", 4001)
    assert (second.state, second.delivery) == (RecipientState.ACCEPTED, DeliveryStatus.HANDSET_UNAVAILABLE)
    assert (third.state, third.delivery) == (RecipientState.UNKNOWN, None)
    # Given reports, it does not ask for others.
    assert "pollReports" not in {request.operation for request in app.requests}


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, TimeoutError])
def test_an_interrupt_while_reports_are_written_down_loses_none(
    sync: Driver, app: Sandbox, journal: Path, monkeypatch: pytest.MonkeyPatch, raised: type[BaseException]
) -> None:
    note, interrupted = Deliveries.note, list[str]()

    def handler(number: int, frame: FrameType | None) -> None:
        raise raised(number, frame)

    def once(deliveries: Deliveries, delivery: Delivery) -> bool:
        if not interrupted:
            interrupted.append(delivery.mobile)
            handler(signal.SIGTERM, inspect.currentframe())
        return note(deliveries, delivery)

    sync.send(app.settings, people(3), journal=journal)
    app.clock.advance(10)
    monkeypatch.setattr(Deliveries, "note", once)
    with pytest.raises(raised):
        sync.settle(app.settings, journal)
    assert open_campaign(journal).deliveries == {DeliveryStatus.DELIVERED: 3}


class AddsUnreadable(httpx.HTTPTransport):
    """Adds a report that cannot be read to those that the service hands out."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if not request.url.path.endswith("/report"):
            return response
        records = json.loads(response.read())
        return httpx.Response(200, json=[*records, {"phone": "13800000000"}])


def test_a_polled_report_that_cannot_be_read_is_kept(
    sync: Driver, app: Sandbox, journal: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sync.send(app.settings, people(1), journal=journal)
    app.clock.advance(10)
    with httpx.Client(transport=AddsUnreadable()) as http_client, JSMS(**app.settings, http_client=http_client) as jsms:
        jsms.campaigns.settle(journal)
        (kept,) = jsms.receipts.iter_reports().malformed
    assert kept.raw == {"phone": "13800000000"}
    assert "1 delivery reports cannot be read" in caplog.text
    assert "13800000000" not in caplog.text
    assert open_campaign(journal).deliveries == {DeliveryStatus.DELIVERED: 1}


class AddsUnreadableAsync(httpx.AsyncHTTPTransport):
    """Adds a report that cannot be read to those that the service hands out."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if not request.url.path.endswith("/report"):
            return response
        records = json.loads(await response.aread())
        return httpx.Response(200, json=[*records, {"phone": "13800000000"}])


def test_a_polled_report_that_cannot_be_read_is_kept_by_the_async_client(
    sync: Driver, app: Sandbox, journal: Path
) -> None:
    async def settle() -> tuple[MalformedRecord, ...]:
        async with (
            httpx.AsyncClient(transport=AddsUnreadableAsync()) as http_client,
            AsyncJSMS(**app.settings, http_client=http_client) as jsms,
        ):
            await jsms.campaigns.settle(journal)
            return tuple(jsms.receipts.iter_reports().malformed)

    sync.send(app.settings, people(1), journal=journal)
    app.clock.advance(10)
    (kept,) = anyio.run(settle)
    assert kept.raw == {"phone": "13800000000"}


@pytest.mark.parametrize("driver", ["asyncio", "trio"], indirect=True)
def test_reports_may_come_asynchronously(driver: Driver, app: Sandbox, journal: Path) -> None:
    async def reports() -> AsyncIterator[DeliveryReport]:
        yield report("13800000000")

    app.fail_next(kind="drop", operation=OPERATION)
    driver.send(app.settings, people(1), journal=journal)
    assert driver.settle(app.settings, journal, reports=reports()).counts.accepted == 1


@pytest.mark.parametrize(
    "other",
    [
        report("13800000000", seconds=-600),
        DeliveryReport("900", "13800000000", None, 4001),
        report("13800000009"),
    ],
    ids=["from before the request", "of no time", "of another number"],
)
def test_a_report_of_another_message_settles_no_recipient(sync: Driver, app: Sandbox, other: DeliveryReport) -> None:
    app.fail_next(kind="drop", operation=OPERATION)
    campaign = sync.send(app.settings, people(1))
    assert sync.settle(app.settings, campaign, reports=[other]).counts.unknown == 1


def test_an_accepted_one_is_known_by_its_id(sync: Driver, app: Sandbox) -> None:
    campaign = sync.send(app.settings, people(1))
    (one,) = campaign
    other, own = report(one.mobile, "900"), report(one.mobile, one.msg_id or "", status=4003, seconds=-600)
    assert [each.delivery for each in sync.settle(app.settings, campaign, reports=[other])] == [None]
    assert [each.delivery for each in sync.settle(app.settings, campaign, reports=[own])] == [4003]


def test_messages_of_a_schedule_are_known_by_their_number(sync: Driver, app: Sandbox) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    campaign = sync.send(app.settings, people(1), send_time=tomorrow)
    early, late = report("13800000000", "900"), report("13800000000", "901", seconds=86_500)
    (one,) = sync.settle(app.settings, campaign, reports=[early, late])
    assert (one.msg_id, one.delivery, one.settled) == ("901", DeliveryStatus.DELIVERED, False)


@pytest.mark.parametrize(
    ("options", "named"),
    [({"wait": "long"}, "wait"), ({"wait": -1}, "wait"), ({"journal": None}, "journal"), ({"reports": 7}, "reports")],
)
def test_an_argument_that_cannot_be_used_is_named(driver: Driver, app: Sandbox, options: Any, named: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{named}"):
        driver.settle(app.settings, **{"journal": "campaign.db", **options})


@pytest.mark.parametrize(("days", "unknown"), [(0.9, 0), (1.1, 1)])
def test_a_report_of_another_day_is_of_another_message(
    sync: Driver, app: Sandbox, journal: Path, days: float, unknown: int
) -> None:
    app.fail_next(kind="reset", operation=OPERATION)
    sync.send(app.settings, people(1), journal=journal)
    later = report(people(1)[0][0], seconds=days * 24 * 3600)
    assert sync.settle(app.settings, journal, reports=[later]).counts.unknown == unknown


@pytest.mark.parametrize("wrong", [None, 7, {"msg_id": "1"}])
def test_what_is_no_delivery_report_is_refused(sync: Driver, app: Sandbox, journal: Path, wrong: Any) -> None:
    sync.send(app.settings, people(1), journal=journal)
    with pytest.raises(ArgumentError, match="^reports has an entry that is "):
        sync.settle(app.settings, journal, reports=[wrong])


def test_unknown_ones_are_sent_to_once_more_after_each_settling(sync: Driver, app: Sandbox, tmp_path: Path) -> None:
    journal = tmp_path / "campaign.db"

    def send(*, repeat_unknown: bool) -> Campaign:
        app.fail_next(kind="reset", operation="sendMessageBatch")
        campaign: Campaign = sync.send(app.settings, people(3), journal=journal, repeat_unknown=repeat_unknown)
        app.clear_faults()
        return campaign

    send(repeat_unknown=False)
    assert [one.resent for one in send(repeat_unknown=True)] == [True] * 3
    before = requests(app)
    assert send(repeat_unknown=True).counts.unknown == 3
    assert requests(app) == before
    assert [one.resent for one in sync.settle(app.settings, journal, reports=[])] == [False] * 3
    assert sync.send(app.settings, people(3), journal=journal, repeat_unknown=True).counts.accepted == 3
    assert reached(app) == numbers(3)


def test_settling_one_campaign_keeps_the_reports_of_another(driver: Driver, app: Sandbox, tmp_path: Path) -> None:
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    driver.send(app.settings, people(2), journal=first)
    app.fail_next(kind="drop", operation=OPERATION)
    driver.send(app.settings, people(3, 10), journal=second)
    app.clock.advance(10)

    settled = driver.settle(app.settings, first)
    others = list(settled.other_reports())

    assert settled.deliveries == {DeliveryStatus.DELIVERED: 2}
    assert len(others) == 3
    assert driver.settle(app.settings, second, reports=others).counts.unknown == 0


def test_several_journals_are_settled_by_the_same_reports(driver: Driver, app: Sandbox, tmp_path: Path) -> None:
    journals = [tmp_path / "first.db", tmp_path / "second.db"]
    for place, journal in enumerate(journals):
        app.fail_next(kind="drop", operation=OPERATION)
        driver.send(app.settings, people(2, 10 * place), journal=journal)
    app.clock.advance(10)
    updates: list[Settlement] = []

    driver.settle(app.settings, *journals, on_progress=updates.append)

    assert [open_campaign(journal).counts.unknown for journal in journals] == [0, 0]
    assert updates[-1] == Settlement(reports=4, matched=4, unknown=0)


@pytest.mark.parametrize("mobile", ["none", "13900000000"])
def test_a_report_of_no_recipient_is_kept(sync: Driver, app: Sandbox, journal: Path, mobile: str) -> None:
    sync.send(app.settings, people(1), journal=journal)
    campaign = sync.settle(app.settings, journal, reports=[report(mobile)] * 2)
    (kept,) = campaign.other_reports()
    assert (kept.phone, kept.msg_id, kept.status) == (mobile, "900", 4001)


@pytest.mark.parametrize("mobile", ["+8613800000000", "86 138-0000-0000", "13800000000"])
def test_a_report_with_the_number_in_another_writing_settles(
    sync: Driver, app: Sandbox, journal: Path, mobile: str
) -> None:
    app.fail_next(kind="reset", operation=OPERATION)
    sync.send(app.settings, people(1), journal=journal)
    assert sync.settle(app.settings, journal, reports=[report(mobile)]).counts.accepted == 1


def test_a_report_is_matched_by_its_id_whatever_its_number_and_time(sync: Driver, app: Sandbox, journal: Path) -> None:
    (sent,) = sync.send(app.settings, people(1), journal=journal)
    assert sent.msg_id is not None
    odd = report("none", sent.msg_id, seconds=-7200)
    assert sync.settle(app.settings, journal, reports=[odd]).deliveries == {DeliveryStatus.DELIVERED: 1}


@pytest.mark.parametrize("seconds", [-240, -30, 30, 3600])
def test_clocks_that_differ_by_minutes_lose_no_report(
    sync: Driver, app: Sandbox, journal: Path, seconds: float
) -> None:
    app.fail_next(kind="reset", operation=OPERATION)
    sync.send(app.settings, people(1), journal=journal)
    given = [report("13800000000", seconds=seconds)]
    assert sync.settle(app.settings, journal, reports=given).counts.accepted == 1


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        (None, 0.0),
        ("Thu, 26 Nov 2026 08:00:00 GMT", 0.0),
        ("Thu, 26 Nov 2026 08:00:01 GMT", 0.0),
        ("Thu, 26 Nov 2026 07:58:00 GMT", -120.0),
        ("Thu, 26 Nov 2026 09:00:00 GMT", 3600.0),
        ("yesterday", 0.0),
        ("", 0.0),
    ],
)
def test_the_services_clock_is_known_from_its_responses(date: str | None, ahead: float) -> None:
    assert clock_difference(date, datetime(2026, 11, 26, 8, tzinfo=UTC).timestamp()) == ahead
