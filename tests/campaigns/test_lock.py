"""The lock of a journal, whatever happens to its file, on any file system."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path

import pytest

from jsms_client import JSMSError
from jsms_client.campaigns import (
    Campaign,
    CampaignSettings,
    JournalError,
    JournalLockedError,
    JournalReplacedError,
    Progress,
    open_campaign,
)
from jsms_client.campaigns._campaign import OpenJournal
from jsms_client.campaigns._journal import file
from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._journal.opening import open_journal
from jsms_client.campaigns._journal.reader import read_running
from jsms_client.campaigns._options import Service
from jsms_sandbox.pytest_plugin import Sandbox
from sandbox.sandbox_process import ROOT, environment

from .drivers import Driver
from .recipients import numbers, people, reached

if sys.platform != "win32":
    import fcntl

SETTINGS = CampaignSettings(1250)
SERVICE = Service("http://127.0.0.1/v1", "app")
TRY = """
import sys
from pathlib import Path
from jsms_client.campaigns._journal import file
from jsms_client.campaigns._journal.opening import open_journal
file.LOCK_PATIENCE = 0.05
open_journal(Path(sys.argv[1]))
"""
LOOK = """
import sys
from jsms_client.campaigns import open_campaign
list(open_campaign(sys.argv[1]))
"""


def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate a file system without hard links."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(os, "link", refuse)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "campaign.db"


@pytest.mark.skipif(os.name != "posix", reason="closing a file drops no other lock there")
def test_a_copy_made_meanwhile_lets_no_other_process_in(
    sync: Driver, app: Sandbox, journal: Path, tmp_path: Path, small_batches: int
) -> None:
    refused: list[str] = []

    def copy(progress: Progress) -> None:
        if progress.phase == "sending" and not refused:
            shutil.copy(journal, tmp_path / "copy.db")
            for use in (TRY, LOOK):
                command = [sys.executable, "-c", use, str(journal)]
                other = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
                refused.append(other.stderr.splitlines()[-1])

    campaign = sync.send(app.settings, people(3 * small_batches), journal=journal, on_progress=copy)
    assert ["in use by another campaign" in each for each in refused] == [True, True]
    assert campaign.counts.accepted == 3 * small_batches
    assert sorted(each.name for each in tmp_path.iterdir()) == ["campaign.db", "copy.db"]


def test_a_campaign_that_is_running_can_be_looked_at(
    driver: Driver, app: Sandbox, journal: Path, small_batches: int
) -> None:
    seen: list[Campaign] = []

    def look(progress: Progress) -> None:
        if progress.phase == "sending":
            seen.append(open_campaign(journal))

    driver.send(app.settings, people(3 * small_batches), journal=journal, on_progress=look, concurrency=1)
    assert seen[0].running
    assert (seen[0].counts.total, seen[0].counts.in_flight) == (3 * small_batches, small_batches)
    assert (seen[0].counts.unknown, seen[0].codes) == (0, {})
    ended = open_campaign(journal)
    assert (ended.running, ended.counts.in_flight, ended.counts.accepted) == (False, 0, 3 * small_batches)


def test_a_journal_that_is_being_written_all_the_time_is_in_use(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "LOCK_PATIENCE", 0.05)
    with closing(open_journal(journal, SETTINGS, SERVICE)):
        content = bytearray(journal.read_bytes())
        content[content.index(b"http:")] = 0
        torn = journal.with_name("torn.db")
        torn.write_bytes(content)
    with pytest.raises(JournalLockedError):
        read_running(torn)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no such children")
@pytest.mark.parametrize("phase", ["reading", "sending"])
@pytest.mark.parametrize("end", ["os._exit", "sys.exit", "stays"])
def test_a_child_that_is_forked_meanwhile_neither_keeps_nor_harms_the_journal(
    app: Sandbox, sync: Driver, journal: Path, phase: str, end: str
) -> None:
    paths = [str(ROOT / folder) for folder in ("tests", "overlay", "generated", "sandbox")]
    command = [sys.executable, "-m", "campaigns.forking", json.dumps(dict(app.settings)), str(journal), phase, end]
    done = subprocess.run(
        command, env=environment() | {"PYTHONPATH": os.pathsep.join(paths)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "400 accepted\n"), done.stderr
    # The child that outlives its parent is still there: it has no lock.
    assert sync.send(app.settings, people(400), journal=journal).complete
    assert reached(app) == numbers(400)


def test_two_calls_that_begin_together_exclude_each_other_without_links(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_links(monkeypatch)
    monkeypatch.setattr(file, "LOCK_PATIENCE", 0.05)
    fill = file.create
    refused: list[JSMSError] = []

    def create(path: Path, head: file.Statement) -> None:
        with pytest.raises(JournalLockedError) as caught:
            open_journal(path, CampaignSettings(7), SERVICE)
        refused.append(caught.value)
        fill(path, head)

    monkeypatch.setattr(file, "create", create)
    with closing(open_journal(journal, SETTINGS, SERVICE)) as opened:
        assert opened.settings == SETTINGS
    assert len(refused) == 1


@pytest.mark.skipif(os.name != "posix", reason="there is no such lock")
def test_a_journal_is_locked_again_after_another_call_released_it(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = file.acquire(journal, 0.0)
    flock = fcntl.flock

    def release_before(descriptor: int, kind: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        # Its name is gone by now: a lock on it would be useless.
        first.release()
        flock(descriptor, kind)

    monkeypatch.setattr(fcntl, "flock", release_before)
    second = file.acquire(journal, 1.0)
    with pytest.raises(JournalLockedError):
        file.acquire(journal, 0.0)
    second.release()
    second.release()
    assert list(journal.parent.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="there is no such lock")
def test_a_file_system_without_such_locks_leaves_it_to_the_database(
    sync: Driver, app: Sandbox, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    monkeypatch.setattr(file, "LOCK_PATIENCE", 0.05)
    refused: list[JSMSError] = []

    def again(_: Progress) -> None:
        with pytest.raises(JournalLockedError) as caught:
            sync.send(app.settings, people(3), journal=journal)
        refused.append(caught.value)

    assert sync.send(app.settings, people(3), journal=journal, on_progress=again).counts.accepted == 3
    assert refused


def test_two_calls_on_a_campaign_without_a_file_exclude_each_other(sync: Driver, app: Sandbox) -> None:
    app.set_credit(industry=2, balance=0)
    stopped = sync.send(app.settings, people(5))
    app.set_credit(industry=100)
    refused: list[JSMSError] = []

    def again(_: Progress) -> None:
        for use in (
            lambda: sync.send(app.settings, people(5), journal=stopped),
            lambda: sync.settle(app.settings, stopped),
        ):
            with pytest.raises(JournalLockedError, match="the temporary journal is in use") as caught:
                use()
            refused.append(caught.value)

    campaign = sync.send(app.settings, people(5), journal=stopped, on_progress=again)
    assert refused
    assert campaign.counts.accepted == 5
    assert reached(app) == numbers(5)


def test_a_killed_process_leaves_no_lock(sync: Driver, app: Sandbox, journal: Path) -> None:
    sync.send(app.settings, people(3), journal=journal)
    (journal.parent / ".campaign.db.lock").touch()
    assert open_campaign(journal).counts.accepted == 3
    assert sync.send(app.settings, people(3), journal=journal).complete
    assert [each.name for each in journal.parent.iterdir()] == [journal.name]


@pytest.mark.skipif(os.name != "posix", reason="there is no such lock")
def test_a_journal_is_one_whatever_it_is_called(journal: Path) -> None:
    link = journal.with_name("link.db")
    link.symlink_to(journal)
    with closing(open_journal(journal, SETTINGS, SERVICE)), pytest.raises(JournalLockedError):
        file.acquire(link, 0.0)


def test_a_journal_is_not_opened_for_a_call_that_is_over(journal: Path) -> None:
    late = OpenJournal(journal)
    late.close()
    late.close()
    with pytest.raises(JournalError, match="closed before it was open"):
        late.open(SETTINGS, SERVICE)
    assert list(journal.parent.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no such children")
def test_a_child_cannot_use_what_it_inherited(journal: Path) -> None:
    opened = open_journal(journal, SETTINGS, SERVICE)
    child = os.fork()
    if child == 0:
        status = 1
        with suppress(BaseException):
            opened.roll_back()
            opened.close()
            try:
                opened.begin()
            except JournalError as error:
                status = 0 if "forked from" in str(error) else 2
        os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with pytest.raises(JournalLockedError):
        file.acquire(journal, 0.0)
    opened.close()
    opened.close()
    with pytest.raises(JournalError, match="was closed"):
        opened.begin()


@pytest.mark.skipif(os.name != "posix", reason="there is no such lock")
def test_a_system_without_a_folder_for_temporary_files_has_the_other_lock(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(journal.with_name("none")))
    held = file.acquire(journal, 0.0)
    with pytest.raises(JournalLockedError):
        file.acquire(journal, 0.0)
    held.release()


def test_what_belongs_to_another_process_is_left_alone(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(open_journal(journal, SETTINGS, SERVICE)) as opened:
        with monkeypatch.context() as forked:
            forked.setattr(os, "getpid", lambda: 1)
            opened.close()
            with pytest.raises(JournalError, match="in use by the process that this one was forked from"):
                opened.begin()
        assert not opened.closed


def test_a_temporary_journal_is_not_watched() -> None:
    with closing(Journal.temporary(SETTINGS, SERVICE)) as temporary:
        temporary.check_in_place()
        assert temporary.watch is None


def test_a_journal_that_is_written_over_is_seen_before_a_request_leaves(journal: Path) -> None:
    with closing(open_journal(journal, SETTINGS, SERVICE)) as opened:
        older = journal.read_bytes()
        with opened.writing():
            opened.add([(1, "13800000000", None)], [])
        opened.check_in_place()
        journal.write_bytes(older)
        with pytest.raises(JournalReplacedError, match="was written over"):
            opened.check_in_place()


def test_a_journal_that_could_not_be_made_is_not_locked_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "campaign.db"
    with pytest.raises(JournalError, match="cannot be used") as caught:
        open_journal(path, SETTINGS, SERVICE)
    path.parent.mkdir()
    # Where the error is kept, nothing stays locked.
    assert caught.value is not None
    open_journal(path, SETTINGS, SERVICE).close()
