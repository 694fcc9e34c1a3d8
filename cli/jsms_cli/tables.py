"""Show results as tables, and records of a stream as lines; Chinese text lines up too."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import Field, fields
from datetime import datetime
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, cast

from jsms_cli.output import write
from jsms_client.masking import mask_mobile, mask_text, printable

if TYPE_CHECKING:
    from jsms_client.results import Result

_WIDE = 10_000
"""Columns, where no terminal sets a limit: nothing is broken that another program is to read."""


def write_card(pairs: Iterable[tuple[str, object]]) -> None:
    """Write names and values, one pair on a line."""
    write_table((), pairs)


def pairs_of(result: Result) -> list[tuple[str, object]]:
    """Return the fields of a result that are single values, with numbers masked and what is private left out."""
    pairs: list[tuple[str, object]] = []
    for field in fields(result):
        value = cast("object", getattr(result, field.name))
        if field.name == "extra" or isinstance(value, tuple) or field.metadata.get("show") == "nothing":
            continue
        pairs.append((field.name, masked(value, field)))
    return pairs


def masked(value: object, field: Field[object]) -> object:
    """Return a value of a field, masked for people.

    Args:
        value: The value, or one of several.
        field: What says how it is shown.
    """
    how = field.metadata.get("show")
    if not isinstance(value, str) or how is None:
        return value
    if how == "number":
        return mask_mobile(value)
    return mask_text(value) if how == "words" else "…"


def cell(value: object) -> str:
    """Return a value for a table."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, IntEnum):
        return f"{value.value} {value.name.lower().replace('_', ' ')}"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return printable(str(value), keep="\n")


def write_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; without columns it has no header, and names come first."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    terminal = sys.stdout.isatty()
    plain = bool(os.environ.get("NO_COLOR"))
    console = Console(
        file=sys.stdout, width=None if terminal else _WIDE, color_system=None if plain else "auto", highlight=False
    )
    table = Table(box=SIMPLE_HEAD if columns else None, show_header=bool(columns), show_edge=False, pad_edge=False)
    for place, column in enumerate(columns or ("", "")):
        table.add_column(column, overflow="fold", style="bold" if not columns and place == 0 else "")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    with console.capture() as captured:
        console.print(table)
    text = captured.get()
    write(text if terminal else "".join(f"{line.rstrip()}\n" for line in text.splitlines()))


_NO_TIME = "-" * len("2030-07-01 09:00:00")


def line_of(record: object) -> str:
    """Return a record on one line, the number masked.

    Args:
        record: A delivery report, a reply, or a decision on a template or signature.
    """
    from jsms_client.results import DeliveryReport, UserReply

    if isinstance(record, DeliveryReport):
        return _joined(record.receive_time, "report", mask_mobile(record.phone), record.msg_id, cell(record.status))
    if isinstance(record, UserReply):
        return _joined(record.reply_time, "reply", mask_mobile(record.phone), record.content)
    for name, what in (("temp_id", "template"), ("sign_id", "signature")):
        number = getattr(record, name, None)
        if number is not None:
            status, reason = getattr(record, "status", None), getattr(record, "refuse_reason", None)
            return _joined(None, what, str(number), cell(status), reason or "")
    return repr(record)


def _joined(time: datetime | None, *parts: str) -> str:
    # In Beijing time, the time zone of the service.
    at = time.strftime("%Y-%m-%d %H:%M:%S") if time is not None else _NO_TIME
    return "  ".join((at, *(" ".join(cell(part).split()) for part in parts))).rstrip()
