"""Whether a journal can be believed: nothing is sent on the word of a damaged one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jsms_client.campaigns.journal.hashes import Digest, Row
from jsms_client.campaigns.journal.store import damaged, told_apart
from jsms_client.campaigns.outcomes import Why
from jsms_client.campaigns.settings import CampaignSettings

PAGE = 1000
"""Rows that are in memory at once."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the file says of the campaign as a whole.

    Attributes:
        settings: What it sends.
        input: The digest of the list; None where the list was never read to its end.
        rows: The digest of the recipients; None as above.
        states: How many recipients are in each state, in the order of the schema.
        repeats: How many entries were set aside as repeats.
        bad_lines: How many as bad.
    """

    settings: CampaignSettings
    input: str | None
    rows: str | None
    states: tuple[int, ...]
    repeats: int
    bad_lines: int


def read_head(connection: sqlite3.Connection, path: Path | None) -> Head:
    """Read what the file says of the campaign as a whole.

    Args:
        connection: To the file.
        path: Its name, for messages.

    Raises:
        JournalDamagedError: It does not say that.
    """
    with told_apart(path):
        found = connection.execute(
            "SELECT settings, input, rows, waiting, in_flight, accepted, refused, unknown, repeats, bad_lines "
            "FROM campaign"
        ).fetchall()
    try:
        [(settings, input_, rows, *states, repeats, bad_lines)] = found
        return Head(CampaignSettings.from_text(settings), input_, rows, tuple(states), repeats, bad_lines)
    except (TypeError, ValueError) as error:
        raise damaged(path, "it does not say what the campaign is") from error


def check_all(connection: sqlite3.Connection, path: Path) -> None:
    """Check everything there is: about three seconds for a million recipients.

    Args:
        connection: To the file.
        path: Its name, for messages.

    Raises:
        JournalDamagedError: The file's structure is broken, or what it says does not add up.
    """
    head = read_head(connection, path)
    with told_apart(path):
        problem = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
        if problem != "ok":
            raise damaged(path, problem)
        states = dict(connection.execute("SELECT state, count(*) FROM recipients GROUP BY state").fetchall())
        aside = dict(connection.execute("SELECT reason, count(*) FROM set_aside GROUP BY reason").fetchall())
        digest = Digest()
        for page in _pages(connection):
            digest.add(page)
    told = {state: number for state, number in enumerate(head.states) if number}
    told_aside = {Why.REPEAT: head.repeats, Why.BAD_LINE: head.bad_lines}
    if states != told or aside != {why: number for why, number in told_aside.items() if number}:
        raise damaged(path, "its recipients do not add up")
    if head.input is not None and digest.made() != head.rows:
        raise damaged(path, "its recipients are not those that were written into it")


def _pages(connection: sqlite3.Connection) -> Iterator[list[Row]]:
    after = -1
    query = "SELECT number, mobile, temp_para FROM recipients WHERE number > ? ORDER BY number LIMIT ?"
    while page := connection.execute(query, (after, PAGE)).fetchall():
        yield page
        after = page[-1][0]


__all__ = ["PAGE", "Head", "check_all", "read_head"]
