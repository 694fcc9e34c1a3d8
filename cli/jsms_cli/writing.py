"""What the command writes: data on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

from jsms_cli.plain_data import as_data


class OutputClosedError(Exception):
    """Whoever read standard output went away, as ``head`` does."""


def write(text: str) -> None:
    """Write data, at once.

    Args:
        text: Whole lines.

    Raises:
        OutputClosedError: Nobody reads it any more.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise OutputClosedError from error


def write_json(value: object) -> None:
    """Write one object on one line.

    Args:
        value: A result, or anything made of plain values.
    """
    write(json_line(value, sys.stdout))


def json_line(value: object, stream: TextIO) -> str:
    """One object on one line, with its end.

    Args:
        value: A result, or anything made of plain values.
        stream: Where it goes: what its encoding does not have is escaped as JSON does it.
    """
    unicode = (stream.encoding or "utf-8").casefold().startswith("utf")
    return f"{json.dumps(as_data(value), ensure_ascii=not unicode)}\n"


@contextmanager
def writing_to_output() -> Generator[TextIO]:
    """Standard output, for what writes by itself.

    Raises:
        OutputClosedError: Nobody reads it any more.
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
    try:
        sys.stderr.write(f"jsms: {printable(text, keep=chr(10))}\n")
        sys.stderr.flush()
    except BrokenPipeError:
        pass


def printable(text: str, keep: str = "") -> str:
    """A text without what would move a terminal's cursor, change its colours or turn the direction of writing.

    Args:
        text: Any text, as a template's or a user's own.
        keep: Control characters that may stay.
    """
    if text.isprintable():
        return text
    return "".join(one if one in keep or unicodedata.category(one) not in _UNSAFE else "\ufffd" for one in text)


# Cc: control characters; Cf: marks of writing direction among them; Cs: halves of surrogate pairs.
_UNSAFE = frozenset({"Cc", "Cf", "Cs"})


def close_output() -> None:
    """Let the interpreter end without a word about the output that nobody reads."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


__all__ = [
    "OutputClosedError",
    "close_output",
    "json_line",
    "note",
    "printable",
    "write",
    "write_json",
    "writing_to_output",
]
