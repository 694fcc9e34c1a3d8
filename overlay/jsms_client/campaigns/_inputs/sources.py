"""Sources of recipients: files and iterables, read in chunks and validated."""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Generic, Literal, TextIO, TypeAlias, TypeVar, cast

from jsms_client.campaigns._errors import BadLine, CampaignInputError
from jsms_client.campaigns._inputs.formats import Entry, numbered_lines, read_delimited, read_json_lines
from jsms_client.errors import ArgumentError
from jsms_runtime.recipients import Recipient, RecipientLike, parse_recipients
from jsms_runtime.resource import run_in_thread
from jsms_runtime.results import MOBILE, SECRET, Result
from jsms_runtime.validation import invalid_argument, kind

Checked: TypeAlias = tuple[int, str, Mapping[str, str] | None]
"""Its number, the mobile number, and the template parameters."""

Row: TypeAlias = tuple[int, str, "str | None"]
"""A recipient as journals keep it: number in the list, mobile number, and parameters as JSON."""

CHUNK = 1000
"""Entries that are dealt with at once; no more than these are in memory."""

T = TypeVar("T")


def check(entries: list[Entry]) -> tuple[list[Checked], list[BadLine]]:
    """Tell what can be sent to from what cannot."""
    # None of these is a RecipientLike: the reader of a file may already know that a line is bad.
    bad = [given for _, given in entries if isinstance(given, BadLine)]
    numbers = [number for number, given in entries if not isinstance(given, BadLine)]
    given = [given for _, given in entries if not isinstance(given, BadLine)]
    try:
        read = parse_recipients(given, fewest=0, most=len(given)) if given else []
        return [(number, *pair) for number, pair in zip(numbers, read, strict=True)], bad
    except ArgumentError:
        pass
    checked: list[Checked] = []
    for number, one in zip(numbers, given, strict=True):
        try:
            checked.append((number, *parse_recipients([one], fewest=1, most=1, argument="")[0]))
        except ArgumentError as error:
            bad.append(BadLine(number, _reason(error)))
    return checked, bad


def _reason(error: ArgumentError) -> str:
    """Return what is wrong, without the place that the entry had in a list of one."""
    return error.message.removeprefix("[0]").lstrip(". ").removesuffix(".")


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def to_rows(checked: Iterable[Checked]) -> list[Row]:
    """Return recipients as journals keep them."""
    return [(number, mobile, None if given is None else _encode(given)) for number, mobile, given in checked]


def digested(rows: Iterable[Row]) -> bytes:
    """Return what the digest of a list is made of: the entries that can be sent to, in their order."""
    # JSON has neither tabs nor line breaks of its own.
    return "".join([f"{mobile}\t{parameters or ''}\n" for _, mobile, parameters in rows]).encode()


_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PIECE = 1 << 16


def detect(path: Path) -> str:
    """Return the encoding that a file is in, as far as its bytes tell.

    All of it is read, as one name far down may be all that tells: a few hundredths of a second for a million lines.
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
    """Name what people take for a list and is none."""
    with path.open("rb") as file:
        start = file.read(256).removeprefix(codecs.BOM_UTF8).lstrip()
    for mark, what in _OTHER_FORMATS:
        if start.startswith(mark):
            raise CampaignInputError(f"{path} is {what}")


def read_file(file: RecipientFile) -> Iterator[list[Entry]]:
    """Every entry of a file, with the number of its line, in pieces."""
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
            entries = _entries(opened, file.format or _BY_SUFFIX.get(path.suffix.lower()) or _guess(opened), file)
            while chunk := list(islice(entries, CHUNK)):
                yield chunk
        except UnicodeError:
            # Without its cause, which holds a piece of the list.
            raise CampaignInputError(
                f"{path} is damaged, or not in {encoding}; save it as UTF-8, or give its encoding"
            ) from None


def _entries(opened: TextIO, kind: FileFormat, file: RecipientFile) -> Iterator[Entry]:
    lines = numbered_lines(opened)
    if kind == "jsonl":
        return read_json_lines(lines, file.mobile_column)
    return read_delimited(lines, "\t" if kind == "tsv" else None, file.mobile_column)


def _guess(opened: TextIO) -> FileFormat:
    begins = opened.read(1 << 12).lstrip()
    opened.seek(0)
    return "jsonl" if begins.startswith("{") else "csv"


ListFile: TypeAlias = RecipientFile | str | os.PathLike[str]
"""A list in a file: its path, or the path and how to read it."""

Recipients: TypeAlias = Iterable[RecipientLike] | ListFile
"""A list of any length."""

AsyncRecipients: TypeAlias = AsyncIterable[RecipientLike] | Recipients
"""The same, where it may come in asynchronously too."""

_ADVICE = "give a list or any iterable of recipients, or the path of a file"


class Pieces(Generic[T]):
    """An iterable, piece by piece.

    Args:
        source: The iterable.
        argument: Its name, for messages.

    Raises:
        ArgumentError: It is none.
    """

    __slots__ = ("_rest",)

    def __init__(self, source: Iterable[T], argument: str) -> None:
        self._rest = _iterate(source, argument)

    def next(self) -> list[T]:
        """Return the next piece; an empty one at the end."""
        return list(islice(self._rest, CHUNK))


class AsyncPieces(Generic[T]):
    """The async form of `Pieces`, of an async iterable or of one that is not.

    Args:
        source: The iterable.
        argument: Its name, for messages.

    Raises:
        ArgumentError: It is none.
    """

    __slots__ = ("_rest",)

    def __init__(self, source: AsyncIterable[T] | Iterable[T], argument: str) -> None:
        self._rest: AsyncIterator[T] | Iterator[T] = (
            aiter(source) if isinstance(source, AsyncIterable) else _iterate(source, argument)
        )

    async def next(self) -> list[T]:
        """Return the next piece; an empty one at the end."""
        if not isinstance(self._rest, AsyncIterator):
            return list(islice(self._rest, CHUNK))
        piece: list[T] = []
        try:
            while len(piece) < CHUNK:
                piece.append(await anext(self._rest))
        except StopAsyncIteration:
            pass
        return piece


class Entries:
    """A list, piece by piece, each entry with its number.

    Args:
        recipients: The list.

    Raises:
        ArgumentError: It is none.
    """

    __slots__ = ("_count", "_file", "_pieces")

    def __init__(self, recipients: Recipients) -> None:
        self._count = 0
        self._file = _open(recipients)
        if self._file is None:
            self._pieces = Pieces(cast("Iterable[RecipientLike]", recipients), "recipients")

    def next(self) -> list[Entry]:
        """Return the next piece; an empty one at the end."""
        if self._file is not None:
            return next(self._file, list[Entry]())
        piece = self._pieces.next()
        self._count += len(piece)
        return _numbered(piece, self._count)


class AsyncEntries:
    """The async form of `Entries`; a file is read in a worker thread.

    Args:
        recipients: The list.

    Raises:
        ArgumentError: It is none.
    """

    __slots__ = ("_count", "_file", "_pieces")

    def __init__(self, recipients: AsyncRecipients) -> None:
        self._count = 0
        self._file = _open(recipients)
        if self._file is None:
            self._pieces = AsyncPieces(
                cast("AsyncIterable[RecipientLike] | Iterable[RecipientLike]", recipients), "recipients"
            )

    async def next(self) -> list[Entry]:
        """Return the next piece; an empty one at the end."""
        if self._file is not None:
            return await run_in_thread(next, self._file, list[Entry]())
        piece = await self._pieces.next()
        self._count += len(piece)
        return _numbered(piece, self._count)


def _open(recipients: AsyncRecipients) -> Iterator[list[Entry]] | None:
    if isinstance(recipients, (str, os.PathLike)):
        recipients = RecipientFile(recipients)
    return read_file(recipients) if isinstance(recipients, RecipientFile) else None


def _iterate(source: Iterable[T], argument: str) -> Iterator[T]:
    given = cast("object", source)
    if isinstance(given, (bytes, Mapping, Recipient)):
        raise invalid_argument(argument, "is a single one", "put it into a list")
    if isinstance(given, AsyncIterable):
        raise invalid_argument(argument, "is an async iterable", "hand it to an AsyncJSMS")
    if not isinstance(given, Iterable):
        raise invalid_argument(argument, f"is {kind(given)}", _ADVICE)
    return iter(source)


def _numbered(piece: list[RecipientLike], last: int) -> list[Entry]:
    return list(zip(range(last - len(piece) + 1, last + 1), piece, strict=True))


@dataclass(frozen=True, slots=True, repr=False)
class ListedRecipient(Result):
    """A recipient of a list.

    Attributes:
        line: The line in the file, counted from 1.
        mobile: The number, 11 digits.
        temp_para: The values of the template's variables; None where the line has none.
    """

    line: int
    mobile: str = field(metadata=MOBILE)
    temp_para: Mapping[str, str] | None = field(default=None, hash=False, metadata=SECRET)


def read_recipients(file: str | os.PathLike[str] | RecipientFile) -> Iterator[ListedRecipient | BadLine]:
    """Read a list of recipients as `campaigns.send` does: CSV, TSV or JSON lines.

    Args:
        file: The file; a `RecipientFile` says how to read it where that cannot be found out.

    Yields:
        Each entry, a thousand at a time: those that can be sent to, and those that cannot with the reason.

    Raises:
        CampaignInputError: The file cannot be read, is no list, or does not say where the numbers are.
    """
    for entries in read_file(file if isinstance(file, RecipientFile) else RecipientFile(file)):
        checked, bad = check(entries)
        yield from (ListedRecipient(line, mobile, temp_para) for line, mobile, temp_para in checked)
        yield from bad
