"""What became of every recipient, in a file that nobody else can open meanwhile, or in a temporary one."""

from __future__ import annotations

import json
import sqlite3
import time
import weakref
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, RLock

from jsms_client.campaigns.errors import BadLine, JournalError, JournalMismatchError
from jsms_client.campaigns.journal import store
from jsms_client.campaigns.journal.hashes import Digest, Row
from jsms_client.campaigns.journal.integrity import check_all, read_head
from jsms_client.campaigns.journal.lock import JournalLock, acquire, in_use
from jsms_client.campaigns.journal.schema import WAITING
from jsms_client.campaigns.outcomes import Why
from jsms_client.campaigns.settings import CampaignSettings


class Journal:
    """The state of one campaign.

    Nothing is on the disk until the `writing` it was done in has ended.

    Args:
        connection: To the file.
        path: Its name; None for a temporary one.
        held: What keeps others from it; None as above.

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

    def __init__(self, connection: sqlite3.Connection, path: Path | None, held: JournalLock | None = None) -> None:
        self.connection = connection
        self.path = path
        self._held = held
        self._busy = Lock()
        head = read_head(connection, path)
        self.settings = head.settings
        self.input = head.input
        self.states = list(head.states)
        self.repeats, self.bad_lines = head.repeats, head.bad_lines
        self.closed = False
        self.mutex = RLock()

    @classmethod
    def temporary(cls, settings: CampaignSettings) -> Journal:
        """A journal that is gone when it is closed, or when nobody has it any more.

        Args:
            settings: What the campaign sends.
        """
        journal = cls(store.open_temporary(settings), None)
        # Not at the end of the process, when another thread may still use it.
        weakref.finalize(journal, journal.connection.close).atexit = False
        return journal

    @classmethod
    def open(cls, path: Path, settings: CampaignSettings | None = None) -> Journal:
        """A journal in a file, checked.

        Args:
            path: The file.
            settings: What the campaign sends: a file that is not there is made, and one that is there must be of the
                same campaign. None to take what is there.

        Raises:
            JournalError: It is locked, damaged, of another campaign, or cannot be used.
        """
        held = acquire(path, store.LOCK_PATIENCE)
        try:
            if settings is not None and not path.exists():
                store.create(path, settings)
            connection = store.open_exclusively(path)
        except BaseException:
            held.release()
            raise
        try:
            check_all(connection, path)
            journal = cls(connection, path, held)
            if settings is not None:
                journal.become(settings)
        except BaseException:
            connection.close()
            held.release()
            raise
        return journal

    def become(self, settings: CampaignSettings) -> None:
        """Check that this is the journal of a campaign; one into which no list was read may become it.

        A schedule whose time has passed may go on with a later one: else those who still wait could never be sent to.

        Args:
            settings: What the campaign sends.

        Raises:
            JournalMismatchError: It is that of another one.
        """
        if self.settings == settings:
            return
        if self.input is not None and not self.settings.goes_on_as(settings, time.time()):
            raise _other_campaign(self.path, self.settings, settings)
        with self.writing():
            self.execute("UPDATE campaign SET settings = ?", (settings.to_text(),))
        self.settings = settings

    @contextmanager
    def writing(self) -> Generator[None]:
        """Everything that is done in here is on the disk at its end, or none of it.

        After an error the journal is of no use but to be closed: nobody knows what it had counted.
        """
        with self.mutex:
            self.begin()
            try:
                yield
                self.commit()
            except BaseException:
                self.roll_back()
                raise

    def begin(self) -> None:
        """Begin what is to be written all at once."""
        self.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Have all of it on the disk."""
        self.execute(
            "UPDATE campaign SET waiting = ?, in_flight = ?, accepted = ?, refused = ?, unknown = ?, repeats = ?, "
            "bad_lines = ?",
            (*self.states, self.repeats, self.bad_lines),
        )
        self.execute("COMMIT")

    def roll_back(self) -> None:
        """Have none of it."""
        # Where the disk is full or failed, SQLite has done so by itself.
        if not self.closed and self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def add(self, rows: Sequence[Row], bad: Iterable[BadLine]) -> set[int]:
        """Take the next entries of the list in.

        Args:
            rows: Those that can be sent to.
            bad: Those that cannot.

        Returns:
            The numbers of those that were set aside, as their mobile number was there before.
        """
        aside: list[tuple[int, Why, str | None, str]] = [(line.number, Why.BAD_LINE, None, line.reason) for line in bad]
        self.bad_lines += len(aside)
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
                    aside.append((number, Why.REPEAT, mobile, f"the number stands at {first} already{with_others}"))
        self.repeats += len(repeated)
        self.states[WAITING] += taken
        self.executemany("INSERT INTO set_aside (number, reason, mobile, text) VALUES (?, ?, ?, ?)", aside)
        return repeated

    def complete(self, entries: Digest, recipients: Digest) -> None:
        """The whole list was taken in.

        Args:
            entries: The digest of the list.
            recipients: The digest of what is left of it without repeats.
        """
        self.input = entries.made()
        self.execute("UPDATE campaign SET input = ?, rows = ?", (self.input, recipients.made()))

    def check_same(self, entries: Digest) -> None:
        """Check that this list is the one that was taken in.

        Raises:
            JournalMismatchError: It is not.
        """
        if entries.made() != self.input:
            raise JournalMismatchError(
                f"the list is not the one that {store.called(self.path)} was begun with; go on with that one, or begin "
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
        with self.mutex, store.told_apart(self.path):
            self._check_open()
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
        with self.mutex, store.told_apart(self.path):
            self._check_open()
            return self.connection.executemany(query, rows).rowcount

    def _check_open(self) -> None:
        if self.closed:
            raise JournalError(f"{store.called(self.path)} was closed")

    def close(self) -> None:
        """Let go of the file."""
        with self.mutex:
            self.connection.close()
            self.closed = True
            if self._held is not None:
                self._held.release()

    def claim(self) -> None:
        """Have a temporary journal for one call, as a file is held for one.

        Raises:
            JournalLockedError: Another call has it.
        """
        if not self._busy.acquire(blocking=False):
            raise in_use(store.called(self.path))

    def release(self) -> None:
        """Let other calls have it; to be called by the one that claimed it."""
        self._busy.release()


def _other_campaign(path: Path | None, theirs: CampaignSettings, ours: CampaignSettings) -> JournalMismatchError:
    names = ("temp_id", "sign_id", "tag", "send_time")
    differ = [
        f"{name} is {getattr(theirs, name)!r} there and {getattr(ours, name)!r} here"
        for name in names
        if getattr(theirs, name) != getattr(ours, name)
    ]
    return JournalMismatchError(f"{store.called(path)} is the journal of another campaign: {', '.join(differ)}")


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def to_rows(checked: Iterable[tuple[int, str, object]]) -> list[Row]:
    """Recipients as the file has them.

    Args:
        checked: Number, mobile number and parameters of each.
    """
    return [(number, mobile, None if given is None else _encode(given)) for number, mobile, given in checked]


__all__ = ["Journal", "to_rows"]
