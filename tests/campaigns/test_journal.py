"""A journal belongs to one campaign and one list, is used by one call at a time, and is checked for damage."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from jsms_client import JSMS, JSMSError
from jsms_client.campaigns import (
    CampaignError,
    CampaignInputError,
    CampaignSettings,
    Counts,
    JournalDamagedError,
    JournalError,
    JournalLockedError,
    JournalMismatchError,
    Progress,
    SkipReason,
    open_campaign,
)
from jsms_client.campaigns._journal import file
from jsms_client.campaigns._journal.batches import BatchQueue
from jsms_client.campaigns._journal.file import Connection
from jsms_client.campaigns._journal.journal import new_head, read_head, settings_from_text, settings_to_text
from jsms_client.campaigns._journal.opening import open_journal
from jsms_client.campaigns._options import Service
from jsms_client.campaigns._outcomes import UNKNOWN
from jsms_sandbox.pytest_plugin import Sandbox
from sandbox.sandbox_process import environment

from .drivers import TEMPLATE, Driver
from .recipients import numbers, people, reached, requests

SETTINGS = CampaignSettings(1250)
SERVICE = Service("http://127.0.0.1/v1", "app")
HOLD = """
import sys
from pathlib import Path
from jsms_client.campaigns._journal.opening import open_journal
journal = open_journal(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "campaign.db"


@pytest.fixture
def begun(sync: Driver, app: Sandbox, journal: Path) -> Path:
    """Provide the journal of a campaign that was stopped after five of eight."""
    app.set_credit(industry=5, balance=0)
    sync.send(app.settings, people(8), journal=journal)
    app.set_credit(industry=100)
    return journal


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_the_same_call_again_sends_nothing(driver: Driver, app: Sandbox, journal: Path) -> None:
    for _ in range(2):
        campaign = driver.send(app.settings, [*people(8), "1380000"], journal=journal, on_bad_line="set_aside")
        assert campaign.counts.accepted == 8
        assert campaign.counts.bad_lines == 1
    assert requests(app) == 1
    assert reached(app) == numbers(8)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"temp_id": 1251}, "temp_id is 1250 there and 1251 here"),
        ({"sign_id": 7}, "sign_id is None there and 7 here"),
        ({"tag": "spring"}, "tag is None there and 'spring' here"),
        ({"send_time": "2030-01-01 09:00:00"}, "send_time is None there and '2030-01-01 09:00:00' here"),
    ],
)
def test_another_campaign_is_refused(sync: Driver, app: Sandbox, begun: Path, options: Any, named: str) -> None:
    sent = requests(app)
    with pytest.raises(JournalMismatchError, match=named):
        sync.send(app.settings, people(8), journal=begun, **options)
    assert requests(app) == sent


@pytest.mark.parametrize(
    "other",
    [people(7), people(9), people(8)[::-1], [*people(7), ("13800000007", {"number": "x"})], [*people(8), "13800"]],
    ids=["shorter", "longer", "in another order", "with another parameter", "with a bad entry"],
)
def test_a_changed_list_is_refused(driver: Driver, app: Sandbox, begun: Path, other: Any) -> None:
    sent = requests(app)
    with pytest.raises(JournalMismatchError, match="the list is not the one"):
        driver.send(app.settings, other, journal=begun)
    assert requests(app) == sent
    assert driver.send(app.settings, people(8), journal=begun).counts.accepted == 8


def test_a_campaign_without_a_file_is_of_one_list_too(sync: Driver, app: Sandbox) -> None:
    campaign = sync.send(app.settings, people(3))
    for more in ({"recipients": people(4)}, {"recipients": people(3), "tag": "spring"}):
        with pytest.raises(JournalMismatchError, match="the temporary journal"):
            sync.send(app.settings, **more, journal=campaign)
    assert len(list(campaign)) == 3


def test_until_a_list_was_read_the_campaign_may_change(sync: Driver, app: Sandbox, journal: Path) -> None:
    with pytest.raises(CampaignInputError):
        sync.send(app.settings, ["1380000"], journal=journal, tag="wrong")
    assert open_campaign(journal).complete is False
    campaign = sync.send(app.settings, people(2), journal=journal, tag="right")
    assert campaign.settings.tag == "right"
    assert reached(app) == numbers(2)


def test_a_list_that_breaks_off_leaves_nothing_behind(driver: Driver, app: Sandbox, journal: Path) -> None:
    def breaking() -> Iterator[Any]:
        yield from people(1_500)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        driver.send(app.settings, breaking(), journal=journal)
    assert open_campaign(journal).counts.total == 0
    assert driver.send(app.settings, people(3), journal=journal).counts.accepted == 3


def test_a_second_process_is_refused(
    driver: Driver, app: Sandbox, begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "LOCK_PATIENCE", 0.05)
    sent = requests(app)
    command = [sys.executable, "-c", HOLD, str(begun)]
    with subprocess.Popen(
        command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        for use in (
            lambda: driver.send(app.settings, people(8), journal=begun),
            lambda: driver.settle(app.settings, begun),
            lambda: list(open_campaign(begun)),
        ):
            with pytest.raises(JournalLockedError, match="in use by another campaign"):
                use()
        other.communicate()
    assert requests(app) == sent
    assert driver.send(app.settings, people(8), journal=begun).counts.accepted == 8


def test_a_second_campaign_of_the_same_process_is_refused(
    sync: Driver, app: Sandbox, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "LOCK_PATIENCE", 0.05)
    refused: list[JSMSError] = []

    def again(_: Progress) -> None:
        with pytest.raises(JournalLockedError) as caught:
            sync.send(app.settings, people(3), journal=journal)
        refused.append(caught.value)

    sync.send(app.settings, people(3), journal=journal, on_progress=again)
    assert refused
    assert reached(app) == numbers(3)


def test_another_service_or_app_is_refused(driver: Driver, app: Sandbox, begun: Path) -> None:
    sent = requests(app)
    elsewhere = app.settings["base_url"].replace("127.0.0.1", "localhost")
    with pytest.raises(
        JournalMismatchError, match=rf"begun at http://127\.0\.0\.1.*, and this call is for {elsewhere}"
    ):
        driver.send({**app.settings, "base_url": elsewhere}, people(8), journal=begun)
    other = {**app.settings, "app_key": "0" * 24}
    for use in (lambda: driver.send(other, people(8), journal=begun), lambda: driver.settle(other, begun)):
        with pytest.raises(JournalMismatchError, match="with the key of another app") as caught:
            use()
        assert app.settings["app_key"] not in str(caught.value)
    assert requests(app) == sent
    # The reports of callbacks come to no client in particular, and the address has more than one spelling.
    driver.settle(other, begun, reports=[])
    same = {**app.settings, "base_url": app.settings["base_url"].replace("http://", "HTTP://") + "/"}
    assert driver.send(same, people(8), journal=begun).counts.accepted == 8
    assert open_campaign(begun).service == app.settings["base_url"]
    assert app.settings["app_key"].encode() not in begun.read_bytes()


@pytest.mark.parametrize("driver", ["sync"], indirect=True)
def test_a_campaign_without_a_file_is_of_one_service_too(driver: Driver, app: Sandbox) -> None:
    campaign = driver.send(app.settings, people(3))
    with pytest.raises(JournalMismatchError, match="the temporary journal"):
        driver.send({**app.settings, "app_key": "0" * 24}, people(3), journal=campaign)


def test_the_service_of_a_journal_does_not_matter_before_the_first_send(
    sync: Driver, app: Sandbox, journal: Path
) -> None:
    with pytest.raises(CampaignInputError):
        sync.send({**app.settings, "app_key": "0" * 24}, ["1380000"], journal=journal)
    assert sync.send(app.settings, people(3), journal=journal).counts.accepted == 3


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6_000])


def overwrite(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4_096 : len(content)] = b"\xa5" * (len(content) - 4_096)
    path.write_bytes(content)


def overwrite_a_number(path: Path) -> None:
    """In the index, or in the table, but not in both."""
    content = path.read_bytes()
    place = content.rfind(b"13800000003")
    path.write_bytes(content[:place] + b"13800000009" + content[place + 11 :])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_by_text(path: Path) -> None:
    path.write_text("mobile,name\n" * 1_000, encoding="utf-8")


def replace_by_another_database(path: Path) -> None:
    path.unlink()
    change(path, "CREATE TABLE members (mobile TEXT)")


def changed_by(query: str) -> Callable[[Path], None]:
    return lambda path: change(path, query)


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        overwrite,
        overwrite_a_number,
        empty,
        replace_by_text,
        replace_by_another_database,
        changed_by("UPDATE recipients SET state = 0 WHERE number = 1"),
        changed_by("DELETE FROM recipients WHERE number = 1"),
        changed_by("UPDATE recipients SET mobile = '13900000000' WHERE number = 1"),
        changed_by("UPDATE campaign SET repeats = 5"),
        changed_by("UPDATE campaign SET settings = 'none'"),
        changed_by("DELETE FROM campaign"),
        changed_by("DROP TABLE set_aside"),
        changed_by("DROP TABLE campaign"),
    ],
)
def test_a_damaged_journal_is_not_believed(
    sync: Driver, app: Sandbox, begun: Path, damage: Callable[[Path], None]
) -> None:
    sent = requests(app)
    damage(begun)
    with pytest.raises(JournalDamagedError, match="is damaged, or no journal of a campaign"):
        sync.send(app.settings, people(8), journal=begun)
    assert requests(app) == sent


def test_a_journal_of_a_later_version_is_left_alone(sync: Driver, app: Sandbox, begun: Path) -> None:
    change(begun, "PRAGMA user_version = 9")
    for use in (lambda: sync.send(app.settings, people(8), journal=begun), lambda: open_campaign(begun)):
        with pytest.raises(JournalError, match="format 9; this version of jsms-client reads 2: finish it"):
            use()


def test_a_journal_that_cannot_be_there_is_said_so(sync: Driver, app: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for impossible in (tmp_path / "none" / "campaign.db", tmp_path / "file" / "campaign.db", tmp_path):
        with pytest.raises(JournalError, match="cannot be (made|used)"):
            sync.send(app.settings, people(1), journal=impossible)
    with pytest.raises(JournalError, match="there is no journal at"):
        open_campaign(tmp_path / "none.db")
    with pytest.raises(JournalError, match="cannot be used"):
        open_campaign(tmp_path / "file" / "campaign.db")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file"]


def test_every_commit_waits_for_the_disk(journal: Path) -> None:
    file.create(journal, new_head(SETTINGS, SERVICE))
    with closing(file.open_exclusively(journal)) as database:
        # FULL, and a log that is in this file's place alone.
        assert database.execute("PRAGMA synchronous").fetchall() == [(2,)]
        assert database.execute("PRAGMA journal_mode").fetchall() == [("delete",)]
        assert database.execute("PRAGMA locking_mode").fetchall() == [("exclusive",)]


@pytest.mark.skipif(os.name != "posix", reason="has other ways to say whose a file is")
def test_only_the_owner_may_read_the_numbers(sync: Driver, app: Sandbox, begun: Path) -> None:
    assert begun.stat().st_mode & 0o777 == 0o600


def test_what_leaves_is_in_the_file_before_it_leaves(
    app: Sandbox, journal: Path, tmp_path: Path, small_batches: int
) -> None:
    seen: list[Counts] = []

    def look(request: httpx.Request) -> None:
        if request.method != "POST":
            return
        # A copy is what a machine that lost power would find.
        copy = tmp_path / f"{len(seen)}.db"
        copy.write_bytes(journal.read_bytes())
        seen.append(open_campaign(copy).counts)

    with (
        httpx.Client(event_hooks={"request": [look]}) as http_client,
        JSMS(**app.settings, http_client=http_client) as jsms,
    ):
        jsms.campaigns.send(people(30), temp_id=TEMPLATE, journal=journal, concurrency=1)
    assert [(each.accepted, each.unknown, each.waiting) for each in seen] == [(0, 10, 20), (10, 10, 10), (20, 10, 0)]


def test_the_second_process_takes_the_journal_of_the_first(journal: Path) -> None:
    file.create(journal, new_head(SETTINGS, SERVICE))
    file.create(journal, new_head(CampaignSettings(7), SERVICE))
    with closing(open_journal(journal)) as opened:
        assert opened.settings == SETTINGS
    assert [each.name for each in journal.parent.iterdir()] == [journal.name]


def test_a_journal_that_cannot_be_filled_is_not_there(journal: Path) -> None:
    with pytest.raises(JournalError):
        file.create(journal, ("INSERT INTO nowhere VALUES (1)", ()))
    assert list(journal.parent.iterdir()) == []


def test_a_file_system_without_links_will_do(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(os, "link", refuse)
    for temp_id in (1250, 7):
        file.create(journal, new_head(CampaignSettings(temp_id), SERVICE))
    with closing(open_journal(journal)) as opened:
        assert opened.settings == SETTINGS


def test_a_disk_that_does_not_keep_the_journal_is_an_error(
    sync: Driver, app: Sandbox, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken, pytest.raises(JournalError, match="cannot be made: Input/output error"):
        broken.setattr(os, "fsync", fail)
        sync.send(app.settings, people(3), journal=journal)
    assert sync.send(app.settings, people(3), journal=journal).counts.accepted == 3


def test_a_full_disk_is_an_error_and_what_is_on_its_way_then_is_unknown(
    sync: Driver, app: Sandbox, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = file.open_exclusively
    full: list[Connection] = []

    def fill(*_: object) -> None:
        # A page more is what no list of this length leaves room for.
        [(pages,)] = full[0].execute("PRAGMA page_count")
        full[0].execute(f"PRAGMA max_page_count = {pages}")

    def open_and_keep(path: Path) -> Connection:
        full.append(opened(path))
        return full[-1]

    def members() -> Iterator[tuple[str, dict[str, str]]]:
        yield from people(1_000)
        fill()

    monkeypatch.setattr(file, "open_exclusively", open_and_keep)
    with pytest.raises(JournalError, match="cannot be used: database or disk is full") as caught:
        sync.send(app.settings, members(), journal=journal)
    assert caught.value.sending_began is (requests(app) > 0)
    campaign = sync.send(app.settings, people(1_000), journal=journal)
    assert campaign.complete
    assert campaign.counts.accepted + campaign.counts.unknown == 1_000
    assert len(set(reached(app))) == len(reached(app))


def test_a_journal_that_fails_after_the_first_request_says_so(
    sync: Driver, app: Sandbox, journal: Path, small_batches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = BatchQueue.store_outcomes

    def fail(*given: Any) -> None:
        learn(*given)
        raise JournalError("the disk is gone")

    with monkeypatch.context() as broken, pytest.raises(JournalError, match="the disk is gone") as caught:
        broken.setattr(BatchQueue, "store_outcomes", fail)
        sync.send(app.settings, people(2 * small_batches), journal=journal)
    assert caught.value.sending_began
    counts = sync.send(app.settings, people(2 * small_batches), journal=journal).counts
    assert (counts.accepted, counts.unknown) == (small_batches, small_batches)


def test_a_journal_that_fails_before_says_that_nothing_was_sent(sync: Driver, app: Sandbox, begun: Path) -> None:
    begun.write_bytes(b"")
    with pytest.raises(JournalError) as caught:
        sync.send(app.settings, people(8), journal=begun)
    assert not caught.value.sending_began


def test_a_schedule_whose_time_has_passed_goes_on_with_a_later_one(
    driver: Driver, app: Sandbox, journal: Path, small_batches: int
) -> None:
    first, later = (app.clock.now + timedelta(days=days) for days in (1, 2))
    app.fail_next(50014, operation="createScheduleBatch", mobile=numbers(15)[12])
    stopped = driver.send(app.settings, people(15), journal=journal, send_time=first, concurrency=1)
    assert (stopped.counts.accepted, stopped.counts.waiting) == (small_batches, 5)
    with pytest.raises(JournalMismatchError, match="send_time is"):
        driver.send(app.settings, people(15), journal=journal, send_time=later)
    passed = settings_to_text(CampaignSettings(1250, send_time="2020-01-01 09:00:00"))
    with closing(file.connect(journal, journal)) as connection:
        head = replace(read_head(connection), settings=passed)
        connection.execute("UPDATE campaign SET settings = ?, seal = ?", (passed, head.seal))
    for other in ({}, {"send_time": later, "tag": "spring"}):
        with pytest.raises(JournalMismatchError, match="send_time is"):
            driver.send(app.settings, people(15), journal=journal, **other)
    campaign = driver.send(app.settings, people(15), journal=journal, send_time=later)
    assert (campaign.complete, campaign.counts.accepted) == (True, 15)
    assert len({one.schedule_id for one in campaign}) == 2


def test_a_journal_that_changes_while_it_is_in_use_is_not_believed(journal: Path) -> None:
    with closing(open_journal(journal, SETTINGS, SERVICE)) as opened:
        with opened.writing():
            opened.add([(1, "13800000000", None), (2, "13800000001", None)], [])
            opened.complete("entries", "recipients")
        asked = opened.queue
        batch = asked.next_batch(10)
        for use in (lambda: asked.next_batch(10), lambda: asked.mark_sent(batch)):
            with pytest.raises(JournalDamagedError, match="it changed while it was in use"), opened.writing():
                opened.connection.execute("UPDATE recipients SET state = ? WHERE number = 1", (UNKNOWN,))
                use()


def test_settings_are_read_back_as_they_were() -> None:
    for settings in (SETTINGS, CampaignSettings(7, 8, "标签", "2030-01-01 09:00:00")):
        assert settings_from_text(settings_to_text(settings)) == settings


def test_every_error_is_an_error_of_a_campaign() -> None:
    for kind in (JournalLockedError, JournalMismatchError, JournalDamagedError):
        assert issubclass(kind, JournalError)
    assert issubclass(JournalError, CampaignError)
    assert issubclass(CampaignInputError, CampaignError)
    assert issubclass(CampaignError, JSMSError)
    assert str(CampaignInputError("nothing was sent")) == "nothing was sent"
    assert [*SkipReason] == ["repeat", "bad_line"]
