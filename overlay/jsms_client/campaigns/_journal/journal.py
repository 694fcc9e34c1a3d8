"""The state of every recipient, in a file that is locked meanwhile, or in a temporary one.

Each step of a campaign is one transaction. Its last statement writes the counts and the seal, a digest of them, which
shows whether the file is still the one that was written.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
import weakref
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import wraps
from pathlib import Path
from threading import Lock, RLock
from typing import Concatenate, ParamSpec, TypeVar

from jsms_client.campaigns._errors import (
    SQLITE_ERRORS,
    BadLine,
    JournalError,
    JournalMismatchError,
    JournalReplacedError,
    called,
    damaged,
    in_use,
    raise_journal_error,
)
from jsms_client.campaigns._inputs.sources import Row
from jsms_client.campaigns._journal.batches import BatchQueue
from jsms_client.campaigns._journal.deliveries import Deliveries
from jsms_client.campaigns._journal.file import Connection, JournalLock, Statement, open_temporary
from jsms_client.campaigns._journal.schema import ADD_HEAD, READ_HEAD, SAVE_HEAD
from jsms_client.campaigns._options import CampaignSettings, Service
from jsms_client.campaigns._outcomes import STATES, WAITING, SkipReason

P = ParamSpec("P")
T = TypeVar("T")


def settings_to_text(settings: CampaignSettings) -> str:
    """Return the settings as journals keep them; equal settings give the same text."""
    return json.dumps(asdict(settings), ensure_ascii=False, sort_keys=True)


def settings_from_text(text: str) -> CampaignSettings:
    """Return the settings that a journal keeps."""
    return CampaignSettings(**json.loads(text))


@dataclass(slots=True)
class Head:
    """The row of the file that describes the campaign as a whole.

    Attributes:
        identity: Tells this journal from every other one; its copies have the same.
        generation: How many times it was written.
        settings: What it sends, as text.
        service: The address of the service.
        app: A hash of the app's key.
        made_at: When it was made, in seconds since 1970.
        saved_at: When it was last written.
        input: The digest of the list; None where the list was never read to its end.
        rows: The digest of the recipients; None as above.
        states: How many recipients are in each state, in the order of `STATES`.
        repeats: How many entries were set aside as duplicates.
        bad_lines: How many as bad.
        campaign: What it sends.
    """

    identity: str
    generation: int
    settings: str
    service: str
    app: str
    made_at: float
    saved_at: float
    input: str | None = None
    rows: str | None = None
    states: list[int] = field(default_factory=lambda: [0] * len(STATES))
    repeats: int = 0
    bad_lines: int = 0
    campaign: CampaignSettings = field(init=False)

    def __post_init__(self) -> None:
        self.campaign = settings_from_text(self.settings)

    @property
    def values(self) -> list[object]:
        """Everything, in the order of `schema.COLUMNS`."""
        return [
            *(self.identity, self.generation, self.settings, self.service, self.app, self.made_at, self.saved_at),
            *(self.input, self.rows, *self.states, self.repeats, self.bad_lines),
        ]

    @property
    def seal(self) -> str:
        """The digest of everything; no two states of a journal have the same."""
        return hashlib.sha256(json.dumps(self.values).encode()).hexdigest()

    def become(self, campaign: CampaignSettings, service: Service) -> None:
        """Make it another campaign."""
        self.campaign, self.settings = campaign, settings_to_text(campaign)
        self.service, self.app = service


def new_head(settings: CampaignSettings, service: Service) -> Statement:
    """Return the statement that begins a journal."""
    now = time.time()
    head = Head(secrets.token_hex(16), 0, settings_to_text(settings), service.url, service.app, now, now)
    return ADD_HEAD, (head.seal, *head.values)


def read_head(connection: Connection) -> Head:
    """Return what a file says of the campaign as a whole."""
    try:
        found = connection.execute(READ_HEAD).fetchall()
    except SQLITE_ERRORS as error:
        raise_journal_error(connection.path, error)
    try:
        [(seal, *values)] = found
        *others, repeats, bad_lines = values
        identity, generation, settings, service, app, made_at, saved_at, list_digest, rows, *states = others
        written = (identity, generation, settings, service, app, made_at, saved_at, list_digest, rows)
        head = Head(*written, states, repeats, bad_lines)
        is_sealed = seal == head.seal
    except (TypeError, ValueError) as error:
        raise damaged(connection.path, "it does not say what the campaign is") from error
    if not is_sealed:
        raise damaged(connection.path, "what it says of the campaign was changed")
    return head


class Watch:
    """Sees whether the file at a path is still the journal that is open, and has what was last written into it.

    Its own descriptor is to be closed after the connection: closing one drops SQLite's lock on the file.
    """

    def __init__(self, path: Path, connection: Connection) -> None:
        self._path = path
        self._connection = connection
        [(self._page,)] = connection.execute("PRAGMA page_size").fetchall()
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'campaign'").fetchall()
        self._offset = (root - 1) * self._page
        self._file = path.open("rb", buffering=0)

    def check_in_place(self, seal: str) -> None:
        """Check that the path leads to the open file, with what was last written in it."""
        try:
            is_same = os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except OSError:
            is_same = False
        if not is_same:
            raise JournalReplacedError(f"{self._path} was removed, moved or replaced while its campaign ran")
        self.check_content(seal)

    def check_content(self, seal: str) -> None:
        """Check that nothing else is in the open file than what was last written."""
        [(pages,)] = self._connection.execute("PRAGMA page_count").fetchall()
        if self.is_overwritten(seal, pages):
            raise JournalReplacedError(f"{self._path} was written over while its campaign ran")

    def is_overwritten(self, seal: str, pages: int = 0) -> bool:
        """Whether the open file has something else in it than what was last written, or fewer pages."""
        self._file.seek(self._offset)
        page = self._file.read(self._page)
        return seal.encode() not in page or os.fstat(self._file.fileno()).st_size < pages * self._page

    def close(self) -> None:
        """Close it, after the connection."""
        self._file.close()


def _translated(method: Callable[Concatenate[Journal, P], T]) -> Callable[Concatenate[Journal, P], T]:
    """Raise what SQLite's errors mean for a journal."""

    @wraps(method)
    def translated(self: Journal, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(self, *args, **kwargs)
        except SQLITE_ERRORS as error:
            raise_journal_error(self.path, error)

    return translated


class Journal:
    """The state of one campaign.

    Nothing is on the disk until the `writing` it was done in has ended.

    Args:
        connection: The file, or a temporary one; closed together with this.
        lock: What keeps others from the file; None for a temporary one.

    Attributes:
        head: What the file says of the campaign as a whole.
        seal: That of the row that was last read or written.
        settings: What the campaign sends.
        input: The digest of the list; None until all of it was taken in.
        states: How many recipients are in each state, in the order of `STATES`.
        queue: What leaves and what comes back.
        team: The workers that share it: none but this one.
        repeats: How many entries were set aside as duplicates.
        bad_lines: How many as bad.
        closed: Whether it was closed.
        mutex: Held by the thread that works with it: SQLite crashes where a connection is closed that another thread
            uses, and a caller that was interrupted or cancelled leaves threads behind.
    """

    team = None

    def __init__(self, connection: Connection, lock: JournalLock | None = None) -> None:
        self.connection = connection
        self.path = connection.path
        self._lock = lock
        self._busy = Lock()
        self._process = os.getpid()
        self.closed = False
        self.mutex = RLock()
        self.head = head = read_head(connection)
        self.seal = head.seal
        self.settings = head.campaign
        self.input: str | None = head.input
        self.states = head.states
        self.repeats, self.bad_lines = int(head.repeats), int(head.bad_lines)
        self._before = (self.input, self.repeats, self.bad_lines, list(self.states))
        self.watch = None if self.path is None or lock is None else Watch(self.path, connection)
        self.queue = BatchQueue(connection, head.states)
        # Not at the end of the process, when another thread may still use it.
        self._close = weakref.finalize(self, _close, connection, self._process)
        self._close.atexit = False
        _journals.add(self)

    @classmethod
    def temporary(cls, settings: CampaignSettings, service: Service) -> Journal:
        """Return a journal that is gone when it is closed or garbage-collected."""
        return cls(open_temporary(new_head(settings, service)))

    @property
    def deliveries(self) -> Deliveries:
        """What delivery reports say."""
        return Deliveries(self.connection, self.states)

    # One transaction

    @contextmanager
    def writing(self) -> Generator[None]:
        """Everything that is done in here is on the disk at its end, or none of it.

        After an error the journal can only be closed: what leaves next is not reliable.
        """
        self.check_open()
        with self.mutex:
            self.begin()
            try:
                yield
                self.commit()
            except BaseException as error:
                self.roll_back()
                if isinstance(error, SQLITE_ERRORS):
                    raise_journal_error(self.path, error)
                raise

    @_translated
    def begin(self) -> None:
        """Begin what is to be written all at once; nothing is written over a file with something else in it."""
        self.check_open()
        if self.watch is not None:
            self.watch.check_content(self.seal)
        self.connection.execute("BEGIN IMMEDIATE")
        self._before = (self.input, self.repeats, self.bad_lines, list(self.states))

    @_translated
    def commit(self) -> None:
        """Commit it: all of it is on the disk then."""
        self.check_open()
        head = self.head
        head.generation += 1
        head.saved_at = time.time()
        head.input, head.repeats, head.bad_lines = self.input, self.repeats, self.bad_lines
        seal = head.seal
        self.connection.execute(SAVE_HEAD, (seal, *head.values))
        self.connection.execute("COMMIT")
        self.seal = seal
        self._before = (self.input, self.repeats, self.bad_lines, list(self.states))

    def roll_back(self) -> None:
        """Roll back; where the disk is full or failed, SQLite has done so by itself."""
        if os.getpid() == self._process and not self.closed:
            self.input, self.repeats, self.bad_lines, self.states[:] = self._before
            # Where this fails too, closing the file does it.
            with suppress(*SQLITE_ERRORS):
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    @_translated
    def check_in_place(self) -> None:
        """Check that what was last written is in the file that the path leads to; before a request leaves."""
        if self.watch is not None:
            with self.mutex:
                self.check_open()
                self.watch.check_in_place(self.seal)

    def check_open(self) -> None:
        """Check that it is not closed, and does not belong to the process that this one was forked from."""
        if self.closed:
            raise JournalError(f"{called(self.path)} was closed")
        if os.getpid() != self._process:
            raise JournalError(f"{called(self.path)} is in use by the process that this one was forked from")

    # The list

    @_translated
    def add(self, rows: Sequence[Row], bad: Iterable[BadLine]) -> set[int]:
        """Take the next entries in; gives the numbers of those whose mobile number was there before."""
        self.check_open()
        skipped: list[tuple[int, SkipReason, str | None, str]] = [
            (line.number, SkipReason.BAD_LINE, None, line.reason) for line in bad
        ]
        self.bad_lines += len(skipped)
        repeated: set[int] = set()
        execute, execute_many = self.connection.execute, self.connection.executemany
        add = "INSERT OR IGNORE INTO recipients (number, mobile, temp_para) VALUES (?, ?, ?)"
        taken = execute_many(add, rows).rowcount if rows else 0
        for number, mobile, parameters in rows if taken < len(rows) else ():
            query = "SELECT number, temp_para IS NOT ? FROM recipients WHERE mobile = ?"
            [(first, other)] = execute(query, (parameters, mobile)).fetchall()
            if first != number:
                repeated.add(number)
                with_others = ", with other parameters" if other else ""
                skipped.append((number, SkipReason.REPEAT, mobile, f"the number is at {first} already{with_others}"))
        execute_many("INSERT INTO set_aside (number, reason, mobile, text) VALUES (?, ?, ?, ?)", skipped)
        self.repeats += len(repeated)
        self.states[WAITING] += taken
        return repeated

    def complete(self, entries: str, recipients: str) -> None:
        """Record the digests of the whole list, and of what is left of it without duplicates."""
        self.input = entries
        self.head.rows = recipients

    def check_same(self, entries: str) -> None:
        """Check that this list is the one that was taken in."""
        if entries != self.input:
            raise JournalMismatchError(
                f"the list is not the one that {called(self.path)} was begun with; go on with that one, or begin "
                "a new journal for this one"
            )

    # Its end

    def close(self) -> None:
        """Close the file, so that others can open it; what a child inherited is its parent's."""
        if os.getpid() != self._process:
            return
        with self.mutex:
            if self.closed:
                return
            self.closed = True
            self._close()
            if self.watch is not None:
                self.watch.close()
            if self._lock is not None:
                self._lock.release()

    def claim(self) -> None:
        """Have a temporary journal for one call, as a file is held for one."""
        if not self._busy.acquire(blocking=False):
            raise in_use(self.path)

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
