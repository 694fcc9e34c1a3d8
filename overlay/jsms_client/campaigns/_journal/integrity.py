"""Whether a journal can be believed: nothing is sent on the word of a damaged one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from jsms_client.campaigns._journal.connection import Connection, damaged
from jsms_client.campaigns._journal.hashes import Digest, Row
from jsms_client.campaigns._outcomes import SkipReason
from jsms_client.campaigns._settings import CampaignSettings, Service

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
        waiting: How many recipients are in this state; the others alike.
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
        """What it sends."""
        return CampaignSettings.from_text(self.settings)

    def where(self) -> Service:
        """The service and the app."""
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
    aside = dict(connection.execute("SELECT reason, count(*) FROM set_aside GROUP BY reason").fetchall())
    expected = {state: number for state, number in enumerate(head.states) if number}
    expected_aside = {SkipReason.REPEAT: head.repeats, SkipReason.BAD_LINE: head.bad_lines}
    if states != expected or aside != {why: number for why, number in expected_aside.items() if number}:
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
    """The last number of a page.

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


__all__ = ["COLUMNS", "PAGE", "Head", "ascending", "check_all", "read_head"]
