"""The state of every recipient, in a file that is locked meanwhile, or in a temporary one."""

from __future__ import annotations

import json
import os
import sqlite3
import time
import weakref
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, RLock

from jsms_client.campaigns._error_policy import Stop
from jsms_client.campaigns._errors import BadLine, JournalError, JournalMismatchError, JournalReplacedError
from jsms_client.campaigns._journal import store
from jsms_client.campaigns._journal.connection import Connection, JournalLock, acquire, called, in_use
from jsms_client.campaigns._journal.integrity import (
    COLUMNS,
    IN_FLIGHT,
    UNKNOWN,
    WAITING,
    Digest,
    Head,
    Row,
    check_all,
    read_head,
)
from jsms_client.campaigns._options import CampaignSettings, Service
from jsms_client.campaigns._outcomes import SkipReason

_SAVE = f"UPDATE campaign SET seal = ?, {', '.join(f'{name} = ?' for name in COLUMNS)}"  # noqa: S608 - our own names


class Journal:
    """The state of one campaign.

    Nothing is on the disk until the `writing` it was done in has ended.

    Args:
        connection: To the file.
        head: What the file says of the campaign as a whole.
        path: Its name; None for a temporary one.
        lock: What keeps others from it; None as above.
        watch: Sees whether the file is still the one; None as above.

    Attributes:
        settings: What the campaign sends.
        input: The digest of the list; None until all of it was taken in.
        states: How many recipients are in each state, in the order of the schema.
        repeats: How many entries were set aside as repeats.
        bad_lines: How many as bad.
        closed: Whether it was closed.
        mutex: Held by the thread that works with it: SQLite crashes where a connection is closed that another thread
            uses, and a caller that was interrupted or cancelled leaves threads behind.
    """

    def __init__(
        self,
        connection: Connection,
        head: Head,
        path: Path | None = None,
        lock: JournalLock | None = None,
        watch: store.Watch | None = None,
    ) -> None:
        self.connection = connection
        self.path = path
        self._lock = lock
        self._watch = watch
        self._head = head
        self._busy = Lock()
        self._process = os.getpid()
        self.settings = head.what()
        self.input = head.input
        self.states = head.states
        self.repeats, self.bad_lines = head.repeats, head.bad_lines
        self.closed = False
        self.mutex = RLock()
        # Not at the end of the process, when another thread may still use it.
        weakref.finalize(self, _close, connection, self._process).atexit = False
        _journals.add(self)

    @classmethod
    def temporary(cls, settings: CampaignSettings, service: Service) -> Journal:
        """Return a journal that is gone when it is closed or garbage-collected.

        Args:
            settings: What the campaign sends.
            service: Where.
        """
        connection = store.open_temporary(settings, service)
        return cls(connection, read_head(connection, None))

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
        connection = store.open_exclusively(path)
        try:
            watch = store.Watch(path)
            try:
                journal = cls(connection, check_all(connection, path), path, lock, watch)
                watch.begin(connection)
                journal.become(settings, service)
            except BaseException:
                connection.close()
                watch.close()
                raise
        except BaseException:
            connection.close()
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
            self._head.settings = settings.to_text()
            self._head.service, self._head.app = service
        self.settings = settings

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
        if self._watch is not None and self._is_overwritten(self._watch):
            raise JournalReplacedError(f"{self.path} was written over while its campaign ran")
        self.execute("BEGIN IMMEDIATE")

    def _is_overwritten(self, watch: store.Watch) -> bool:
        (pages,) = self.execute("PRAGMA page_count").fetchone()
        return watch.is_overwritten(self._head.seal, pages)

    def commit(self) -> None:
        """Commit it: all of it is on the disk then."""
        head = self._head
        head.generation += 1
        head.saved_at = time.time()
        head.input, head.states, head.repeats, head.bad_lines = self.input, self.states, self.repeats, self.bad_lines
        self.execute(_SAVE, (head.seal, *head.values))
        self.execute("COMMIT")

    def check_in_place(self) -> None:
        """Check that what was last written is in the file that the journal's path leads to; before a request leaves.

        Raises:
            JournalReplacedError: It is not.
        """
        if self._watch is None:
            return
        if self._watch.is_moved:
            raise JournalReplacedError(f"{self.path} was removed, moved or replaced while its campaign ran")
        if self._is_overwritten(self._watch):
            raise JournalReplacedError(f"{self.path} was written over while its campaign ran")

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
            if self._watch is not None and self._watch.is_overwritten(self._head.seal, 0):
                self._mark_copy(path)
                advice = (
                    f"Those whom {path} had as waiting are unknown in it now, as they may have been sent to since. "
                    f"Find out about them with `jsms campaign settle {path}`"
                )
            else:
                store.save_copy(self.connection, store.rescued(path))
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
        self.connection.close()
        copy = store.open_exclusively(path)
        try:
            other = Journal(copy, check_all(copy, path), path)
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
            (last,) = self.execute("SELECT coalesce(max(number), 0) FROM requests").fetchone()
            self.execute(
                "INSERT INTO requests (number, left_at, left_until, send_time) VALUES (?, ?, ?, ?)",
                (last + 1, self._head.saved_at, time.time(), self.settings.send_time),
            )
            self.execute("UPDATE recipients SET state = ?, request = ? WHERE state = ?", (UNKNOWN, last + 1, WAITING))
            self.execute("UPDATE recipients SET state = ? WHERE state = ?", (UNKNOWN, IN_FLIGHT))
            for state in (WAITING, IN_FLIGHT):
                self.count(state, UNKNOWN, self.states[state])

    def roll_back(self) -> None:
        """Roll it back."""
        # Where the disk is full or failed, SQLite has done so by itself.
        if os.getpid() == self._process and not self.closed and self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def add(self, rows: Sequence[Row], bad: Iterable[BadLine]) -> set[int]:
        """Take the next entries of the list in.

        Args:
            rows: Those that can be sent to.
            bad: Those that cannot.

        Returns:
            The numbers of those that were set aside, as their mobile number was there before.
        """
        skipped: list[tuple[int, SkipReason, str | None, str]] = [
            (line.number, SkipReason.BAD_LINE, None, line.reason) for line in bad
        ]
        self.bad_lines += len(skipped)
        add = "INSERT OR IGNORE INTO recipients (number, mobile, temp_para) VALUES (?, ?, ?)"
        taken = self.executemany(add, rows) if rows else 0
        repeated: set[int] = set()
        if taken < len(rows):
            for number, mobile, parameters in rows:
                first, other = self.execute(
                    "SELECT number, temp_para IS NOT ? FROM recipients WHERE mobile = ?", (parameters, mobile)
                ).fetchone()
                if first != number:
                    repeated.add(number)
                    with_others = ", with other parameters" if other else ""
                    skipped.append(
                        (number, SkipReason.REPEAT, mobile, f"the number is at {first} already{with_others}")
                    )
        self.repeats += len(repeated)
        self.states[WAITING] += taken
        self.executemany("INSERT INTO set_aside (number, reason, mobile, text) VALUES (?, ?, ?, ?)", skipped)
        return repeated

    def complete(self, entries: Digest, recipients: Digest) -> None:
        """Record that the whole list was read.

        Args:
            entries: The digest of the list.
            recipients: The digest of what is left of it without repeats.
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

    def count(self, before: int, after: int, recipients: int) -> None:
        """Note that recipients went from one state to another.

        Args:
            before: The state they were in.
            after: The one they are in.
            recipients: How many.
        """
        self.states[before] -= recipients
        self.states[after] += recipients

    def execute(self, query: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """Ask the file, or change it inside of `writing`.

        Args:
            query: SQL.
            values: For its question marks.

        Raises:
            JournalError: The file cannot be used.
        """
        with self.mutex:
            self.check_open()
            return self.connection.execute(query, values)

    def executemany(self, query: str, rows: Iterable[Sequence[object]]) -> int:
        """Change the file inside of `writing`, once for each row.

        Args:
            query: SQL.
            rows: The values for its question marks, again and again.

        Returns:
            How many rows were changed.

        Raises:
            JournalError: The file cannot be used.
        """
        with self.mutex:
            self.check_open()
            return self.connection.executemany(query, rows).rowcount

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
            self.connection.close()
            if self._watch is not None:
                self._watch.close()
            if self._lock is not None:
                self._lock.release()

    # What workers of a shared campaign tell each other; the file has one worker.

    look_again: float | None = None
    stop: Stop | None = None

    @property
    def is_done(self) -> bool:
        """Whether no recipient is waiting."""
        return self.states[WAITING] == 0

    def pause(self) -> float:
        """Nothing to wait for."""
        return 0.0

    def reserve_time(self, recipients: int, max_rate: float | None) -> bool:  # noqa: ARG002 - for several workers
        """Time is the worker's own."""
        return True

    def share_pause(self, seconds: float) -> None:
        """Nothing to share."""

    def share_stop(self, stop: Stop) -> None:
        """Nothing to share."""

    def show_alive(self) -> None:
        """Nothing to show."""

    def end(self) -> None:
        """Nothing to leave to others."""

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

            ctypes.pythonapi.Py_IncRef(ctypes.py_object(journal.connection))


if hasattr(os, "register_at_fork"):  # pragma: no branch
    os.register_at_fork(after_in_child=_keep_inherited)


def _close(connection: Connection, process: int) -> None:
    if os.getpid() == process:
        connection.close()


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


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def to_rows(checked: Iterable[tuple[int, str, object]]) -> list[Row]:
    """Recipients as the file has them.

    Args:
        checked: Number, mobile number and parameters of each.
    """
    return [(number, mobile, None if given is None else _encode(given)) for number, mobile, given in checked]
