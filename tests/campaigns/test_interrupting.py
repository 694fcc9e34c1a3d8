"""An interrupted campaign loses nothing: it waits for requests in flight, and can continue."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest
import trio

from jsms_client import JSMS, ArgumentError, AsyncJSMS
from jsms_client.campaigns import CampaignSettings, Progress, StopReason, open_campaign
from jsms_client.campaigns._campaign import OpenJournal
from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._journal.opening import open_journal
from jsms_client.campaigns._loader import RecipientLoader
from jsms_client.campaigns._options import Service
from jsms_client.campaigns._runner import CampaignRunner
from jsms_client.campaigns._throttle import Throttle
from jsms_client.campaigns._workers import RunnerThread
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import TEMPLATE, Driver, run_on_asyncio, settings_of
from .recipients import numbers, people, reached, requests
from .sandbox_record import Record
from .signals import RECIPIENTS, Signalled

SERVICE = Service("http://127.0.0.1/v1", "app")
ON_ITS_WAY = 0.4
"""Seconds that a response takes, so that something is on its way."""
SLOWLY = 0.3
"""Seconds that progress is taken for: longer than until there is news."""


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "campaign.db"


def nothing_is_lost(driver: Driver, app: Sandbox, journal: Path) -> None:
    """Check that no recipient is unknown, that some are waiting, and that the same call reaches each once."""
    left = open_campaign(journal).counts
    assert (left.unknown, left.accepted > 0, left.waiting > 0) == (0, True, True)
    app.clear_faults()
    assert driver.send(app.settings, people(400), journal=journal).counts.accepted == 400
    assert reached(app) == numbers(400)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_what_progress_raises_is_raised_on(
    driver: Driver, app: Sandbox, journal: Path, error: type[BaseException]
) -> None:
    app.fail_next(kind="delay", delay=0.1, times=None)

    def fail(progress: Progress) -> None:
        if progress.phase == "sending" and progress.in_flight:
            raise error

    with pytest.raises(error):
        driver.send(app.settings, people(400), journal=journal, on_progress=fail)
    nothing_is_lost(driver, app, journal)


def until_something_leaves(app: Sandbox, then: Callable[[], object]) -> threading.Thread:
    """Do something once a request has reached the sandbox."""

    def watch() -> None:
        while requests(app) < 2:
            threading.Event().wait(0.01)
        then()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


@pytest.mark.usefixtures("small_batches")
@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals for threads")
def test_an_interrupt_from_the_keyboard_is_raised_on(sync: Driver, app: Sandbox, journal: Path) -> None:
    app.fail_next(kind="delay", delay=ON_ITS_WAY, times=None)
    main = threading.get_ident()
    watching = until_something_leaves(app, lambda: signal.pthread_kill(main, signal.SIGINT))
    with pytest.raises(KeyboardInterrupt), JSMS(**settings_of(app.settings)) as jsms:
        jsms.campaigns.send(people(400), temp_id=TEMPLATE, journal=journal)
    watching.join()
    nothing_is_lost(sync, app, journal)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("run", [run_on_asyncio, trio.run], ids=["asyncio", "trio"])
def test_a_cancellation_is_raised_on(
    sync: Driver, app: Sandbox, journal: Path, run: Callable[[Callable[[], Coroutine[Any, Any, None]]], None]
) -> None:
    app.fail_next(kind="delay", delay=ON_ITS_WAY, times=None)

    async def main() -> None:
        async with AsyncJSMS(**settings_of(app.settings)) as jsms:
            scope = anyio.CancelScope()
            watching = None
            with scope:
                watching = await anyio.to_thread.run_sync(until_something_leaves, app, _from_outside(scope.cancel))
                await jsms.campaigns.send(people(400), temp_id=TEMPLATE, journal=journal)
        assert scope.cancelled_caught
        assert watching is not None
        watching.join()

    run(main)
    nothing_is_lost(sync, app, journal)


@pytest.mark.usefixtures("small_batches")
def test_a_task_that_is_cancelled_is_cancelled_when_all_is_written_down(
    sync: Driver, app: Sandbox, journal: Path
) -> None:
    app.fail_next(kind="delay", delay=ON_ITS_WAY, times=None)

    async def main() -> None:
        async with AsyncJSMS(**settings_of(app.settings)) as jsms:
            sending = asyncio.ensure_future(jsms.campaigns.send(people(400), temp_id=TEMPLATE, journal=journal))
            loop = asyncio.get_running_loop()
            watching = until_something_leaves(app, lambda: loop.call_soon_threadsafe(sending.cancel))
            with pytest.raises(asyncio.CancelledError):
                await sending
            watching.join()

    asyncio.run(main())
    nothing_is_lost(sync, app, journal)


def test_what_a_cancelled_call_left_behind_takes_nothing_in(journal: Path) -> None:
    with closing(open_journal(journal, CampaignSettings(TEMPLATE), SERVICE)) as book:
        loader = RecipientLoader(book, "stop")
        loader.begin()
        loader.add([(1, people(1)[0])])
        loader.give_up()
        loader.add([(2, people(2)[1])])
        loader.finish()
    campaign = open_campaign(journal)
    assert (campaign.counts.total, campaign.complete) == (0, False)


def test_a_cancellation_while_the_list_is_read_leaves_nothing_behind(app: Sandbox, journal: Path) -> None:
    async def main() -> None:
        waits = asyncio.Event()

        async def endless() -> AsyncIterator[Any]:
            for one in people(1_000):
                yield one
            waits.set()
            await asyncio.sleep(3600)

        async with AsyncJSMS(**settings_of(app.settings)) as jsms:
            sending = asyncio.ensure_future(jsms.campaigns.send(endless(), temp_id=TEMPLATE, journal=journal))
            await waits.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            assert open_campaign(journal).counts.total == 0

    asyncio.run(main())


SIGNALLED = pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl-C there")


@SIGNALLED
@pytest.mark.parametrize("kind", ["threads", "tasks"])
def test_nothing_is_sent_once_an_interrupt_was_raised_whenever_it_comes(app: Sandbox, kind: str) -> None:
    with Signalled(kind, app.settings) as process:
        for milliseconds in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 20.0):
            assert process.send(milliseconds, -1, None) == "interrupted"
            sent = requests(app)
            time.sleep(0.1)
            assert requests(app) == sent, milliseconds


@SIGNALLED
@pytest.mark.parametrize("kind", ["threads", "tasks"])
def test_a_second_interrupt_ends_the_call_at_once_and_the_process_lives_on(
    app: Sandbox, sync: Driver, journal: Path, kind: str
) -> None:
    with Signalled(kind, app.settings) as process:
        for second in (0.0, 1.0, 3.0, 6.0, 10.0, 15.0, 20.0, 40.0):
            app.set_credit(industry=10 * RECIPIENTS)
            process.send(25.0, second, journal)
        # What was in flight may still reach the service; nothing else leaves, and the journal is free.
        sent = -1
        while requests(app) != sent:
            sent = requests(app)
            time.sleep(0.5)
        assert open_campaign(journal).counts.total == RECIPIENTS
        campaign = sync.send(app.settings, people(RECIPIENTS), journal=journal)
    assert campaign.complete
    record = Record(app.settings["base_url"].removesuffix("/v1"), app.settings["app_key"])
    messages = record.messages()
    record.close()
    assert len(messages) >= campaign.counts.accepted
    assert [mobile for mobile, ids in messages.items() if len(ids) > 1] == []


@pytest.mark.parametrize("run", [run_on_asyncio, trio.run], ids=["asyncio", "trio"])
def test_a_cancellation_while_the_journal_is_opened_leaves_it_free(
    sync: Driver, app: Sandbox, journal: Path, run: Callable[[Callable[[], Coroutine[Any, Any, None]]], None]
) -> None:
    app.set_credit(industry=0, balance=0)
    assert sync.send(app.settings, people(20_000), journal=journal).counts.waiting == 20_000

    async def main() -> None:
        async with AsyncJSMS(**settings_of(app.settings)) as jsms:
            for milliseconds in range(0, 60, 6):
                with anyio.move_on_after(milliseconds / 1000):
                    await jsms.campaigns.send(people(20_000), temp_id=TEMPLATE, journal=journal)
                with closing(open_journal(journal)) as opened:
                    assert opened.states[0] == 20_000

    run(main)
    assert reached(app) == []


@pytest.mark.parametrize("busy", [False, True], ids=["threads are free", "all threads are busy"])
def test_a_task_that_is_cancelled_twice_while_it_opens_leaves_the_journal_free(
    app: Sandbox, journal: Path, busy: bool
) -> None:
    started, go_on = threading.Event(), threading.Event()

    class Slow(os.PathLike[str]):
        def __fspath__(self) -> str:
            started.set()
            go_on.wait()
            return str(journal)

    async def main() -> None:
        async with AsyncJSMS(**settings_of(app.settings)) as jsms:
            sending = asyncio.ensure_future(jsms.campaigns.send(people(3), temp_id=TEMPLATE, journal=Slow()))
            await asyncio.to_thread(started.wait)
            other: asyncio.Future[None] | None = None
            if busy:
                limiter = anyio.to_thread.current_default_thread_limiter()
                limiter.total_tokens = 1
                other = asyncio.ensure_future(limiter.acquire_on_behalf_of(object()))
            for _ in range(2):
                sending.cancel()
                await asyncio.sleep(0.01)
            go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await sending
            if other is not None:
                await other

    asyncio.run(main())
    open_journal(journal, CampaignSettings(TEMPLATE), SERVICE).close()


def test_a_call_that_is_cancelled_twice_leaves_each_of_its_journals_free(app: Sandbox, tmp_path: Path) -> None:
    paths = [tmp_path / "spring.db", tmp_path / "summer.db"]
    for each in paths:
        open_journal(each, CampaignSettings(TEMPLATE), SERVICE).close()
    started, go_on = threading.Event(), threading.Event()

    class Slow(os.PathLike[str]):
        def __fspath__(self) -> str:
            started.set()
            go_on.wait()
            return str(paths[1])

    async def main() -> BaseException:
        async with AsyncJSMS(**settings_of(app.settings)) as jsms:
            settling = asyncio.ensure_future(jsms.campaigns.settle(paths[0], Slow(), reports=[]))
            await asyncio.to_thread(started.wait)
            limiter = anyio.to_thread.current_default_thread_limiter()
            limiter.total_tokens = 1
            other = object()
            busy = asyncio.ensure_future(limiter.acquire_on_behalf_of(other))
            for _ in range(2):
                settling.cancel()
                await asyncio.sleep(0.01)
            go_on.set()
            await busy
            limiter.release_on_behalf_of(other)
            with pytest.raises(asyncio.CancelledError) as caught:
                await settling
            return caught.value

    # Where the exception is kept, so is all that the call had.
    kept = asyncio.run(main())
    for each in paths:
        open_journal(each).close()
    assert isinstance(kept, asyncio.CancelledError)


@pytest.mark.parametrize("driver", ["sync", "asyncio", "trio"], indirect=True)
def test_a_system_that_has_no_more_threads_is_an_error_and_nothing_is_sent(
    driver: Driver, app: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name == "jsms-campaign":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        driver.send(app.settings, people(3))
    assert reached(app) == []


def test_a_thread_that_begins_too_late_sends_nothing(app: Sandbox) -> None:
    journal = Journal.temporary(CampaignSettings(TEMPLATE), SERVICE)
    runner = CampaignRunner(journal, Throttle(1, None, 0.0), {}, batch_size=1000)
    run = RunnerThread(runner, lambda job: None, lambda: None, telling=False)
    assert run.cancel()
    run.begin()
    assert not run.cancel()
    assert (run.ended, run.failures) == (False, [])
    with journal.writing():
        journal.add([(1, "13800000000", None)], [])
    started: list[object] = []
    runner.abandon()
    runner.run(started.append, None)
    assert started == []


def test_progress_is_the_newest_however_slow_it_is_taken(driver: Driver, app: Sandbox, small_batches: int) -> None:
    taken: list[float] = []

    def take(progress: Progress) -> None:
        if progress.phase == "sending":
            taken.append(progress.elapsed)
            time.sleep(SLOWLY)
            if len(taken) == 4:
                stop.set()

    app.fail_next(kind="delay", delay=0.1, times=None)
    stop = threading.Event()
    driver.send(app.settings, people(100 * small_batches), on_progress=take, stop_event=stop)
    # There is news ten times a second: of those that came meanwhile only the last is taken.
    assert taken[3] - taken[0] >= 2 * SLOWLY


@pytest.mark.usefixtures("small_batches")
def test_a_stop_event_ends_a_campaign_that_can_be_continued(driver: Driver, app: Sandbox, journal: Path) -> None:
    app.fail_next(kind="delay", delay=0.1, times=None)
    stop = threading.Event()

    def take(progress: Progress) -> None:
        if progress.phase == "sending" and progress.accepted:
            stop.set()

    campaign = driver.send(app.settings, people(400), journal=journal, on_progress=take, stop_event=stop)
    assert campaign.stop is not None
    assert campaign.stop.reason is StopReason.REQUESTED
    assert campaign.counts.accepted == len(reached(app))
    nothing_is_lost(driver, app, journal)


def test_a_stop_event_ends_a_pause_in_time(sync: Driver, app: Sandbox, journal: Path) -> None:
    stop = threading.Event()

    def take(progress: Progress) -> None:
        if progress.accepted:
            stop.set()

    began = time.monotonic()
    campaign = sync.send(app.settings, people(2), journal=journal, max_rate=0.01, stop_event=stop, on_progress=take)
    # The second would have left a hundred seconds after the first.
    assert time.monotonic() - began < 50
    assert (campaign.counts.accepted, campaign.counts.waiting) == (1, 1)


@pytest.mark.parametrize("kind", [asyncio.Event, anyio.Event])
def test_the_event_of_an_event_loop_will_do(app: Sandbox, kind: Callable[[], Any]) -> None:
    async def main() -> None:
        stop = kind()
        async with AsyncJSMS(**settings_of(app.settings)) as jsms:
            stop.set()
            campaign = await jsms.campaigns.send(people(400), temp_id=TEMPLATE, stop_event=stop)
        assert campaign.stop is not None
        assert reached(app) == []

    asyncio.run(main())


def test_a_stop_while_the_list_is_read_leaves_nothing_behind(driver: Driver, app: Sandbox, journal: Path) -> None:
    stop = threading.Event()

    def members() -> Iterator[Any]:
        yield from people(1_500)
        stop.set()
        yield from people(1_000, 1_500)

    campaign = driver.send(app.settings, members(), journal=journal, stop_event=stop)
    assert (campaign.counts.total, campaign.complete) == (0, False)
    assert campaign.stop is not None
    assert reached(app) == []


def test_a_list_whose_reading_was_stopped_is_read_anew_into_the_same_temporary_journal(
    sync: Driver, app: Sandbox
) -> None:
    stop = threading.Event()

    def members() -> Iterator[Any]:
        yield from people(1_500)
        stop.set()
        yield from people(1_000, 1_500)

    with sync.send(app.settings, members(), stop_event=stop) as stopped:
        assert stopped.counts.total == 0
        campaign = sync.send(app.settings, people(3), journal=stopped)
        assert (campaign.counts.total, campaign.counts.accepted) == (3, 3)


def test_what_was_committed_stays_when_the_next_step_is_given_up() -> None:
    journal = Journal.temporary(CampaignSettings(TEMPLATE), SERVICE)
    with journal.writing():
        journal.add([(1, "13800000000", None)], [])
        journal.complete("entries", "recipients")
    journal.roll_back()
    assert (journal.input, sum(journal.states)) == ("entries", 1)


def test_what_a_stop_event_raises_is_raised_once_every_request_has_ended(
    driver: Driver, app: Sandbox, journal: Path
) -> None:
    class Broken:
        def is_set(self) -> bool:
            if requests(app):
                raise LookupError("the flag is gone")
            return False

    app.fail_next(kind="delay", operation="sendMessageBatch", delay=0.1, times=None)
    with pytest.raises(LookupError, match="the flag is gone"):
        driver.send(app.settings, people(50), journal=journal, stop_event=Broken(), batch_size=10)
    counts = open_campaign(journal).counts
    assert (counts.accepted, counts.unknown) == (len(reached(app)), 0)
    assert counts.accepted > 0


def test_a_stop_event_has_is_set(sync: Driver, app: Sandbox) -> None:
    with pytest.raises(ArgumentError, match=r"stop_event is of type bool; give a threading\.Event"):
        sync.send(app.settings, people(3), stop_event=True)


def test_a_batch_size_limits_what_an_interruption_leaves_in_doubt(driver: Driver, app: Sandbox) -> None:
    app.fail_next(kind="drop", operation="sendMessageBatch")
    campaign = driver.send(app.settings, people(100), batch_size=30)
    assert (campaign.counts.unknown, campaign.counts.accepted) == (30, 70)
    assert requests(app) == 4
    for wrong in (0, 1_001, True, 2.0, "30"):
        with pytest.raises(ArgumentError, match="it takes from 1 to 1000|give the number, 30"):
            driver.send(app.settings, people(3), batch_size=wrong)


def _from_outside(cancel: Callable[[], object]) -> Callable[[], object]:
    """Make a function that calls ``cancel`` from any thread."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        token = trio.lowlevel.current_trio_token()
        return lambda: token.run_sync_soon(cancel)
    return lambda: loop.call_soon_threadsafe(cancel)


def test_a_journal_that_is_abandoned_once_it_is_open_is_free(journal: Path) -> None:
    opened = OpenJournal(journal)
    opened.open(CampaignSettings(TEMPLATE), SERVICE)
    opened.abandon()
    open_journal(journal, CampaignSettings(TEMPLATE), SERVICE).close()
