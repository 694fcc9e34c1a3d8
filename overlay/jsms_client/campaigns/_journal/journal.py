"""The state of every recipient, in a file that is locked meanwhile, or in a temporary one."""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, RLock

from jsms_client.campaigns._errors import BadLine, JournalError, JournalMismatchError, JournalReplacedError
from jsms_client.campaigns._journal import store
from jsms_client.campaigns._journal.batches import BatchQueue
from jsms_client.campaigns._journal.database import (
    IN_FLIGHT,
    UNKNOWN,
    WAITING,
    Database,
    Head,
    Row,
    Watch,
    called,
    in_use,
)
from jsms_client.campaigns._journal.deliveries import Deliveries
from jsms_client.campaigns._journal.integrity import Digest, check_all
from jsms_client.campaigns._journal.lock import JournalLock, acquire
from jsms_client.campaigns._options import CampaignSettings, Service
from jsms_client.campaigns._outcomes import SkipReason


class Journal:
    """The state of one campaign.

    Nothing is on the disk until the `writing` it was done in has ended.

    Args:
        database: What is in the file.
        head: What it says of the campaign as a whole.
        lock: What keeps others from it; None for a temporary one.
        watch: Sees whether the file is still the one; None as above.

    Attributes:
        settings: What the campaign sends.
        input: The digest of the list; None until all of it was taken in.
        states: How many recipients are in each state, in the order of the schema.
        queue: What leaves and what comes back.
        team: The workers that share it: none but this one.
        repeats: How many entries were set aside as duplicates.
        bad_lines: How many as bad.
        closed: Whether it was closed.
        mutex: Held by the thread that works with it: SQLite crashes where a connection is closed that another thread
            uses, and a caller that was interrupted or cancelled leaves threads behind.
    """

    def __init__(
        self,
        database: Database,
        head: Head,
        lock: JournalLock | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.database = database
        self.path = database.path
        self._lock = lock
        self._watch = watch
        self._head = head
        self._busy = Lock()
        self._process = os.getpid()
        self.settings = head.campaign
        self.input = head.input
        self.states = head.states
        self.repeats, self.bad_lines = head.repeats, head.bad_lines
        self.queue = BatchQueue(database, head)
        self.team = None
        self.closed = False
        self.mutex = RLock()
        # Not at the end of the process, when another thread may still use it.
        weakref.finalize(self, _close, database, self._process).atexit = False
        _journals.add(self)

    @classmethod
    def temporary(cls, settings: CampaignSettings, service: Service) -> Journal:
        """Return a journal that is gone when it is closed or garbage-collected.

        Args:
            settings: What the campaign sends.
            service: Where.
        """
        database = store.open_temporary(settings, service)
        return cls(database, database.head())

    @classmethod
    def open(cls, path: Path, settings: CampaignSettings | None = None, service: Service | None = None) -> Journal:
        """Return a journal in a file, checked.

        Args:
            path: The file.
            settings: What the campaign sends: a file that is not there is made, and one that is there must be of the
                same campaign. None to take what is there.
            service: Where: it must be the same.

        Raises:
            JournalError: It is locked, damaged, of another campaign, or cannot be used.
        """
        lock = acquire(path, store.LOCK_PATIENCE)
        try:
            return cls._open(path, settings, service, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _open(
        cls, path: Path, settings: CampaignSettings | None, service: Service | None, lock: JournalLock
    ) -> Journal:
        newer = store.rescued(path)
        if newer.exists():
            raise JournalError(
                f"{newer} is there: it has the state of everyone from a run in which {path.name} was removed, moved or "
                f"replaced. Move it to {path} to continue; people would be sent to twice otherwise"
            )
        if settings is not None and service is not None and not path.exists():
            store.create(path, settings, service)
        database = store.open_exclusively(path)
        try:
            watch = Watch(path)
            try:
                journal = cls(database, check_all(database), lock, watch)
                watch.begin(database)
                journal.become(settings, service)
            except BaseException:
                database.close()
                watch.close()
                raise
        except BaseException:
            database.close()
            raise
        return journal

    def become(self, settings: CampaignSettings | None, service: Service | None) -> None:
        """Check that this is the journal of a campaign; one into which no list was read may become it.

        A schedule whose time has passed may go on with a later one: else those who still wait could never be sent to.

        Args:
            settings: What the campaign sends; None where it only has to be the same service.
            service: Where; None where that does not matter.

        Raises:
            JournalMismatchError: It is that of another one.
        """
        began = self.input is not None
        # While all recipients wait, as after a wrong address, the journal may become another campaign's.
        sent = sum(self.states) > self.states[WAITING]
        if service is not None and sent and service != self._head.where():
            raise _other_service(self.path, self._head.where(), service)
        if settings is None or service is None or (settings, service) == (self.settings, self._head.where()):
            return
        if began and settings != self.settings and not self.settings.goes_on_as(settings, time.time()):
            raise _other_campaign(self.path, self.settings, settings)
        with self.writing():
            self._head.become(settings, service)
        self.settings = settings

    @property
    def deliveries(self) -> Deliveries:
        """What delivery reports say."""
        return Deliveries(self.database, self._head)

    @contextmanager
    def writing(self) -> Generator[None]:
        """Everything that is done in here is on the disk at its end, or none of it.

        After an error the journal can only be closed: its counts are not reliable.
        """
        self.check_open()
        with self.mutex:
            self.begin()
            try:
                yield
                self.commit()
            except BaseException:
                self.roll_back()
                raise

    def begin(self) -> None:
        """Begin what is to be written all at once.

        Raises:
            JournalReplacedError: The file has something else in it: nothing is written over that.
        """
        self.check_open()
        if self._watch is not None:
            self._watch.check_content(self.database)
        self.database.change("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commit it: all of it is on the disk then."""
        self.check_open()
        head = self._head
        head.generation += 1
        head.saved_at = time.time()
        head.input, head.repeats, head.bad_lines = self.input, self.repeats, self.bad_lines
        self.database.commit(head)

    def roll_back(self) -> None:
        """Roll it back."""
        if os.getpid() == self._process and not self.closed:
            self.database.roll_back()

    def check_in_place(self) -> None:
        """Check that what was last written is in the file that the journal's path leads to; before a request leaves.

        Raises:
            JournalReplacedError: It is not.
        """
        if self._watch is not None:
            with self.mutex:
                self.check_open()
                self._watch.check_in_place(self.database)

    def rescue(self, error: JournalReplacedError) -> JournalReplacedError:
        """Keep what is known of everyone where the file is gone, and say what to do.

        Args:
            error: What was found.

        Returns:
            The same with advice.
        """
        path = self._watched_path()
        saved: Path | None = None
        advice = (
            f"Put the file back where it was, or the newest copy of it, and run `jsms campaign restored {path}` (in "
            "code `mark_restored`) before anything else"
        )
        with suppress(OSError, sqlite3.Error, JournalError):
            if self._watch is not None and self._watch.is_overwritten(self.database.seal):
                self._mark_copy(path)
                advice = (
                    f"Those whom {path} had as waiting are unknown in it now, as they may have been sent to since. "
                    f"Find out about them with `jsms campaign settle {path}`"
                )
            else:
                store.save_copy(self.database, store.rescued(path))
                saved = store.rescued(path)
                advice = f"The state of everyone is in {saved}: move that file to {path}, and continue then"
        found = JournalReplacedError(
            f"{error.message}. Sending has stopped. Do not send to this list again before that is put right: people "
            f"would be sent to twice. {advice}"
        )
        found.rescued = saved
        return found

    def _watched_path(self) -> Path:
        if self.path is None:
            raise JournalError("a temporary journal has no file")
        return self.path

    def _mark_copy(self, path: Path) -> None:
        """Mark a copy that was written over this journal, where it is of this campaign."""
        self.database.close()
        copy = store.open_exclusively(path)
        try:
            other = Journal(copy, check_all(copy))
            other.become(self.settings, self._head.where())
            other.mark_restored()
        finally:
            copy.close()

    def mark_restored(self) -> None:
        """Make everyone unknown who waits in a copy: they may have been sent to after it was made.

        Raises:
            JournalError: The copy was made before the list was read, and does not say who is on it.
        """
        if self.input is None:
            raise JournalError(
                f"{called(self.path)} was copied before its list was read: it does not say who was sent to. Find a "
                "later copy, and do not send with this one"
            )
        with self.writing():
            request = self.database.insert(
                "INSERT INTO requests (left_at, left_until, send_time) VALUES (?, ?, ?)",
                (self._head.saved_at, time.time(), self.settings.send_time),
            )
            change = self.database.change
            change("UPDATE recipients SET state = ?, request = ? WHERE state = ?", (UNKNOWN, request, WAITING))
            change("UPDATE recipients SET state = ? WHERE state = ?", (UNKNOWN, IN_FLIGHT))
            for state in (WAITING, IN_FLIGHT):
                self._head.count(state, UNKNOWN, self.states[state])

    def add(self, rows: Sequence[Row], bad: Iterable[BadLine]) -> set[int]:
        """Take the next entries of the list in.

        Args:
            rows: Those that can be sent to.
            bad: Those that cannot.

        Returns:
            The numbers of those that were set aside, as their mobile number was there before.
        """
        self.check_open()
        skipped: list[tuple[int, SkipReason, str | None, str]] = [
            (line.number, SkipReason.BAD_LINE, None, line.reason) for line in bad
        ]
        self.bad_lines += len(skipped)
        add = "INSERT OR IGNORE INTO recipients (number, mobile, temp_para) VALUES (?, ?, ?)"
        taken = self.database.change_each(add, rows) if rows else 0
        repeated: set[int] = set()
        if taken < len(rows):
            for number, mobile, parameters in rows:
                [(first, other)] = self.database.rows(
                    "SELECT number, temp_para IS NOT ? FROM recipients WHERE mobile = ?", (parameters, mobile)
                )
                if first != number:
                    repeated.add(number)
                    with_others = ", with other parameters" if other else ""
                    skipped.append(
                        (number, SkipReason.REPEAT, mobile, f"the number is at {first} already{with_others}")
                    )
        self.repeats += len(repeated)
        self.states[WAITING] += taken
        self.database.change_each("INSERT INTO set_aside (number, reason, mobile, text) VALUES (?, ?, ?, ?)", skipped)
        return repeated

    def complete(self, entries: Digest, recipients: Digest) -> None:
        """Record that the whole list was read.

        Args:
            entries: The digest of the list.
            recipients: The digest of what is left of it without duplicates.
        """
        self.input = entries.made()
        self._head.rows = recipients.made()

    def check_same(self, entries: Digest) -> None:
        """Check that this list is the one that was taken in.

        Raises:
            JournalMismatchError: It is not.
        """
        if entries.made() != self.input:
            raise JournalMismatchError(
                f"the list is not the one that {called(self.path)} was begun with; go on with that one, or begin "
                "a new journal for this one"
            )

    def check_open(self) -> None:
        """Check that it can be used.

        Raises:
            JournalError: It was closed, or belongs to the process that this one was forked from.
        """
        if self.closed:
            raise JournalError(f"{called(self.path)} was closed")
        if os.getpid() != self._process:
            raise JournalError(f"{called(self.path)} is in use by the process that this one was forked from")

    def close(self) -> None:
        """Close the file, so that others can open it; what a child inherited is its parent's."""
        if os.getpid() != self._process:
            return
        with self.mutex:
            if self.closed:
                return
            self.closed = True
            self.database.close()
            if self._watch is not None:
                self._watch.close()
            if self._lock is not None:
                self._lock.release()

    def claim(self) -> None:
        """Have a temporary journal for one call, as a file is held for one.

        Raises:
            JournalLockedError: Another call uses it.
        """
        if not self._busy.acquire(blocking=False):
            raise in_use(called(self.path))

    def release(self) -> None:
        """Let other calls have it; to be called by the one that claimed it."""
        self._busy.release()


_journals: weakref.WeakSet[Journal] = weakref.WeakSet()


def _keep_inherited() -> None:
    """Never close the connections that a child inherited: SQLite would roll back what its parent is writing."""
    for journal in list(_journals):
        with suppress(ImportError):
            import ctypes  # noqa: PLC0415 - for a child that was forked in the middle of a campaign alone

            ctypes.pythonapi.Py_IncRef(ctypes.py_object(journal.database.connection))


if hasattr(os, "register_at_fork"):  # pragma: no branch
    os.register_at_fork(after_in_child=_keep_inherited)


def _close(database: Database, process: int) -> None:
    if os.getpid() == process:
        database.close()


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
