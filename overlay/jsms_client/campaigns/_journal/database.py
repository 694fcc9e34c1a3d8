"""The journal's SQLite database: its tables, the row that describes the campaign, and statements.

Every error of SQLite is raised as the error of a journal that it means.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsms_client.campaigns._errors import JournalDamagedError, JournalError, JournalLockedError, JournalReplacedError
from jsms_client.campaigns._options import CampaignSettings, Service
from jsms_client.campaigns._outcomes import RecipientState

APPLICATION = 0x4A534D53
"""What SQLite keeps in the file's head to tell whose it is: "JSMS"."""

VERSION = 2
"""The version of the tables; a file of another one is not touched."""

WAITING, IN_FLIGHT, ACCEPTED, REFUSED, UNKNOWN = range(5)
STATES = (
    RecipientState.WAITING,
    RecipientState.IN_FLIGHT,
    RecipientState.ACCEPTED,
    RecipientState.REFUSED,
    RecipientState.UNKNOWN,
)
"""Each by the number that the file has for it."""

TABLES = (
    # What must be the same when the campaign goes on, and how many recipients are in each state: whatever else the
    # file says must add up to this. input and rows are digests; null until the whole list was read. The seal is a
    # digest of the rest of the row, the first column so that it is always in the page itself: see `store.Watch`.
    """CREATE TABLE campaign (
        one INTEGER PRIMARY KEY CHECK (one = 1), seal TEXT NOT NULL, identity TEXT NOT NULL,
        generation INTEGER NOT NULL, settings TEXT NOT NULL, service TEXT NOT NULL, app TEXT NOT NULL,
        made_at REAL NOT NULL, saved_at REAL NOT NULL, input TEXT, rows TEXT,
        waiting INTEGER NOT NULL DEFAULT 0, in_flight INTEGER NOT NULL DEFAULT 0,
        accepted INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, unknown INTEGER NOT NULL DEFAULT 0,
        repeats INTEGER NOT NULL DEFAULT 0, bad_lines INTEGER NOT NULL DEFAULT 0)""",
    # resent: whether it was sent to again since delivery reports were last asked for.
    """CREATE TABLE recipients (
        number INTEGER PRIMARY KEY, mobile TEXT NOT NULL UNIQUE, temp_para TEXT, state INTEGER NOT NULL DEFAULT 0,
        request INTEGER, msg_id TEXT, code INTEGER, delivery INTEGER, delivered_at REAL,
        settled INTEGER NOT NULL DEFAULT 0, resent INTEGER NOT NULL DEFAULT 0)""",
    # left_until: the latest time that the request may have left, where that is not known, as in a restored copy.
    """CREATE TABLE requests (
        number INTEGER PRIMARY KEY, left_at REAL NOT NULL, left_until REAL, send_time TEXT, schedule_id TEXT)""",
    # Delivery reports that were fetched and are of other messages: the service does not hand them out again.
    """CREATE TABLE other_reports (msg_id TEXT NOT NULL, mobile TEXT NOT NULL, status INTEGER NOT NULL, at REAL,
        UNIQUE (msg_id, mobile, status))""",
    """CREATE TABLE set_aside (number INTEGER PRIMARY KEY, reason TEXT NOT NULL, mobile TEXT, text TEXT NOT NULL)""",
)
Row = tuple[int, str, "str | None"]
"""Number in the list, mobile number, and parameters as JSON: a recipient as it is in the file."""


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
        self.campaign = CampaignSettings.from_text(self.settings)

    @property
    def values(self) -> list[object]:
        """Everything, in the order of `COLUMNS`."""
        return [
            *(self.identity, self.generation, self.settings, self.service, self.app, self.made_at, self.saved_at),
            *(self.input, self.rows, *self.states, self.repeats, self.bad_lines),
        ]

    @property
    def seal(self) -> str:
        """The digest of everything; no two states of a journal have the same."""
        return hashlib.sha256(json.dumps(self.values).encode()).hexdigest()

    def count(self, before: int, after: int, recipients: int) -> None:
        """Note that recipients went from one state to another."""
        self.states[before] -= recipients
        self.states[after] += recipients

    def become(self, campaign: CampaignSettings, service: Service) -> None:
        """Make it another campaign."""
        self.campaign, self.settings = campaign, campaign.to_text()
        self.service, self.app = service

    def where(self) -> Service:
        """Return the service and the app."""
        return Service(self.service, self.app)


COLUMNS = (
    *("identity", "generation", "settings", "service", "app", "made_at", "saved_at", "input", "rows"),
    *(state.value for state in STATES),
    *("repeats", "bad_lines"),
)
"""The columns of the campaign's row, apart from its key and its seal."""
_SAVE = f"UPDATE campaign SET seal = ?, {', '.join(f'{name} = ?' for name in COLUMNS)}"  # noqa: S608 - our own names


def in_use(name: str) -> JournalLockedError:
    """Return the error for a journal that another call has.

    Args:
        name: What a message calls the file.
    """
    return JournalLockedError(
        f"{name} is in use by another campaign, in this process or another one; wait until that has ended"
    )


_UNUSABLE = frozenset(
    (
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOLFS,
    )
)
"""What says nothing of the file's content: the disk or the system fails."""


def called(path: Path | None) -> str:
    """Return what a message calls the file.

    Args:
        path: The file; None for a temporary journal.
    """
    return "the temporary journal" if path is None else str(path)


def damaged(path: Path | None, what: str) -> JournalDamagedError:
    """Return the error for a file that cannot be believed.

    Args:
        path: The file; None for a temporary journal.
        what: What is wrong with it, without a number or a parameter of a recipient.
    """
    return JournalDamagedError(
        f"{called(path)} is damaged, or no journal of a campaign ({what}). Nothing is sent with it. Restore it from a "
        f"copy, and then run `jsms campaign restored {called(path)}` (in code `mark_restored`) before anything else: "
        "those who were sent to after the copy was made would be sent to again otherwise"
    )


@contextmanager
def translating(path: Path | None) -> Generator[None]:
    """Raise what SQLite's errors mean for a journal.

    Args:
        path: The file; None for a temporary journal.

    Raises:
        JournalLockedError: Another process uses it.
        JournalDamagedError: It is not what was written into it.
        JournalError: Anything else, such as a full disk.
    """
    try:
        yield
    except sqlite3.ProgrammingError as error:
        raise JournalError(f"{called(path)} was closed") from error
    except UnicodeDecodeError:
        # SQLite's message quotes the file.
        raise damaged(path, "its tables are none") from None
    except sqlite3.Error as error:
        # Errors of Python's own have no code; they quote what the file has, such as a number.
        code: int | None = getattr(error, "sqlite_errorcode", None)
        if code is None:
            raise damaged(path, "it has a text that is none") from None
        if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise in_use(called(path)) from error
        if code & 0xFF in _UNUSABLE and code != sqlite3.SQLITE_IOERR_SHORT_READ:
            raise JournalError(f"{called(path)} cannot be used: {error}") from error
        raise damaged(path, f"{error.sqlite_errorname}") from error


class Database:
    """A connection to a journal's file, or to a temporary one. Each statement is carried out to its end.

    Args:
        database: What SQLite opens.
        path: What messages call it; None for a temporary journal.
        timeout: Seconds to wait for another process that reads it.
        uri: Whether ``database`` is a URI.

    Attributes:
        path: As above.
        connection: SQLite's own.
        seal: That of the row that was last read or written.

    Raises:
        JournalError: See `translating`.
    """

    def __init__(self, database: str | Path, path: Path | None, *, timeout: float, uri: bool = False) -> None:
        self.path = path
        self.seal = ""
        with translating(path):
            self.connection = sqlite3.connect(
                database, isolation_level=None, check_same_thread=False, timeout=timeout, uri=uri
            )

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """Return the rows that a statement gives.

        Raises:
            JournalError: See `translating`.
        """
        # Closed at once: a traceback would keep the cursor, and that the lock on the file.
        with translating(self.path), closing(self.connection.execute(query, values)) as cursor:
            return cursor.fetchall()

    def change(self, statement: str, values: Sequence[object] = ()) -> int:
        """Carry out a statement; gives how many rows it changed.

        Raises:
            JournalError: See `translating`.
        """
        with translating(self.path), closing(self.connection.execute(statement, values)) as cursor:
            return cursor.rowcount

    def change_each(self, statement: str, rows: Iterable[Sequence[object]]) -> int:
        """Carry out a statement once for each row; gives how many it changed.

        Raises:
            JournalError: See `translating`.
        """
        with translating(self.path), closing(self.connection.executemany(statement, rows)) as cursor:
            return cursor.rowcount

    def check_format(self) -> None:
        """Check whose file it is.

        Raises:
            JournalDamagedError: Not ours.
            JournalError: Of another version.
        """
        if self.rows("PRAGMA application_id") != [(APPLICATION,)]:
            raise damaged(self.path, "it was not written by this library")
        [(version,)] = self.rows("PRAGMA user_version")
        if version != VERSION:
            raise JournalError(
                f"{self.path} is a journal of format {version}; this version of jsms-client reads {VERSION}: finish it "
                "with the version that began it"
            )

    def insert(self, statement: str, values: Sequence[object]) -> int:
        """Insert a row; gives its number.

        Raises:
            JournalError: See `translating`.
        """
        with translating(self.path), closing(self.connection.execute(statement, values)) as cursor:
            return cursor.lastrowid or 0

    def head(self) -> Head:
        """Return what it says of the campaign as a whole.

        Raises:
            JournalDamagedError: It does not say that.
        """
        found = self.rows(f"SELECT seal, {', '.join(COLUMNS)} FROM campaign")  # noqa: S608 - our own names
        try:
            [(seal, *values)] = found
            *others, repeats, bad_lines = values
            identity, generation, settings, service, app, made_at, saved_at, list_digest, rows, *states = others
            head = Head(
                identity,
                generation,
                settings,
                service,
                app,
                made_at,
                saved_at,
                list_digest,
                rows,
                states,
                repeats,
                bad_lines,
            )
            self.seal = head.seal
        except (TypeError, ValueError) as error:
            raise damaged(self.path, "it does not say what the campaign is") from error
        if seal != self.seal:
            raise damaged(self.path, "what it says of the campaign was changed")
        return head

    def commit(self, head: Head) -> None:
        """Write what is known of the campaign as a whole, and commit: all of it is on the disk then."""
        seal = head.seal
        self.change(_SAVE, (seal, *head.values))
        self.change("COMMIT")
        self.seal = seal

    def roll_back(self) -> None:
        """Roll back; where the disk is full or failed, SQLite has done so by itself."""
        if self.connection.in_transaction:
            self.change("ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class Watch:
    """Sees whether the file at a path is still the journal that is open, and has what was last written into it.

    It has a descriptor of its own, to be closed after the connection: closing one drops SQLite's lock on the file.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb", buffering=0)
        self._offset = self._page = 0

    def begin(self, database: Database) -> None:
        """Find the place of the campaign's row."""
        [(self._page,)] = database.rows("PRAGMA page_size")
        [(root,)] = database.rows("SELECT rootpage FROM sqlite_master WHERE name = 'campaign'")
        self._offset = (root - 1) * self._page

    def check_in_place(self, database: Database) -> None:
        """Check that the path leads to the open file, with what was last written in it.

        Raises:
            JournalReplacedError: It does not.
        """
        try:
            is_same = os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except OSError:
            is_same = False
        if not is_same:
            raise JournalReplacedError(f"{self._path} was removed, moved or replaced while its campaign ran")
        self.check_content(database)

    def check_content(self, database: Database) -> None:
        """Check that nothing else is in the open file than what was last written.

        Raises:
            JournalReplacedError: Something is: nothing is to be written over that.
        """
        [(pages,)] = database.rows("PRAGMA page_count")
        if self.is_overwritten(database.seal, pages):
            raise JournalReplacedError(f"{self._path} was written over while its campaign ran")

    def is_overwritten(self, seal: str, pages: int = 0) -> bool:
        """Whether the open file has something else in it than what was last written, or fewer pages."""
        self._file.seek(self._offset)
        page = self._file.read(self._page)
        return seal.encode() not in page or os.fstat(self._file.fileno()).st_size < pages * self._page

    def close(self) -> None:
        """Close it, after the connection."""
        self._file.close()
