"""A journal whose file is removed, replaced or overwritten while it is in use: sending stops, nothing is sent twice."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from jsms_client.campaigns import (
    CampaignSettings,
    JournalDamagedError,
    JournalError,
    JournalLockedError,
    JournalReplacedError,
    Progress,
    mark_restored,
    open_campaign,
)
from jsms_client.campaigns._journal import file
from jsms_client.campaigns._journal.opening import open_journal
from jsms_client.campaigns._options import Service
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import Driver
from .recipients import numbers, people, reached, requests

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="a file that is open cannot be removed or replaced there"),
    pytest.mark.usefixtures("small_batches"),
]
PEOPLE = 200
SETTINGS = CampaignSettings(1250)
SERVICE = Service("http://127.0.0.1/v1", "app")


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder" / "campaign.db"


@pytest.fixture
def older(sync: Driver, app: Sandbox, journal: Path, tmp_path: Path) -> Path:
    """Provide a copy of the journal from before the first request, whose campaign was begun."""
    copy = tmp_path / "older.db"

    def take(progress: Progress) -> None:
        if progress.phase == "sending" and not copy.exists():
            shutil.copy(journal, copy)
            raise InterruptedError

    app.fail_next(kind="delay", delay=0.1, times=None)
    with pytest.raises(InterruptedError):
        sync.send(app.settings, people(PEOPLE), journal=journal, on_progress=take, concurrency=1)
    assert 0 < open_campaign(journal).counts.accepted < PEOPLE
    return copy


def remove(journal: Path, older: Path) -> None:
    journal.unlink()


def replace(journal: Path, older: Path) -> None:
    older.replace(journal)


def remove_and_copy(journal: Path, older: Path) -> None:
    journal.unlink()
    shutil.copy(older, journal)


def rename_the_folder(journal: Path, older: Path) -> None:
    journal.parent.rename(journal.parent.with_name("moved"))


def make_the_folder_anew(journal: Path, older: Path) -> None:
    shutil.rmtree(journal.parent)
    journal.parent.mkdir()


def lead_the_link_elsewhere(journal: Path, older: Path) -> None:
    journal.rename(journal.with_name("real.db"))
    journal.symlink_to(older)


def overwrite(journal: Path, older: Path) -> None:
    journal.write_bytes(older.read_bytes())


def empty(journal: Path, older: Path) -> None:
    os.truncate(journal, 0)


def cut(journal: Path, older: Path) -> None:
    os.truncate(journal, journal.stat().st_size - 4_096)


WAYS = [
    remove,
    replace,
    remove_and_copy,
    rename_the_folder,
    make_the_folder_anew,
    lead_the_link_elsewhere,
    overwrite,
    empty,
    cut,
]


def continue_and(driver: Driver, app: Sandbox, journal: Path, change: Callable[[], object]) -> None:
    """Go on with the campaign, and do something to its journal once something more was accepted."""
    before = open_campaign(journal).counts.accepted
    changed: list[None] = []

    def watch(progress: Progress) -> None:
        if progress.phase == "sending" and progress.accepted > before and not changed:
            changed.append(None)
            change()

    driver.send(app.settings, people(PEOPLE), journal=journal, on_progress=watch, concurrency=2)


def test_a_file_that_is_gone_once_everybody_was_sent_to_says_that_sending_had_begun(
    driver: Driver, app: Sandbox, journal: Path
) -> None:
    def watch(progress: Progress) -> None:
        if progress.accepted == PEOPLE:
            journal.unlink(missing_ok=True)

    with pytest.raises(JournalReplacedError) as caught:
        driver.send(app.settings, people(PEOPLE), journal=journal, on_progress=watch)
    assert (caught.value.sending_began, caught.value.sent) == (True, "unknown")
    assert caught.value.rescued is not None


@pytest.mark.parametrize("way", WAYS)
def test_sending_stops_and_the_same_call_sends_nothing_twice(
    sync: Driver, app: Sandbox, journal: Path, older: Path, way: Callable[[Path, Path], None]
) -> None:
    with pytest.raises(JournalReplacedError, match="Do not send to this list again before that is put right") as caught:
        continue_and(sync, app, journal, lambda: way(journal, older))
    assert caught.value.sending_began
    stopped = requests(app)
    assert len(reached(app)) < PEOPLE
    app.clear_faults()
    # As a program does that is started again by itself.
    with suppress(JournalError):
        sync.send(app.settings, people(PEOPLE), journal=journal)
    assert requests(app) == stopped
    if (rescued := caught.value.rescued) is not None:
        journal.unlink(missing_ok=True)
        rescued.rename(journal)
        # Into a file that was cut, what was in flight could not be written any more.
        unknown = open_campaign(journal).counts.unknown
        assert unknown == 0 or way is cut
        assert sync.send(app.settings, people(PEOPLE), journal=journal).counts.accepted == PEOPLE - unknown
        assert reached(app) == numbers(PEOPLE)


@pytest.mark.parametrize("driver", ["asyncio", "trio"], indirect=True)
def test_tasks_stop_in_the_same_way(driver: Driver, app: Sandbox, journal: Path, older: Path) -> None:
    with pytest.raises(JournalReplacedError, match=r"campaign\.db\.rescued"):
        continue_and(driver, app, journal, journal.unlink)


def test_what_was_in_flight_is_in_the_rescued_file(sync: Driver, app: Sandbox, journal: Path, older: Path) -> None:
    with pytest.raises(JournalReplacedError):
        continue_and(sync, app, journal, journal.unlink)
    counts = open_campaign(file.rescued(journal)).counts
    assert (counts.accepted, counts.unknown) == (len(reached(app)), 0)


def test_an_older_copy_written_over_it_is_marked(sync: Driver, app: Sandbox, journal: Path, older: Path) -> None:
    with pytest.raises(JournalReplacedError, match="jsms campaign settle"):
        continue_and(sync, app, journal, lambda: overwrite(journal, older))
    assert open_campaign(journal).counts.waiting == 0


def test_a_file_of_something_else_written_over_it_is_left_alone(
    sync: Driver, app: Sandbox, journal: Path, older: Path
) -> None:
    with pytest.raises(JournalReplacedError, match="jsms campaign restored"):
        continue_and(sync, app, journal, lambda: journal.write_text("nothing"))
    assert journal.read_text() == "nothing"


def test_a_journal_that_is_gone_at_the_end_is_said_so(sync: Driver, app: Sandbox, journal: Path) -> None:
    def remove_last(progress: Progress) -> None:
        if progress.phase == "sending" and progress.accepted == PEOPLE:
            journal.unlink()

    with pytest.raises(JournalReplacedError) as caught:
        sync.send(app.settings, people(PEOPLE), journal=journal, on_progress=remove_last)
    assert caught.value.rescued is not None
    assert open_campaign(caught.value.rescued).complete


def test_a_second_process_is_kept_out_of_a_folder_that_was_made_anew(
    sync: Driver, app: Sandbox, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "LOCK_PATIENCE", 0.05)
    opened = open_journal(journal, SETTINGS, SERVICE)
    make_the_folder_anew(journal, journal)
    with pytest.raises(JournalLockedError):
        sync.send(app.settings, people(3), journal=journal)
    opened.close()
    assert reached(app) == []


def test_a_restored_copy_sends_nothing_twice(sync: Driver, app: Sandbox, journal: Path, older: Path) -> None:
    accepted = reached(app)
    older.replace(journal)
    campaign = mark_restored(journal)
    assert (campaign.counts.waiting, campaign.counts.unknown) == (0, PEOPLE)
    app.clear_faults()
    sync.send(app.settings, people(PEOPLE), journal=journal)
    assert reached(app) == accepted
    # Delivery reports tell who it was.
    app.clock.advance(60)
    assert sync.settle(app.settings, journal).counts.accepted == len(accepted)
    sync.send(app.settings, people(PEOPLE), journal=journal, repeat_unknown=True)
    assert Counter(reached(app)) == Counter(numbers(PEOPLE))


def test_a_copy_from_before_the_list_was_read_is_not_restored(app: Sandbox, journal: Path) -> None:
    open_journal(journal, SETTINGS, SERVICE).close()
    with pytest.raises(JournalError, match="copied before its list was read"):
        mark_restored(journal)


def test_where_a_copy_is_advised_it_is_said_what_to_do_with_it(journal: Path) -> None:
    journal.write_bytes(b"nothing")
    with pytest.raises(JournalDamagedError, match="jsms campaign restored .* before anything else"):
        open_campaign(journal)
