"""A list in a file: CSV, TSV or JSON lines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO, TypeAlias

from jsms_client.campaigns.errors import CampaignInputError
from jsms_client.campaigns.reading.delimited import read_delimited
from jsms_client.campaigns.reading.encodings import detect
from jsms_client.campaigns.reading.entries import Entry
from jsms_client.campaigns.reading.json_lines import read_json_lines
from jsms_client.campaigns.reading.lines import numbered_lines

FileFormat: TypeAlias = Literal["csv", "tsv", "jsonl"]
"""How the entries of a file are written."""

_BY_SUFFIX: dict[str, FileFormat] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}


@dataclass(frozen=True, slots=True)
class RecipientFile:
    """A file with a list, and how to read it where that cannot be found out.

    Attributes:
        path: The file.
        format: How its entries are written; None to tell by the name, or by how it begins.
        encoding: Its encoding; None to tell UTF-8, GB18030 and, by its mark, UTF-16 apart.
        mobile_column: The column, or the field, with the numbers; None to find it by its name.
    """

    path: str | os.PathLike[str]
    format: FileFormat | None = None
    encoding: str | None = None
    mobile_column: str | None = None


def read_file(file: RecipientFile) -> Iterator[Entry]:
    """Every entry of a file, with the number of its line.

    Args:
        file: The file.

    Raises:
        CampaignInputError: It cannot be opened, or does not say where the numbers are.
    """
    path = Path(file.path)
    if path.exists() and not path.is_file() and not path.is_dir():
        raise CampaignInputError(
            f"{path} is no file on a disk, as a pipe is none, and a list is read more than once; write it into a file "
            "first, or hand over its entries"
        )
    try:
        encoding = detect(path) if file.encoding is None else file.encoding
        opened = path.open(encoding=encoding, errors="surrogateescape", newline="")
    except OSError as error:
        raise CampaignInputError(f"{path} cannot be read: {error.strerror}") from error
    except LookupError as error:
        raise CampaignInputError(f"no encoding is called {file.encoding!r}") from error
    with opened:
        try:
            yield from _entries(opened, file.format or _BY_SUFFIX.get(path.suffix.lower()) or _guess(opened), file)
        except UnicodeError:
            # Without its cause, which holds a piece of the list.
            raise CampaignInputError(f"{path} is damaged, or not in {encoding}; give its encoding") from None


def _entries(opened: TextIO, kind: FileFormat, file: RecipientFile) -> Iterator[Entry]:
    lines = numbered_lines(opened)
    if kind == "jsonl":
        return read_json_lines(lines, file.mobile_column)
    return read_delimited(lines, "\t" if kind == "tsv" else None, file.mobile_column)


def _guess(opened: TextIO) -> FileFormat:
    begins = opened.read(1 << 12).lstrip()
    opened.seek(0)
    return "jsonl" if begins.startswith("{") else "csv"


__all__ = ["FileFormat", "RecipientFile", "read_file"]
