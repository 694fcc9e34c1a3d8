"""Export all recipients to a CSV file."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

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
def atomic_writer(path: Path, encoding: str = _ENCODING) -> Generator[TextIO]:
    """Yield a file that replaces another one once all of it is written; for its owner alone, as it has numbers.

    What is no file on a disk is written to as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding=encoding, newline="") as file:
            yield file
        return
    # Through links: they stay what they are.
    real = Path(os.path.realpath(path))
    beside = real.with_name(f".{real.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with beside.open("w", encoding=encoding, newline="") as file:
            yield file
        beside.replace(real)
    finally:
        beside.unlink(missing_ok=True)


def write(file: TextIO, outcomes: Iterable[Outcome], skipped: Iterable[Skipped]) -> None:
    """Write every recipient, and behind them the skipped entries."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(map(_harmless, map(_recipient, outcomes)))
    writer.writerows(
        _harmless((one.number, one.mobile, one.reason.value, *[None] * 3, one.text, *[None] * 4)) for one in skipped
    )


def _harmless(cells: Iterable[object]) -> list[object]:
    """No cell that a spreadsheet would take for a formula, or whose last digits it would lose."""
    return [_harmless_text(cell) if isinstance(cell, str) else cell for cell in cells]


def _harmless_text(text: str) -> str:
    if text.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{text}"
    # A spreadsheet keeps 15 digits of a number; behind a tab it is a text.
    return f"\t{text}" if len(text) > _DIGITS_KEPT and text.isdigit() else text


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
