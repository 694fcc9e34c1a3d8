"""Whoever stops a campaign in the middle of it loses nothing: what is on its way is waited for, and it can go on."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio

from jsms_client import JSMS, AsyncJSMS
from jsms_client.campaigns import Progress, open_campaign
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import TEMPLATE, Driver, run_on_asyncio, settings_of
from .people import numbers, people, reached, requests

ON_ITS_WAY = 0.4
"""Seconds that an answer takes, so that something is on its way."""


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "campaign.db"


def nothing_is_lost(driver: Driver, app: Sandbox, journal: Path) -> None:
    """Nobody is unknown, somebody still waits, and the same call reaches everyone once."""
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


def _from_outside(cancel: Callable[[], object]) -> Callable[[], object]:
    """The same, from any thread."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        token = trio.lowlevel.current_trio_token()
        return lambda: token.run_sync_soon(cancel)
    return lambda: loop.call_soon_threadsafe(cancel)
