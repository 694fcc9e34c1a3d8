"""What is in a journal: its tables, and the hashes that show damage."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from jsms_client.campaigns._journal.connection import Connection, damaged
from jsms_client.campaigns._options import CampaignSettings, Service
from jsms_client.campaigns._outcomes import RecipientState, SkipReason

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


class Digest:
    """The digest of a list: of numbers and parameters in their order, wherever the lines of a file begin."""

    __slots__ = ("_hash",)

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, rows: Iterable[Row], bad: int = 0) -> None:
        """Go on with the next entries.

        Args:
            rows: Those that can be sent to.
            bad: How many cannot.
        """
        # JSON has neither tabs nor line breaks of its own.
        text = "".join([f"{mobile}\t{parameters or ''}\n" for _, mobile, parameters in rows])
        self._hash.update(text.encode() + b"!\n" * bad)

    def made(self) -> str:
        """Return the digest of all that was added."""
        return self._hash.hexdigest()


PAGE = 1000
"""Rows that are in memory at once."""


@dataclass(slots=True)
class Head:
    """The row of the file that describes the campaign as a whole; its names are those of the columns.

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
        waiting: How many recipients are in this state; the others likewise.
        in_flight: As above.
        accepted: As above.
        refused: As above.
        unknown: As above.
        repeats: How many entries were set aside as repeats.
        bad_lines: How many as bad.
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
    waiting: int = 0
    in_flight: int = 0
    accepted: int = 0
    refused: int = 0
    unknown: int = 0
    repeats: int = 0
    bad_lines: int = 0

    @property
    def values(self) -> tuple[object, ...]:
        """Everything, in the order of `COLUMNS`."""
        return tuple(getattr(self, name) for name in COLUMNS)

    @property
    def seal(self) -> str:
        """The digest of everything; no two states of a journal have the same."""
        return hashlib.sha256(json.dumps(self.values).encode()).hexdigest()

    @property
    def states(self) -> list[int]:
        """How many recipients are in each state, in the order of the schema."""
        return [self.waiting, self.in_flight, self.accepted, self.refused, self.unknown]

    @states.setter
    def states(self, states: list[int]) -> None:
        self.waiting, self.in_flight, self.accepted, self.refused, self.unknown = states

    def what(self) -> CampaignSettings:
        """Return what it sends."""
        return CampaignSettings.from_text(self.settings)

    def where(self) -> Service:
        """Return the service and the app."""
        return Service(self.service, self.app)


COLUMNS = tuple(field.name for field in fields(Head))
"""The columns of the campaign's row, apart from its key and its seal."""


def read_head(connection: Connection, path: Path | None) -> Head:
    """Read what the file says of the campaign as a whole.

    Args:
        connection: To the file.
        path: Its name, for messages.

    Raises:
        JournalDamagedError: It does not say that.
    """
    found = connection.execute(f"SELECT seal, {', '.join(COLUMNS)} FROM campaign").fetchall()  # noqa: S608 - our own names
    try:
        [(seal, *values)] = found
        head = Head(*values)
        head.what()
        sealed = head.seal
    except (TypeError, ValueError) as error:
        raise damaged(path, "it does not say what the campaign is") from error
    if seal != sealed:
        raise damaged(path, "what it says of the campaign was changed")
    return head


def check_all(connection: Connection, path: Path | None) -> Head:
    """Check everything there is: about three seconds for a million recipients.

    Args:
        connection: To the file.
        path: Its name, for messages.

    Returns:
        What the file says of the campaign as a whole.

    Raises:
        JournalDamagedError: The file's structure is broken, or what it says does not add up.
    """
    head = read_head(connection, path)
    problem = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if problem != [("ok",)]:
        raise damaged(path, "its structure is broken")
    states = dict(connection.execute("SELECT state, count(*) FROM recipients GROUP BY state").fetchall())
    skipped = dict(connection.execute("SELECT reason, count(*) FROM set_aside GROUP BY reason").fetchall())
    expected = {state: number for state, number in enumerate(head.states) if number}
    expected_aside = {SkipReason.REPEAT: head.repeats, SkipReason.BAD_LINE: head.bad_lines}
    if states != expected or skipped != {why: number for why, number in expected_aside.items() if number}:
        raise damaged(path, "its recipients do not add up")
    digest = Digest()
    for page in _pages(connection):
        digest.add(page)
    if head.input is not None and digest.made() != head.rows:
        raise damaged(path, "its recipients are not those that were written into it")
    return head


def _pages(connection: Connection) -> Iterator[list[Row]]:
    after = -1
    query = "SELECT number, mobile, temp_para FROM recipients WHERE number > ? ORDER BY number LIMIT ?"
    while page := connection.execute(query, (after, PAGE)).fetchall():
        yield page
        after = ascending(connection.path, page, after)


def ascending(path: Path | None, page: list[Any], after: int) -> int:
    """Return the last number of a page.

    Args:
        path: The file, for messages.
        page: The page, rows that begin with their numbers.
        after: The last number of the page before it.

    Raises:
        JournalDamagedError: The numbers do not go up, as in a broken file: reading would never end.
    """
    for number, *_ in page:
        if number <= after:
            raise damaged(path, "its numbers do not go up")
        after = number
    return after
