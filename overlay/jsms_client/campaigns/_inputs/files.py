"""Files of recipients: their format, encoding and entries."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO, TypeAlias

from jsms_client.campaigns._errors import CampaignInputError
from jsms_client.campaigns._inputs.delimited import Entry, numbered_lines, read_delimited
from jsms_client.campaigns._inputs.json_lines import read_json_lines

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PIECE = 1 << 16


def detect(path: Path) -> str:
    """Return the encoding that a file is in, as far as its bytes tell.

    All of it is read, as one name far down may be all that tells: a few hundredths of a second for a million lines.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(4)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    # With a byte that fits neither, the one that goes on for longer.
    as_utf8 = _readable(path, "utf-8")
    if as_utf8 is None:
        return "utf-8"
    as_gb18030 = _readable(path, "gb18030")
    return "gb18030" if as_gb18030 is None or as_gb18030 > as_utf8 else "utf-8"


def _readable(path: Path, encoding: str) -> int | None:
    """How many bytes there are before the first that do not fit, give or take a piece; None where all do."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
                done += len(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return done + error.start
    return None


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


_SAVE_AS_CSV = "save it as “CSV UTF-8” and give that file"
_OTHER_FORMATS = (
    (b"PK\x03\x04", f"an Excel workbook or another zip archive: {_SAVE_AS_CSV}"),
    (b"\xd0\xcf\x11\xe0", f"an Excel workbook of the old format: {_SAVE_AS_CSV}"),
    (b"%PDF", "a PDF: give the list itself, as CSV"),
    (b"\x1f\x8b", "compressed with gzip: unpack it first"),
    (b"{\\rtf", f"a document in RTF: {_SAVE_AS_CSV}"),
    (b"SQLite format 3", "a database, perhaps a journal: give the list itself"),
    (b"<", f"HTML or XML, as some programs call an Excel workbook: {_SAVE_AS_CSV}"),
    (b"[", "a JSON array: write one object on each line (JSON lines), without brackets and commas around them"),
)


def _refuse_other_formats(path: Path) -> None:
    """Name what people take for a list and is none.

    Raises:
        CampaignInputError: It is one of these.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(256).removeprefix(codecs.BOM_UTF8).lstrip()
    for mark, what in _OTHER_FORMATS:
        if start.startswith(mark):
            raise CampaignInputError(f"{path} is {what}")


def read_file(file: RecipientFile) -> Iterator[Entry]:
    """Every entry of a file, with the number of its line.

    Args:
        file: The file.

    Raises:
        CampaignInputError: It cannot be opened, is no text, or does not say where the numbers are.
    """
    path = Path(file.path)
    if path.exists() and not path.is_file() and not path.is_dir():
        raise CampaignInputError(
            f"{path} is no file on a disk, as a pipe is none, and a list is read more than once; write it into a file "
            "first, or hand over its entries"
        )
    try:
        _refuse_other_formats(path)
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
