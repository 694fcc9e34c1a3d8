"""Open the journal in a file: check all that it says, or say how to put it right."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any, cast

from jsms_client.campaigns._errors import (
    SQLITE_ERRORS,
    JournalError,
    JournalMismatchError,
    JournalReplacedError,
    called,
    damaged,
    raise_journal_error,
)
from jsms_client.campaigns._inputs.sources import CHUNK, digested
from jsms_client.campaigns._journal import file
from jsms_client.campaigns._journal.batches import move
from jsms_client.campaigns._journal.journal import Head, Journal, new_head, read_head
from jsms_client.campaigns._options import CampaignSettings, Service
from jsms_client.campaigns._outcomes import IN_FLIGHT, UNKNOWN, WAITING, SkipReason


def open_journal(path: Path, settings: CampaignSettings | None = None, service: Service | None = None) -> Journal:
    """Return the journal in a file, checked and locked.

    With settings and service, a file that is not there is made, and one that is there must be of the same campaign.
    """
    first = None if settings is None or service is None else new_head(settings, service)
    with ExitStack() as undo:
        lock = file.acquire(path, file.LOCK_PATIENCE)
        undo.callback(lock.release)
        newer = file.rescued(path)
        if newer.exists():
            raise JournalError(
                f"{newer} is there: it has the state of everyone from a run in which {path.name} was removed, moved or "
                f"replaced. Move it to {path} to continue; people would be sent to twice otherwise"
            )
        if first is not None and not path.exists():
            file.create(path, first)
        connection = file.open_exclusively(path)
        undo.callback(connection.close)
        try:
            journal = Journal(connection, lock)
            undo.callback(journal.close)
            check_all(connection, journal.head)
        except SQLITE_ERRORS as error:
            raise_journal_error(path, error)
        become(journal, settings, service)
        undo.pop_all()
    return journal


def check_all(connection: file.Connection, head: Head) -> None:
    """Check everything there is: about three seconds for a million recipients."""
    execute, path = connection.execute, connection.path
    problem = execute("PRAGMA integrity_check(1)").fetchall()
    if problem != [("ok",)]:
        raise damaged(path, "its structure is broken")
    states = execute("SELECT state, count(*) FROM recipients GROUP BY state").fetchall()
    skipped = execute("SELECT reason, count(*) FROM set_aside GROUP BY reason").fetchall()
    # A counter that lacks one equals one that has none of it.
    all_there = Counter(dict(states)) == Counter(dict(enumerate(head.states)))
    expected = {SkipReason.REPEAT: head.repeats, SkipReason.BAD_LINE: head.bad_lines}
    if not all_there or Counter(dict(skipped)) != Counter(expected):
        raise damaged(path, "its recipients do not add up")
    if head.input is None:
        return
    digest, after = hashlib.sha256(), -1
    query = "SELECT number, mobile, temp_para FROM recipients WHERE number > ? ORDER BY number LIMIT ?"
    while page := execute(query, (after, CHUNK)).fetchall():
        digest.update(digested(page))
        after = ascending(path, page, after)
    if digest.hexdigest() != head.rows:
        raise damaged(path, "its recipients are not those that were written into it")


def ascending(path: Path | None, page: list[Any], after: int) -> int:
    """Return the last number of a page; where they do not go up, as in a broken file, reading would never end."""
    for number, *_ in page:
        if number <= after:
            raise damaged(path, "its numbers do not go up")
        after = number
    return after


def become(journal: Journal, settings: CampaignSettings | None, service: Service | None) -> None:
    """Check that this is the journal of a campaign; one into which no list was read may become it.

    A schedule whose time has passed may go on with a later one: else those who still wait could never be sent to.
    """
    head = journal.head
    theirs = Service(head.service, head.app)
    # While all recipients wait, as after a wrong address, the journal may become another campaign's.
    sent = sum(head.states) > head.states[WAITING]
    if service is not None and sent and service != theirs:
        raise _other_service(journal.path, theirs, service)
    if settings is None or service is None or (settings, service) == (journal.settings, theirs):
        return
    began = journal.input is not None
    if began and settings != journal.settings and not journal.settings.goes_on_as(settings, time.time()):
        raise _other_campaign(journal.path, journal.settings, settings)
    with journal.writing():
        head.become(settings, service)
    journal.settings = settings


def _other_service(path: Path | None, theirs: Service, ours: Service) -> JournalMismatchError:
    if theirs.url != ours.url:
        differ = f"it was begun at {theirs.url}, and this call is for {ours.url}"
    else:
        differ = f"it was begun at {theirs.url} with the key of another app"
    return JournalMismatchError(
        f"{called(path)} is the journal of another campaign: {differ}. Begin a new journal for this one"
    )


def _other_campaign(path: Path | None, theirs: CampaignSettings, ours: CampaignSettings) -> JournalMismatchError:
    names = ("temp_id", "sign_id", "tag", "send_time")
    differ = [
        f"{name} is {getattr(theirs, name)!r} there and {getattr(ours, name)!r} here"
        for name in names
        if getattr(theirs, name) != getattr(ours, name)
    ]
    return JournalMismatchError(f"{called(path)} is the journal of another campaign: {', '.join(differ)}")


def rescue(journal: Journal, error: JournalReplacedError) -> JournalReplacedError:
    """Keep what is known of everyone where the file is gone; gives the error with advice."""
    path = cast("Path", journal.path)
    saved: Path | None = None
    advice = (
        f"Put the file back where it was, or the newest copy of it, and run `jsms campaign restored {path}` (in "
        "code `mark_restored`) before anything else"
    )
    with suppress(OSError, JournalError, *SQLITE_ERRORS):
        if journal.watch is not None and journal.watch.is_overwritten(journal.seal):
            _mark_copy(journal, path)
            advice = (
                f"Those whom {path} had as waiting are unknown in it now, as they may have been sent to since. "
                f"Find out about them with `jsms campaign settle {path}`"
            )
        else:
            file.save_copy(journal.connection, file.rescued(path), lambda copy: check_all(copy, read_head(copy)))
            saved = file.rescued(path)
            advice = f"The state of everyone is in {saved}: move that file to {path}, and continue then"
    found = JournalReplacedError(
        f"{error.message}. Sending has stopped. Do not send to this list again before that is put right: people "
        f"would be sent to twice. {advice}"
    )
    found.rescued = saved
    return found


def _mark_copy(journal: Journal, path: Path) -> None:
    """Mark a copy that was written over this journal, where it is of this campaign."""
    journal.connection.close()
    with closing(file.open_exclusively(path)) as connection:
        other = Journal(connection)
        check_all(connection, other.head)
        become(other, journal.settings, Service(journal.head.service, journal.head.app))
        mark_waiting_unknown(other)


def mark_waiting_unknown(journal: Journal) -> None:
    """Make everyone unknown who waits in a copy: they may have been sent to after it was made."""
    if journal.input is None:
        raise JournalError(
            f"{called(journal.path)} was copied before its list was read: it does not say who was sent to. Find a "
            "later copy, and do not send with this one"
        )
    execute, states = journal.connection.execute, journal.states
    with journal.writing():
        request = execute(
            "INSERT INTO requests (left_at, left_until, send_time) VALUES (?, ?, ?)",
            (journal.head.saved_at, time.time(), journal.settings.send_time),
        ).lastrowid
        execute("UPDATE recipients SET state = ?, request = ? WHERE state = ?", (UNKNOWN, request, WAITING))
        execute("UPDATE recipients SET state = ? WHERE state = ?", (UNKNOWN, IN_FLIGHT))
        for state in (WAITING, IN_FLIGHT):
            move(states, state, UNKNOWN, states[state])
