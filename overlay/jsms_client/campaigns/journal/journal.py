"""What became of every recipient, written down before a request leaves and after its answer."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jsms_client.campaigns.errors import BadLine, JournalMismatchError
from jsms_client.campaigns.journal import files
from jsms_client.campaigns.journal.checking import check_all, read_head
from jsms_client.campaigns.journal.digests import Digest, Row
from jsms_client.campaigns.journal.schema import ACCEPTED, IN_FLIGHT, REFUSED, UNKNOWN, WAITING
from jsms_client.campaigns.outcomes import Why
from jsms_client.campaigns.settings import CampaignSettings


@dataclass(slots=True)
class Batch:
    """The recipients of one request.

    Attributes:
        rows: They themselves, in the order of the list.
        request: The request's number in the journal; 0 until it leaves.
    """

    rows: Sequence[Row]
    request: int = 0


@dataclass(frozen=True, slots=True)
class Learned:
    """What a request's answer tells of one recipient.

    Attributes:
        number: The recipient.
        state: What is known now, as the schema has it.
        msg_id: Id of the SMS.
        code: Why it was refused.
    """

    number: int
    state: int
    msg_id: str | None = None
    code: int | None = None


class Journal:
    """The state of one campaign, in a file that nobody else can open meanwhile, or in a temporary one.

    Nothing is on the disk until the `writing` it was done in has ended.

    Args:
        connection: To the file.
        path: Its name; None for a temporary one.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self._connection = connection
        self.path = path
        head = read_head(connection, path)
        self.settings = head.settings
        self.input = head.input
        self.states = list(head.states)
        self.repeats, self.bad_lines = head.repeats, head.bad_lines
        self._cursor = -1
        self._request: int = connection.execute("SELECT coalesce(max(number), 0) FROM requests").fetchone()[0]

    @classmethod
    def temporary(cls, settings: CampaignSettings) -> Journal:
        """A journal that is gone when it is closed.

        Args:
            settings: What the campaign sends.
        """
        return cls(files.open_temporary(settings), None)

    @classmethod
    def open(cls, path: Path, settings: CampaignSettings | None) -> Journal:
        """A journal in a file, checked.

        Args:
            path: The file.
            settings: What the campaign sends: a file that is not there is made, and one that is there must be of the
                same campaign. None to take what is there.

        Raises:
            JournalError: It is locked, damaged, of another campaign, or cannot be used.
        """
        if settings is not None and not path.exists():
            files.create(path, settings)
        connection = files.open_exclusively(path)
        try:
            check_all(connection, path)
            journal = cls(connection, path)
            if settings is not None and journal.settings != settings:
                if journal.input is not None:
                    raise _other_campaign(path, journal.settings, settings)
                # Nothing was ever read into it, so nothing was sent.
                with journal.writing():
                    connection.execute("UPDATE campaign SET settings = ?", (settings.to_text(),))
                journal.settings = settings
        except BaseException:
            connection.close()
            raise
        return journal

    @contextmanager
    def writing(self) -> Generator[None]:
        """Everything that is done in here is on the disk at its end, or none of it."""
        with files.told_apart(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute(
                    "UPDATE campaign SET waiting = ?, in_flight = ?, accepted = ?, refused = ?, unknown = ?, "
                    "repeats = ?, bad_lines = ?",
                    (*self.states, self.repeats, self.bad_lines),
                )
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    # --- the list ----------------------------------------------------------------------------------------------------

    def add(self, rows: list[Row], bad: Iterable[BadLine]) -> set[int]:
        """Take the next entries of the list in.

        Args:
            rows: Those that can be sent to.
            bad: Those that cannot.

        Returns:
            The numbers of those that were set aside, as their mobile number was there before.
        """
        aside = [(line.number, Why.BAD_LINE, None, line.reason) for line in bad]
        self.bad_lines += len(aside)
        before = self._connection.total_changes
        self._connection.executemany("INSERT OR IGNORE INTO recipients (number, mobile, temp_para) VALUES (?, ?, ?)", rows)
        taken = self._connection.total_changes - before
        repeated: set[int] = set()
        if taken < len(rows):
            for number, mobile, parameters in rows:
                first, other = self._connection.execute(
                    "SELECT number, temp_para IS NOT ? FROM recipients WHERE mobile = ?", (parameters, mobile)
                ).fetchone()
                if first != number:
                    repeated.add(number)
                    with_others = ", with other parameters" if other else ""
                    aside.append((number, Why.REPEAT, mobile, f"the number stands at {first} already{with_others}"))
        self.repeats += len(repeated)
        self.states[WAITING] += taken
        if aside:
            self._connection.executemany("INSERT INTO set_aside (number, reason, mobile, text) VALUES (?, ?, ?, ?)", aside)
        return repeated

    def complete(self, entries: Digest, recipients: Digest) -> None:
        """The whole list was taken in.

        Args:
            entries: The digest of the list.
            recipients: The digest of what is left of it without repeats.
        """
        self.input = entries.made()
        self._connection.execute("UPDATE campaign SET input = ?, rows = ?", (self.input, recipients.made()))

    def check_same(self, entries: Digest) -> None:
        """Check that this list is the one that was taken in.

        Raises:
            JournalMismatchError: It is not.
        """
        if entries.made() != self.input:
            raise JournalMismatchError(
                f"the list is not the one that {self.path} was begun with; go on with that one, or begin a new journal "
                "for this one"
            )

    # --- requests ----------------------------------------------------------------------------------------------------

    def recover(self, *, repeat_unknown: bool) -> None:
        """Begin where another process was killed: what was in flight then is unknown now.

        Args:
            repeat_unknown: Whether those that are unknown are to be sent to again.
        """
        self._move(IN_FLIGHT, UNKNOWN)
        if repeat_unknown:
            self._move(UNKNOWN, WAITING)
        self._cursor = -1

    def _move(self, before: int, after: int) -> None:
        if self.states[before]:
            self._connection.execute("UPDATE recipients SET state = ? WHERE state = ?", (after, before))
            self._count(before, after, self.states[before])

    def next_batch(self, most: int) -> Batch | None:
        """The next that are waiting, in the order of the list; None where there are none.

        Args:
            most: How many.
        """
        rows: list[Row] = self._connection.execute(
            "SELECT number, mobile, temp_para FROM recipients WHERE number > ? AND state = 0 ORDER BY number LIMIT ?",
            (self._cursor, most),
        ).fetchall()
        if not rows:
            return None
        self._cursor = rows[-1][0]
        return Batch(rows)

    def leave(self, batch: Batch) -> None:
        """A request is about to leave.

        Args:
            batch: Its recipients.
        """
        self._request += 1
        batch.request = self._request
        self._connection.execute("INSERT INTO requests (number, left_at) VALUES (?, ?)", (self._request, time.time()))
        self._all_of(batch, WAITING, IN_FLIGHT)

    def came_back(self, batch: Batch, state: int, *, code: int | None = None) -> None:
        """A request came to an end that is the same for all of its recipients.

        Args:
            batch: The recipients.
            state: What is known of them now.
            code: Why they were refused.
        """
        self._all_of(batch, IN_FLIGHT, state, code=code)

    def learn(self, batch: Batch, learned: Sequence[Learned], schedule_id: str | None) -> None:
        """A request was answered, each recipient by itself.

        Args:
            batch: The recipients.
            learned: What the answer tells of each of them.
            schedule_id: The schedule that it made.
        """
        self._connection.executemany(
            "UPDATE recipients SET state = ?, msg_id = ?, code = ? WHERE number = ?",
            [(one.state, one.msg_id, one.code, one.number) for one in learned],
        )
        if schedule_id is not None:
            self._connection.execute(
                "UPDATE requests SET schedule_id = ? WHERE number = ?", (schedule_id, batch.request)
            )
        for state in (WAITING, ACCEPTED, REFUSED, UNKNOWN):
            self._count(IN_FLIGHT, state, sum(one.state == state for one in learned))

    def _all_of(self, batch: Batch, before: int, after: int, *, code: int | None = None) -> None:
        # Batches never overlap: all that are in this state between the first and the last are of this one.
        changed = self._connection.execute(
            "UPDATE recipients SET state = ?, request = ?, code = ? WHERE number BETWEEN ? AND ? AND state = ?",
            (after, batch.request, code, batch.rows[0][0], batch.rows[-1][0], before),
        ).rowcount
        if changed != len(batch.rows):
            raise files.damaged(self.path, "it changed while it was in use")
        self._count(before, after, changed)

    def _count(self, before: int, after: int, number: int) -> None:
        self.states[before] -= number
        self.states[after] += number

    # --- delivery reports --------------------------------------------------------------------------------------------

    def execute(self, query: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """Ask the file, or change it inside of `writing`.

        Args:
            query: SQL.
            values: For its question marks.
        """
        return self._connection.execute(query, values)

    def settled(self, number: int) -> None:
        """Count one that was unknown as accepted.

        Args:
            number: How many.
        """
        self._count(UNKNOWN, ACCEPTED, number)

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for whoever reads a temporary journal."""
        return self._connection

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _other_campaign(path: Path, theirs: CampaignSettings, ours: CampaignSettings) -> JournalMismatchError:
    names = ("temp_id", "sign_id", "tag", "send_time")
    differ = [
        f"{name} is {getattr(theirs, name)!r} there and {getattr(ours, name)!r} here"
        for name in names
        if getattr(theirs, name) != getattr(ours, name)
    ]
    return JournalMismatchError(f"{path} is the journal of another campaign: {', '.join(differ)}")


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def to_rows(checked: Iterable[tuple[int, str, object]]) -> list[Row]:
    """Recipients as the file has them.

    Args:
        checked: Number, mobile number and parameters of each.
    """
    return [(number, mobile, None if given is None else _encode(given)) for number, mobile, given in checked]


__all__ = ["Batch", "Journal", "Learned", "to_rows"]
