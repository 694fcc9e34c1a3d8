"""Send a list: each recipient once, with their own parameters, in the largest batches."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jsms_client import ArgumentError, Recipient
from jsms_client.campaigns import CampaignInputError, Counts, Progress, RecipientState, SkipReason, open_campaign
from jsms_client.errors import UnsubscribedMobileError
from jsms_runtime.times import BEIJING
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import DRIVERS, Driver
from .recipients import numbers, people, reached, requests

REFUSED = "13000050024"
"""A number that the sandbox refuses with 50024."""


def test_everyone_is_sent_to_once_in_the_largest_batches(driver: Driver, app: Sandbox) -> None:
    campaign = driver.send(app.settings, iter(people(1_100)))
    assert campaign.counts == Counts(1_100, 0, 1_100, 0, 0, 0, 0)
    assert (campaign.complete, campaign.stop, campaign.codes) == (True, None, {})
    # The sandbox tells a thousand messages at a time.
    assert app.credit.industry == 100_000 - 1_100
    assert requests(app) == 2
    mobiles = {one.msg_id: one.mobile for one in campaign.outcomes()}
    assert {message.msg_id: message.mobile for message in app.messages}.items() <= mobiles.items()
    assert app.messages[-1].text.endswith(f"您的订单{app.messages[-1].mobile[-4:]}已发货。")


def test_a_journal_in_a_file_tells_the_same(driver: Driver, app: Sandbox, tmp_path: Path) -> None:
    campaign = driver.send(app.settings, people(30), journal=tmp_path / "campaign.db", tag="spring")
    assert [(one.number, one.mobile, one.state) for one in campaign] == [
        (number, mobile, RecipientState.ACCEPTED) for number, mobile in enumerate(numbers(30), 1)
    ]
    assert sorted(one.msg_id for one in campaign) == sorted(message.msg_id for message in app.messages)
    assert {message.tag for message in app.messages} == {"spring"}
    assert campaign.settings.tag == "spring"
    assert campaign.journal == tmp_path / "campaign.db"
    # It is used in place of its journal, which is not closed with it.
    with campaign:
        again = driver.send(app.settings, people(30), journal=campaign, tag="spring")
    assert [one.msg_id for one in again] == [one.msg_id for one in campaign]


def test_it_goes_on_past_refused_recipients(driver: Driver, app: Sandbox) -> None:
    campaign = driver.send(app.settings, [*people(3), (REFUSED, {"number": "1"}), *people(3, 3)])
    assert campaign.counts == Counts(7, 0, 6, 1, 0, 0, 0)
    assert campaign.codes == {50024: 1}
    assert campaign.complete
    (refused,) = campaign.outcomes(RecipientState.REFUSED)
    assert (refused.number, refused.mobile, refused.code, refused.msg_id) == (4, REFUSED, 50024, None)
    assert isinstance(refused.error, UnsubscribedMobileError)
    assert next(iter(campaign)).error is None


def test_repeats_are_set_aside_however_they_are_written(driver: Driver, app: Sandbox) -> None:
    same = ("+86 138-0000-0000", {"number": "0000"})
    campaign = driver.send(app.settings, [*people(2), same, ("13800000001", {"number": "9"})])
    assert reached(app) == numbers(2)
    assert campaign.counts.repeats == 2
    first, second = campaign.set_aside()
    assert (first.number, first.reason, first.mobile) == (3, SkipReason.REPEAT, "13800000000")
    assert first.text == "the number is at 1 already"
    assert second.text == "the number is at 2 already, with other parameters"


@pytest.mark.parametrize("driver", ["sync", "asyncio"], indirect=True)
def test_it_can_be_sent_later_by_the_service(driver: Driver, app: Sandbox) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    campaign = driver.send(app.settings, [*people(3), (REFUSED, {"number": "1"})], send_time=tomorrow)
    assert campaign.counts == Counts(4, 0, 3, 1, 0, 0, 0)
    accepted = list(campaign.outcomes(RecipientState.ACCEPTED))
    assert len({one.schedule_id for one in accepted}) == 1
    assert {one.msg_id for one in accepted} == {None}
    assert app.messages == []
    app.clock.advance(timedelta(days=1, minutes=1))
    assert reached(app) == numbers(3)
    assert {message.schedule_id for message in app.messages} == {accepted[0].schedule_id}


def test_recipients_come_in_every_form(sync: Driver, app: Sandbox) -> None:
    given = [
        Recipient("13800000000", {"number": 1}),
        {"mobile": "13800000001", "temp_para": {"number": True}},
        ("13800000002", {"number": "3"}),
        "13800000003",
    ]
    campaign = sync.send(app.settings, given)
    assert [one.temp_para for one in campaign] == [{"number": "1"}, {"number": "true"}, {"number": "3"}, None]
    # A template with a variable needs a value for it.
    assert campaign.codes == {50023: 1}


@pytest.mark.parametrize("driver", ["asyncio", "trio"], indirect=True)
def test_an_async_client_takes_an_async_iterable(driver: Driver, app: Sandbox) -> None:
    async def members() -> AsyncIterator[tuple[str, dict[str, str]]]:
        for one in people(1_001):
            yield one

    assert driver.send(app.settings, members()).counts.accepted == 1_001


def test_a_file_is_a_list_and_its_header_names_the_parameters(driver: Driver, app: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("mobile,number\n13800000000,741627\n\n138 0000 0001,741628\n", encoding="utf-8")
    campaign = driver.send(app.settings, path)
    assert [(one.number, one.mobile, one.temp_para) for one in campaign] == [
        (2, "13800000000", {"number": "741627"}),
        (4, "13800000001", {"number": "741628"}),
    ]
    assert reached(app) == numbers(2)


def test_nothing_is_sent_where_an_entry_is_bad(driver: Driver, app: Sandbox) -> None:
    with pytest.raises(CampaignInputError) as caught:
        driver.send(app.settings, [*people(2), "1380000", "13800000009", None, *people(1_000)])
    assert caught.value.count == 2
    assert [line.number for line in caught.value.lines] == [3, 5]
    assert str(caught.value).startswith("2 entries of the list cannot be sent to; nothing was sent (3: ")
    assert app.requests == []


def test_a_bad_entry_can_be_set_aside(driver: Driver, app: Sandbox) -> None:
    campaign = driver.send(app.settings, [*people(2), "1380000"], on_bad_line="set_aside")
    assert campaign.counts == Counts(2, 0, 2, 0, 0, 0, 1)
    (skipped,) = campaign.set_aside()
    assert (skipped.number, skipped.reason, skipped.mobile) == (3, SkipReason.BAD_LINE, None)
    assert "11 digits" in skipped.text


def test_progress_is_reported(driver: Driver, app: Sandbox, small_batches: int) -> None:
    app.fail_next(kind="delay", delay=0.15, times=3)
    updates: list[Progress] = []
    threads: set[int] = set()

    def note(progress: Progress) -> None:
        updates.append(progress)
        threads.add(threading.get_ident())

    def slowly() -> Iterator[Any]:
        for place, one in enumerate(people(2_001)):
            if place == 2_000:
                threading.Event().wait(0.15)
            yield one

    driver.send(app.settings, slowly(), on_progress=note)
    assert threads == {threading.get_ident()}
    reading = [progress for progress in updates if progress.phase == "reading"]
    sending = [progress for progress in updates if progress.phase == "sending"]
    assert (reading[-1].total, reading[-1].remaining_seconds) == (2_001, None)
    assert max(each.in_flight for each in sending) > small_batches
    assert (sending[-1].accepted, sending[-1].done, sending[-1].waiting) == (2_001, 2_001, 0)
    assert sending[-1].rate > 0
    assert any(each.remaining_seconds for each in sending)
    assert all(each.total == 2_001 for each in sending)


def test_no_second_sees_more_than_the_rate(sync: Driver, app: Sandbox) -> None:
    began = time.monotonic()
    sync.send(app.settings, people(120), max_rate=100)
    assert time.monotonic() - began >= 1.0
    sent = [each for each in app.requests if each.operation == "sendMessageBatch"]
    assert [len(each.msg_ids) for each in sent] == [100, 20]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"temp_id": 0}, "temp_id"),
        ({"sign_id": "x"}, "sign_id"),
        ({"tag": "longer than ten"}, "tag"),
        ({"send_time": datetime(2030, 1, 1)}, "send_time"),
        ({"journal": 5}, "journal"),
        ({"journal": ""}, "journal"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": True}, "concurrency"),
        ({"max_rate": "fast"}, "max_rate"),
        ({"max_rate": -1.0}, "max_rate"),
        ({"max_rate": 1e-12}, "max_rate"),
        ({"max_rate": float("nan")}, "max_rate"),
        ({"on_bad_line": "skip"}, "on_bad_line"),
        ({"recipients": b"13800000000"}, "recipients"),
        ({"recipients": {"mobile": "13800000000"}}, "recipients"),
        ({"recipients": 13800000000}, "recipients"),
    ],
)
def test_an_argument_that_cannot_be_used_is_named(driver: Driver, app: Sandbox, options: Any, named: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        driver.send(app.settings, **{"recipients": people(1), **options})
    assert str(caught.value).startswith(named)
    assert app.requests == []


def test_a_sync_client_takes_no_async_iterable(sync: Driver, app: Sandbox) -> None:
    async def members() -> AsyncIterator[str]:
        yield "13800000000"

    with pytest.raises(ArgumentError, match="AsyncJSMS"):
        sync.send(app.settings, members())


def test_a_signature_is_chosen(sync: Driver, app: Sandbox) -> None:
    sign_id = app.add_sign("春天")
    sync.send(app.settings, people(1), sign_id=sign_id)
    assert app.messages[0].text.startswith("【春天】")


def test_a_temporary_journal_is_gone_when_the_campaign_is_closed(sync: Driver, app: Sandbox) -> None:
    with sync.send(app.settings, people(1)) as campaign:
        assert len(list(campaign)) == 1
        assert "accepted=1" in repr(campaign)
        assert "138" not in repr(campaign)
    for use in (lambda: list(campaign), lambda: sync.send(app.settings, people(1), journal=campaign)):
        with pytest.raises(Exception, match="was closed"):
            use()


def test_everything_is_the_same_in_threads_and_tasks(app: Sandbox) -> None:
    ended = [
        [(one.mobile, one.state, one.code) for one in driver.send(app.settings, [*people(2, place * 2), REFUSED])]
        for place, driver in enumerate(DRIVERS.values())
    ]
    assert [[each[1:] for each in campaign] for campaign in ended] == [[each[1:] for each in ended[0]]] * len(DRIVERS)


def test_progress_is_reported_from_the_first_request_on(driver: Driver, app: Sandbox) -> None:
    updates: list[Progress] = []
    driver.send(app.settings, people(3), on_progress=updates.append)
    first = next(progress for progress in updates if progress.phase == "sending")
    # The newest is handed over: a quick response may have come before the caller's turn.
    assert (first.in_flight, first.done) in ((3, 0), (0, 3))


def test_a_list_without_the_templates_parameter_is_refused_before_anything_is_sent(
    driver: Driver, app: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("mobile,Number\n13800138000,1\n13800138001,2\n", encoding="utf-8")
    journal = tmp_path / "journal.db"
    for given in (path, [("13800138000", {"Number": 1})], [("13800138000", {"number": ""})], ["13800138000"]):
        with pytest.raises(CampaignInputError, match="template 1250 needs 'number', for which no entry has a value"):
            driver.send(app.settings, given, journal=journal)
    assert not app.messages
    # The corrected file is not another campaign's list.
    path.write_text("mobile,number\n13800138000,1\n13800138001,2\n", encoding="utf-8")
    assert driver.send(app.settings, path, journal=journal).counts.accepted == 2


def test_a_template_that_cannot_be_looked_up_does_not_stop_sending(sync: Driver, app: Sandbox) -> None:
    app.fail_next(50019, operation="getTemplate", times=None)
    assert sync.send(app.settings, people(2)).counts.accepted == 2


def test_a_parameter_longer_than_any_message_is_refused(sync: Driver, app: Sandbox) -> None:
    for given in ({"number": "x" * 1001}, {"x" * 1001: "1", "number": "1"}):
        with pytest.raises(CampaignInputError, match="1001 characters"):
            sync.send(app.settings, [("13800138000", given), ("13800138001", {"number": "1"})])
    assert not app.messages


def test_outside_of_the_window_nothing_leaves(sync: Driver, app: Sandbox) -> None:
    now = datetime.now(BEIJING)
    later, much_later = (now + timedelta(hours=2)).time(), (now + timedelta(hours=3)).time()
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    campaign = sync.send(app.settings, people(3), window=(later, much_later), stop_event=stop)
    assert (campaign.counts.waiting, app.messages) == (3, [])
    earlier = (now - timedelta(hours=1)).time()
    assert sync.send(app.settings, people(3), window=(earlier, later)).counts.accepted == 3


def test_a_window_does_not_go_with_a_schedule(driver: Driver, app: Sandbox) -> None:
    with pytest.raises(ArgumentError, match="window does not go with send_time"):
        driver.send(app.settings, people(1), window="08:00-21:00", send_time="2099-07-01 09:00:00")


def test_a_scheduled_campaign_can_be_taken_back_until_it_is_sent(
    driver: Driver, app: Sandbox, tmp_path: Path, small_batches: int
) -> None:
    journal = tmp_path / "journal.db"
    when = app.clock.now + timedelta(days=1)
    driver.send(app.settings, people(2 * small_batches), journal=journal, send_time=when)
    first, second = sorted({one.schedule_id for one in open_campaign(journal) if one.schedule_id is not None})
    app.fail_next(50029, operation="deleteSchedule")
    campaign = driver.cancel(app.settings, journal)
    assert (campaign.counts.waiting, campaign.counts.accepted) == (small_batches, small_batches)
    campaign = driver.cancel(app.settings, journal)
    assert (campaign.counts.waiting, campaign.counts.accepted) == (2 * small_batches, 0)
    assert first != second
    app.clock.advance(2 * 24 * 3600)
    assert not app.messages
