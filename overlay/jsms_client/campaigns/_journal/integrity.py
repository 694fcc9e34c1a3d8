"""The totals and hashes of a journal, which show damage."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from jsms_api.models.delivery_status import DeliveryStatus
from jsms_client.campaigns._journal.database import REFUSED, Database, Head, Row, damaged
from jsms_client.campaigns._outcomes import SkipReason
from jsms_runtime.results import known

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def to_rows(checked: Iterable[tuple[int, str, object]]) -> list[Row]:
    """Recipients as the file has them.

    Args:
        checked: Number, mobile number and parameters of each.
    """
    return [(number, mobile, None if given is None else _encode(given)) for number, mobile, given in checked]


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


def totals(database: Database, head: Head) -> tuple[dict[int | None, int], dict[DeliveryStatus | int, int]]:
    """Return how many recipients were refused, by code, and how many delivery reports came, by status.

    Args:
        database: The file.
        head: What it says of the campaign as a whole.

    Raises:
        JournalDamagedError: That is not how many were refused.
    """
    query = "SELECT code, count(*) FROM recipients WHERE state = ? GROUP BY code ORDER BY count(*) DESC, code"
    codes: dict[object, int] = dict(database.rows(query, (REFUSED,)))
    query = "SELECT delivery, count(*) FROM recipients WHERE delivery IS NOT NULL GROUP BY delivery ORDER BY delivery"
    deliveries: dict[int, int] = dict(database.rows(query))
    are_numbers = all(isinstance(code, int | None) for code in codes)
    if not are_numbers or (sum(codes.values()) != head.states[REFUSED] and is_unchanged(database, head)):
        raise damaged(database.path, "its recipients do not add up")
    return cast("dict[int | None, int]", codes), {
        known(DeliveryStatus, each): count for each, count in deliveries.items()
    }


def is_unchanged(database: Database, head: Head) -> bool:
    """Whether nothing was written meanwhile; writers are locked out no longer than a page takes."""
    return database.head().seal == head.seal


def check_all(database: Database) -> Head:
    """Check everything there is: about three seconds for a million recipients.

    Args:
        database: The file.

    Returns:
        What the file says of the campaign as a whole.

    Raises:
        JournalDamagedError: The file's structure is broken, or what it says does not add up.
    """
    head = database.head()
    problem = database.rows("PRAGMA integrity_check(1)")
    if problem != [("ok",)]:
        raise damaged(database.path, "its structure is broken")
    states = dict(database.rows("SELECT state, count(*) FROM recipients GROUP BY state"))
    skipped = dict(database.rows("SELECT reason, count(*) FROM set_aside GROUP BY reason"))
    expected = {state: number for state, number in enumerate(head.states) if number}
    expected_aside = {SkipReason.REPEAT: head.repeats, SkipReason.BAD_LINE: head.bad_lines}
    if states != expected or skipped != {why: number for why, number in expected_aside.items() if number}:
        raise damaged(database.path, "its recipients do not add up")
    digest = Digest()
    for page in _pages(database):
        digest.add(page)
    if head.input is not None and digest.made() != head.rows:
        raise damaged(database.path, "its recipients are not those that were written into it")
    return head


def _pages(database: Database) -> Iterator[list[Row]]:
    after = -1
    query = "SELECT number, mobile, temp_para FROM recipients WHERE number > ? ORDER BY number LIMIT ?"
    while page := database.rows(query, (after, PAGE)):
        yield page
        after = ascending(database.path, page, after)


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
