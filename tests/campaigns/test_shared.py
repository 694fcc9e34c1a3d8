"""Campaigns that several processes and machines send together, from one database."""

from __future__ import annotations

import io
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engines import Engine
from engines.fixtures import SHARED, Started
from jsms_client.campaigns import (
    Campaign,
    CampaignInputError,
    JournalError,
    JournalLockedError,
    JournalMismatchError,
    RecipientState,
    StopReason,
    mark_restored,
    open_campaign,
)
from jsms_client.campaigns._error_policy import REQUESTED
from jsms_client.campaigns._journal.batches import Batch
from jsms_client.campaigns._loader import RecipientLoader
from jsms_client.campaigns._options import CampaignSettings, Service
from jsms_client.campaigns._outcomes import ACCEPTED, REFUSED, UNKNOWN, WAITING
from jsms_client.campaigns._shared.address import SharedAddress
from jsms_client.campaigns._shared.journal import SharedJournal
from jsms_client.campaigns._shared.queue import SharedQueue
from jsms_client.errors import ArgumentError, MissingDependencyError
from jsms_client.results import DeliveryReport
from jsms_sandbox.pytest_plugin import Sandbox
from sandbox.sandbox_process import Process

from . import throughput
from .drivers import TEMPLATE, Driver
from .killing_shared import SharedProof
from .recipients import numbers, people, reached


@pytest.fixture(params=SHARED)
def journal(request: pytest.FixtureRequest, started_engines: Started, tmp_path: Path) -> str:
    """Provide a campaign in an empty database, of each kind in turn."""
    return started_engines.address(request.param, tmp_path) + "?campaign=spring&lease=1"


@pytest.fixture
def postgresql(started_engines: Started, tmp_path: Path) -> str:
    """Provide a campaign in one kind of database, for what is the same in all."""
    return started_engines.address("PostgreSQL", tmp_path) + "?campaign=spring&lease=1"


def campaign_number(campaign: Campaign) -> str:
    """Return a number that was sent to."""
    return next(campaign.outcomes(RecipientState.ACCEPTED)).mobile


def test_a_list_is_sent_once_and_read_from_anywhere(driver: Driver, journal: str, app: Sandbox) -> None:
    listed = [*people(30), next(iter(people(1))), "no number"]
    campaign = driver.send(app.settings, listed, journal=journal, batch_size=8, on_bad_line="set_aside")
    assert (campaign.complete, campaign.stop) == (True, None)
    read = open_campaign(journal)
    assert read.counts == campaign.counts
    assert (read.counts.accepted, read.counts.repeats, read.counts.bad_lines) == (30, 1, 1)
    assert {(one.mobile, one.msg_id) for one in read} == {(each.mobile, each.msg_id) for each in app.messages}
    assert [each.number for each in read.set_aside()] == [31, 32]
    assert [one.number for one in read.outcomes(RecipientState.ACCEPTED)] == list(range(1, 31))
    assert list(read.outcomes(RecipientState.UNKNOWN)) == []
    text = io.StringIO()
    read.export(text)
    assert text.getvalue().count("accepted") == 30
    # The same call again has nothing to send.
    again = driver.send(app.settings, listed, journal=journal, on_bad_line="set_aside")
    assert again.counts == campaign.counts
    assert len(app.messages) == 30


def test_workers_share_the_list_and_one_of_them_loads_it(sync: Driver, journal: str, app: Sandbox) -> None:
    def work(_: int) -> Campaign:
        campaign: Campaign = sync.send(app.settings, people(200), journal=journal, batch_size=5, concurrency=2)
        return campaign

    with ThreadPoolExecutor(4) as threads:
        campaigns = list(threads.map(work, range(4)))
    assert all(campaign.complete for campaign in campaigns)
    assert reached(app) == sorted(mobile for mobile, _ in people(200))
    assert open_campaign(journal).counts.accepted == 200


def test_one_rate_holds_for_all_workers(sync: Driver, postgresql: str, app: Sandbox) -> None:
    def work(_: int) -> None:
        sync.send(app.settings, people(60), journal=postgresql, batch_size=5, max_rate=40)

    began = time.monotonic()
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, range(3)))
    # The first five leave at once.
    assert time.monotonic() - began >= 55 / 40
    assert len(app.messages) == 60


def test_a_reason_to_stop_stops_all_workers_and_the_next_run_goes_on(
    sync: Driver, postgresql: str, app: Sandbox
) -> None:
    app.set_credit(industry=40, balance=0)

    def work(_: int) -> Campaign:
        campaign: Campaign = sync.send(app.settings, people(200), journal=postgresql, batch_size=10, concurrency=1)
        return campaign

    with ThreadPoolExecutor(3) as threads:
        campaigns = list(threads.map(work, range(3)))
    assert {None if each.stop is None else each.stop.reason for each in campaigns} == {StopReason.NO_CREDIT}
    assert (stopped := open_campaign(postgresql)).stop is not None
    assert stopped.counts.accepted == len(app.messages) == 40
    app.set_credit(industry=1000)
    assert sync.send(app.settings, people(200), journal=postgresql).complete
    assert reached(app) == sorted(mobile for mobile, _ in people(200))


def test_a_request_that_is_refused_for_one_recipient_is_split_by_its_own_worker(
    sync: Driver, postgresql: str, app: Sandbox
) -> None:
    def work(_: int) -> None:
        sync.send(app.settings, people(60), journal=postgresql, batch_size=16, max_rate=200)

    listed = [mobile for mobile, _ in people(60)]
    app.fail_next(code=50006, operation="sendMessageBatch", mobile=listed[12], times=None)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, range(3)))
    campaign = open_campaign(postgresql)
    assert [one.mobile for one in campaign.outcomes(RecipientState.REFUSED)] == [listed[12]]
    assert campaign.codes == {50006: 1}
    assert reached(app) == sorted(set(listed) - {listed[12]})


def test_a_killed_workers_request_is_unknown_and_the_rest_is_sent_by_others(
    sync: Driver, journal: str, app: Sandbox
) -> None:
    app.fail_next(kind="delay", delay=5, operation="sendMessageBatch")
    child = os.fork()
    if child == 0:
        try:
            sync.send(app.settings, people(60), journal=journal, batch_size=10)
        finally:
            os._exit(1)
    while not any(request.operation == "sendMessageBatch" for request in app.requests):
        time.sleep(0.05)
    while not open_campaign(journal).running:
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    campaign = sync.send(app.settings, people(60), journal=journal, batch_size=10)
    assert campaign.complete
    assert (campaign.counts.unknown, campaign.counts.accepted) == (10, 50)
    assert len(set(reached(app))) == len(app.messages)
    # Settling says which of them were sent to.
    reports = [DeliveryReport(each.msg_id, each.mobile, datetime.now(UTC), 4001) for each in app.messages]
    others = [DeliveryReport("7", mobile, None, 4001) for mobile in ("13700000000", "no number")]
    others.append(DeliveryReport("8", campaign_number(campaign), None, 4001))
    settled = sync.settle(app.settings, journal, reports=[*reports, *others])
    assert settled.counts.unknown == 60 - len(app.messages)
    assert sum(settled.deliveries.values()) == len(app.messages)
    assert [each.msg_id for each in settled.other_reports()] == ["7", "7", "8"]
    again = sync.send(app.settings, people(60), journal=settled, repeat_unknown=True)
    assert again.counts.unknown == 0


def test_requests_that_were_lost_apart_from_each_other_can_be_sent_again_in_one(
    sync: Driver, postgresql: str, app: Sandbox
) -> None:
    for lost in (0, 4):
        app.fail_next(kind="drop", operation="sendMessageBatch", mobile=people(6)[lost][0])
    first = sync.send(app.settings, people(6), journal=postgresql, batch_size=2, concurrency=1)
    assert (first.counts.unknown, first.counts.accepted) == (4, 2)
    again = sync.send(app.settings, people(6), journal=postgresql, concurrency=1, repeat_unknown=True)
    assert again.counts.accepted == 6


def test_a_list_that_cannot_be_sent_leaves_nothing_behind(sync: Driver, postgresql: str, app: Sandbox) -> None:
    with pytest.raises(CampaignInputError):
        sync.send(app.settings, [*people(5), "no number"], journal=postgresql)
    assert open_campaign(postgresql).counts.total == 0
    assert sync.send(app.settings, people(5), journal=postgresql).counts.accepted == 5


def test_another_list_other_settings_or_another_service_is_refused(sync: Driver, postgresql: str, app: Sandbox) -> None:
    sync.send(app.settings, people(5), journal=postgresql)
    with pytest.raises(JournalMismatchError, match="the list is not the one"):
        sync.send(app.settings, people(6), journal=postgresql)
    with pytest.raises(JournalMismatchError, match="other settings"):
        sync.send(app.settings, people(5), journal=postgresql, temp_id=1)
    with pytest.raises(JournalMismatchError, match="another service"):
        sync.send({**app.settings, "base_url": "http://127.0.0.1:1/v1"}, people(5), journal=postgresql)
    other = postgresql.replace("spring", "autumn")
    with pytest.raises(JournalError, match="no campaign 'autumn' in the database"):
        open_campaign(other)
    assert sync.send(app.settings, people(6), journal=other).counts.accepted == 6
    assert len(app.messages) == 11


def test_a_scheduled_campaign_is_taken_back(driver: Driver, postgresql: str, app: Sandbox) -> None:
    later: dict[str, Any] = {"send_time": "2099-01-01 09:00:00"}
    campaign = driver.send(app.settings, people(20), journal=postgresql, batch_size=10, **later)
    assert campaign.counts.accepted == 20
    assert len({one.schedule_id for one in campaign}) == 2
    assert driver.cancel(app.settings, postgresql).counts.waiting == 20


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql+psycopg://h/db", "names no campaign"),
        ("postgresql+psycopg://h/db?campaign=" + "x" * 201, "names no campaign"),
        ("postgresql+psycopg://h/db?campaign=a&lease=0", "lease"),
        ("postgresql+psycopg://h/db?campaign=a&lease=soon", "lease"),
        ("redis://h/0?campaign=a", "redis, which cannot hold a campaign"),
        ("sqlite:///x.db?campaign=a", "sqlite, which cannot hold a campaign"),
        ("postgresql+psycopg://h:port/db?campaign=a", "journal"),
    ],
)
def test_an_address_that_cannot_be_one_is_named(address: str, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        open_campaign(address)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.delitem(sys.modules, "jsms_client.store._sqlalchemy", raising=False)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(MissingDependencyError, match=r"jsms-client\[sql\]"):
        open_campaign("postgresql+psycopg://h/db?campaign=a")


def test_a_database_that_is_not_there_is_a_journal_error_without_the_password() -> None:
    with pytest.raises(JournalError, match="cannot go on here") as caught:
        open_campaign("postgresql+psycopg://u:s3cret@127.0.0.1:1/db?campaign=a")
    assert "s3cret" not in str(caught.value)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("engine", SHARED, indirect=True)
def test_killed_workers_and_a_killed_database_send_nothing_twice_and_leave_none_out(engine: Engine) -> None:
    with Process() as sandbox:
        proof = SharedProof(sandbox.url, sandbox.auth, engine, 1, workers=3, recipients=200, crashes=1)
        result = proof.run(3)
    assert result.problems == []
    assert result.kills >= 3


def test_the_throughput_of_workers_is_measured(started_engines: Started, tmp_path: Path) -> None:
    found = throughput.measured(2, 3000, started_engines.address("PostgreSQL", tmp_path))
    assert min(found.loading, found.sending, found.cpu) > 0
    assert found.size > 3000 * 100


@pytest.mark.usefixtures("quick")
def test_all_pause_while_the_service_says_too_often(sync: Driver, postgresql: str, app: Sandbox) -> None:
    app.fail_next(code=50009, operation="sendMessageBatch", times=2)
    assert sync.send(app.settings, people(30), journal=postgresql, batch_size=10).complete
    assert reached(app) == [mobile for mobile, _ in people(30)]


def test_where_everybody_is_refused_they_wait_again(sync: Driver, postgresql: str, app: Sandbox) -> None:
    app.fail_next(code=50006, operation="sendMessageBatch", times=None)
    campaign = sync.send(app.settings, people(20), journal=postgresql)
    assert campaign.stop is not None
    assert (campaign.counts.waiting, campaign.counts.refused) == (20, 0)


def opened(address: str) -> SharedJournal:
    return SharedJournal(SharedAddress(address), CampaignSettings(TEMPLATE), Service("http://h/v1", "a" * 64))


def test_a_silent_worker_sends_nothing_that_was_taken_from_it_and_still_writes_its_outcomes(
    journal: str,
) -> None:
    silent = opened(journal.replace("lease=1", "lease=0.2"))
    silent.add([(number, mobile, None) for number, mobile in enumerate(numbers(30), 1)], [])
    silent.complete("entries", "recipients")
    silent.commit()
    other = opened(journal)
    one, two = silent.queue, other.queue
    with silent.writing():
        silent.show_alive()
        in_flight = one.next_batch(10)
        assert in_flight is not None
        one.mark_sent(in_flight)
        reserved = one.next_batch(10)
        assert reserved is not None
        one.mark_sent(reserved)
        # The service was not reached: they wait for the next request of this worker.
        one.mark_answered(reserved, WAITING)
    time.sleep(0.3)
    with other.writing():
        other.show_alive()
        assert other.states[UNKNOWN] == 10
        taken = two.next_batch(15)
        assert taken is not None
        two.mark_sent(taken)
        assert [row[0] for row in taken.rows] == list(range(11, 26))
    with silent.writing():
        one.mark_sent(reserved)
        assert list(reserved.rows) == []
        one.store_outcomes(in_flight, [(ACCEPTED, "7", None, row[0]) for row in in_flight.rows], None)
        # Too late to claim anything: it may have been sent again meanwhile, where that was asked for.
        assert silent.states == [5, 15, 10, 0, 0]
    with other.writing():
        two.mark_answered(taken, REFUSED, code=50006)
        two.requeue(taken)
        other.share_stop(REQUESTED)
        other.share_stop(REQUESTED)
        assert other.states == [20, 0, 10, 0, 0]
    other.end()
    with silent.writing():
        assert silent.stop is not None
    for each in (silent, other, other):
        each.close()


def test_a_worker_that_has_died_is_not_counted_as_running(journal: str) -> None:
    worker = opened(journal.replace("lease=1", "lease=0.1"))
    worker.complete("entries", "recipients")
    worker.show_alive()
    worker.commit()
    while open_campaign(journal).running:
        time.sleep(0.05)
    worker.close()


def test_a_run_after_a_stop_does_not_wait_for_the_pause_before_it(postgresql: str) -> None:
    stopped = opened(postgresql)
    stopped.complete("entries", "recipients")
    stopped.share_pause(3600)
    stopped.share_stop(REQUESTED)
    stopped.commit()
    stopped.close()
    again = opened(postgresql)
    with again.writing():
        again.queue.recover(None, repeat_unknown=False)
        assert again.reserve_time(1, None)
    again.close()


def test_what_a_cancelled_call_left_behind_takes_nothing_in(journal: str) -> None:
    shared = opened(journal)
    loader = RecipientLoader(shared, "stop")
    loader.begin()
    loader.add([(1, people(1)[0])])
    loader.give_up()
    loader.add([(2, people(2)[1])])
    loader.finish()
    shared.close()
    campaign = open_campaign(journal)
    assert (campaign.counts.total, campaign.complete) == (0, False)


def test_a_shared_campaign_is_settled_once_in_a_call(sync: Driver, postgresql: str, app: Sandbox) -> None:
    sync.send(app.settings, people(3), journal=postgresql)
    with pytest.raises(JournalLockedError, match="named twice"):
        sync.settle(app.settings, postgresql, f"{postgresql}&lease=5", reports=[])


def test_what_tells_shared_campaigns_apart_shows_no_password() -> None:
    spring, autumn = (SharedAddress(f"postgresql+psycopg://u:p4ss@127.0.0.1/db?campaign={n}") for n in "ab")
    assert spring.key != autumn.key
    assert "p4ss" not in repr(vars(spring))


def test_campaigns_are_settled_together_in_whichever_order(sync: Driver, postgresql: str, app: Sandbox) -> None:
    other = postgresql.replace("spring", "autumn")
    sync.send(app.settings, people(3), journal=postgresql)
    sync.send(app.settings, people(3, 3), journal=other)
    reports = [DeliveryReport(each.msg_id, each.mobile, datetime.now(UTC), 4001) for each in app.messages] * 20

    def settle(journals: tuple[str, str]) -> Campaign:
        return sync.settle(app.settings, *journals, reports=reports)

    with ThreadPoolExecutor(2) as threads:
        settled = list(threads.map(settle, [(postgresql, other), (other, postgresql)] * 3))
    assert all(sum(each.deliveries.values()) == 3 for each in settled)


def test_a_schedule_whose_time_has_passed_goes_on_with_a_later_one(postgresql: str) -> None:
    def at(send_time: str) -> SharedJournal:
        settings = CampaignSettings(TEMPLATE, send_time=send_time)
        return SharedJournal(SharedAddress(postgresql), settings, Service("http://h/v1", "a" * 64))

    first = at("2020-01-01 09:00:00")
    first.complete("entries", "recipients")
    first.commit()
    first.close()
    at("2099-01-01 09:00:00").close()
    assert open_campaign(postgresql).settings.send_time == "2099-01-01 09:00:00"
    with pytest.raises(JournalMismatchError, match="other settings"):
        at("2099-01-01 10:00:00")


def test_a_campaign_whose_list_was_never_read_may_be_corrected(sync: Driver, postgresql: str, app: Sandbox) -> None:
    with pytest.raises(CampaignInputError):
        sync.send(app.settings, ["no number"], journal=postgresql, temp_id=1)
    assert sync.send(app.settings, people(2), journal=postgresql).settings.temp_id == TEMPLATE


def test_a_batch_that_another_worker_took_over_does_not_leave(
    sync: Driver, postgresql: str, app: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark_sent = SharedQueue.mark_sent
    lost: list[int] = []

    def lose_the_first(queue: SharedQueue, batch: Batch) -> None:
        if not lost:
            lost.append(1)
            queue._journal.leave(queue._journal.holder)  # pyright: ignore[reportPrivateUsage] - as others would
            batch.rows = ()
            return
        mark_sent(queue, batch)

    monkeypatch.setattr(SharedQueue, "mark_sent", lose_the_first)
    assert sync.send(app.settings, people(20), journal=postgresql, batch_size=10).complete
    assert reached(app) == [mobile for mobile, _ in people(20)]


def test_a_campaign_in_a_database_is_not_marked_as_restored() -> None:
    with pytest.raises(ArgumentError, match="is in a database"):
        mark_restored("postgresql+psycopg://h/db?campaign=a")


def test_what_fails_while_a_shared_journal_is_written_takes_the_whole_transaction_back(journal: str) -> None:
    shared = opened(journal)
    before = shared.states
    with pytest.raises(JournalError, match="cannot go on here"), shared.writing():
        shared.execute("DELETE FROM no_such_table")
    with pytest.raises(KeyError), shared.writing():
        raise KeyError
    assert shared.states == before
    shared.close()
