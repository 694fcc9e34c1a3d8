"""Where recipients come from: files and iterables, read in chunks and checked."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Generic, TypeAlias, TypeVar, cast

from jsms_client.campaigns._errors import BadLine
from jsms_client.campaigns._inputs.delimited import Entry
from jsms_client.campaigns._inputs.files import RecipientFile, read_file
from jsms_client.errors import ArgumentError
from jsms_runtime.recipients import Recipient, RecipientLike, parse_recipients
from jsms_runtime.resource import run_in_thread
from jsms_runtime.validation import invalid_argument, kind

Checked: TypeAlias = tuple[int, str, Mapping[str, str] | None]
"""Its number, the mobile number, and the template parameters."""

CHUNK = 1000
"""Entries that are dealt with at once; no more than these are in memory."""

T = TypeVar("T")


def chunks(entries: Iterable[T]) -> Iterator[list[T]]:
    """Yield a list in pieces.

    Args:
        entries: Any iterable.
    """
    rest = iter(entries)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def check(entries: list[Entry]) -> tuple[list[Checked], list[BadLine]]:
    """Tell what can be sent to from what cannot.

    Args:
        entries: A piece of the list.
    """
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
        """Return the next piece; an empty one at the end.

        Raises:
            CampaignInputError: The file cannot be read.
        """
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
        """Return the next piece; an empty one at the end.

        Raises:
            CampaignInputError: The file cannot be read.
        """
        if self._file is not None:
            return await run_in_thread(partial(next, self._file, list[Entry]()))
        piece = await self._pieces.next()
        self._count += len(piece)
        return _numbered(piece, self._count)


def _open(recipients: AsyncRecipients) -> Iterator[list[Entry]] | None:
    if isinstance(recipients, (str, os.PathLike)):
        recipients = RecipientFile(recipients)
    return chunks(read_file(recipients)) if isinstance(recipients, RecipientFile) else None


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
