"""Write data to standard output, and everything else to standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, TextIO, cast

from jsms_client.masking import is_control, printable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

notes_as_json: ContextVar[bool] = ContextVar("notes_as_json", default=False)
"""Whether standard error is for a program too: each line of it is an object then."""


class OutputClosedError(Exception):
    """Standard output was closed by its reader, as ``head`` does."""


def write(text: str) -> None:
    """Write data, at once.

    Args:
        text: Whole lines.

    Raises:
        OutputClosedError: The output was closed.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise OutputClosedError from error


def write_json(value: object) -> None:
    """Write one object on one line."""
    write(json_line(value, sys.stdout))


def json_line(value: object, stream: TextIO) -> str:
    """One object on one line, with its end.

    Args:
        value: A result, or anything made of plain values.
        stream: Where it goes: what its encoding does not have is escaped as JSON does it.
    """
    unicode = (stream.encoding or "utf-8").casefold().startswith("utf")
    line = json.dumps(as_data(value), ensure_ascii=not unicode)
    if not line.isprintable():
        # JSON lets them stand; a terminal obeys some, and other programs end a line at others.
        line = "".join(json.dumps(one)[1:-1] if is_control(one) else one for one in line)
    return f"{line}\n"


@contextmanager
def writing_to_output() -> Generator[TextIO]:
    """Return standard output, for what writes by itself.

    Raises:
        OutputClosedError: The output was closed.
    """
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise OutputClosedError from error


def note(text: str) -> None:
    """Tell a person something that is not data.

    Args:
        text: One sentence; what came from outside may be in it.
    """
    line = json_line({"note": text}, sys.stderr) if notes_as_json.get() else f"jsms: {printable(text, keep=chr(10))}\n"
    _write_note(line)


def note_failure(text: str, facts: Mapping[str, object]) -> None:
    """Tell why the command failed.

    Args:
        text: One sentence for a person.
        facts: The same for a program.
    """
    if notes_as_json.get():
        _write_note(json_line({"error": facts}, sys.stderr))
    else:
        note(text)


def _write_note(line: str) -> None:
    try:
        sys.stderr.write(line)
        sys.stderr.flush()
    except BrokenPipeError:
        pass


def close_output() -> None:
    """Let the interpreter end without an error about the closed output."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def as_data(value: object) -> object:
    """Make plain data of a result.

    Times are in ISO 8601 with their zone, statuses and types the service's own numbers. What the contract does not
    know is in ``extra``, which is left out where it is empty.
    """
    if isinstance(value, Enum):
        return cast("object", value.value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): as_data(one) for name, one in cast("Mapping[object, object]", value).items()}
    if isinstance(value, (tuple, list)):
        return [as_data(one) for one in cast("list[object]", value)]
    if is_dataclass(value) and not isinstance(value, type):
        return as_record(value)
    return value


def as_record(result: DataclassInstance) -> dict[str, object]:
    """Return the same of a result alone."""
    named = ((field.name, cast("object", getattr(result, field.name))) for field in fields(result))
    return {name: as_data(one) for name, one in named if name != "extra" or one}
