"""Export all recipients to a CSV file."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TextIO

from jsms_client.campaigns._journal.file import beside
from jsms_client.campaigns._outcomes import Outcome, Skipped

_ENCODING = "utf-8-sig"
_DIGITS_KEPT = 15
COLUMNS = (
    "line",
    "mobile",
    "state",
    "msg_id",
    "schedule_id",
    "code",
    "reason",
    "delivery",
    "delivered_at",
    "settled",
    "temp_para",
)
"""The header. ``state`` is that of the recipient, or why an entry was set aside."""


@contextmanager
def atomic_writer(path: str | os.PathLike[str], encoding: str = _ENCODING) -> Generator[TextIO]:
    """Write a file that replaces another one once all of it is written; for its owner alone, as it has numbers.

    It is what `Campaign.export` writes with, for formats of your own.

    Args:
        path: The file; what is no file on a disk is written to as it is.
        encoding: Its encoding; UTF-8 with a byte order mark if left out, as spreadsheets want it.

    Yields:
        The open file. Where the block raises, what was there before stays.

    Raises:
        OSError: The file cannot be written.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        with path.open("w", encoding=encoding, newline="") as file:
            yield file
        return
    # Through links: they stay what they are.
    real = Path(os.path.realpath(path))
    with beside(real) as made:
        with made.open("w", encoding=encoding, newline="") as file:
            yield file
        made.replace(real)


def write_csv(file: TextIO, outcomes: Iterable[Outcome], skipped: Iterable[Skipped]) -> int:
    """Write recipients, and behind them the skipped entries; return how many."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    for row in chain(map(_recipient, outcomes), map(_skipped, skipped)):
        writer.writerow(_harmless(row))
        count += 1
    return count


def _harmless(cells: Iterable[object]) -> list[object]:
    """No cell that a spreadsheet would take for a formula, or whose last digits it would lose."""
    return [_harmless_text(cell) if isinstance(cell, str) else cell for cell in cells]


def _harmless_text(text: str) -> str:
    if text.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{text}"
    # A spreadsheet keeps 15 digits of a number; behind a tab it is a text.
    return f"\t{text}" if len(text) > _DIGITS_KEPT and text.isdigit() else text


def _skipped(one: Skipped) -> tuple[object, ...]:
    return (one.number, one.mobile, one.reason.value, *[None] * 3, one.text, *[None] * 4)


def _recipient(one: Outcome) -> tuple[object, ...]:
    error = one.error
    return (
        one.number,
        one.mobile,
        one.state.value,
        one.msg_id,
        one.schedule_id,
        one.code,
        None if error is None else error.message,
        None if one.delivery is None else int(one.delivery),
        None if one.delivered_at is None else one.delivered_at.isoformat(),
        "yes" if one.settled else None,
        None if one.temp_para is None else json.dumps(one.temp_para, ensure_ascii=False),
    )
