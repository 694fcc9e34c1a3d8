"""Exceptions of campaigns."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from jsms_client.errors import JSMSError, NotSentError
from jsms_runtime.errors import Sent

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class BadLine:
    """An entry of a list that cannot be sent to.

    Attributes:
        number: Its line in the file, or its place in the iterable, both counted from 1.
        reason: What is wrong with it, without the value itself.
    """

    number: int
    reason: str


class CampaignError(JSMSError):
    """A campaign cannot begin or go on."""


class CampaignInputError(CampaignError, NotSentError):
    """The list cannot be read, or has entries that cannot be sent to; nothing was sent.

    Attributes:
        lines: The first hundred of these entries.
        count: How many there are.
    """

    lines: tuple[BadLine, ...]
    count: int

    def __init__(self, message: str, *, lines: Sequence[BadLine] = (), count: int = 0) -> None:
        super().__init__(message)
        self.lines = tuple(lines)
        self.count = count

    def __str__(self) -> str:
        """Return what is wrong, and the first few entries that are."""
        shown = "; ".join(f"{line.number}: {line.reason}" for line in self.lines[:_SHOWN])
        more = self.count - min(len(self.lines), _SHOWN)
        return super().__str__() + (f" ({shown}{f'; and {more} more' if more > 0 else ''})" if shown else "")


class JournalError(CampaignError):
    """The journal cannot be used.

    Nothing was sent, unless ``sending_began``: then those whose response could not be recorded are unknown when the
    campaign goes on, with the same call.

    Attributes:
        sending_began: Whether requests had left when the journal failed, as with a disk that is full.
    """

    sent: Sent = "no"
    sending_began: bool = False


class NoCampaignError(JournalError, NotSentError):
    """The database of a shared campaign has none of this name; nothing was sent."""


class JournalLockedError(JournalError, NotSentError):
    """Another process, or another campaign of this one, has the journal open; nothing was sent."""


class JournalMismatchError(JournalError, NotSentError):
    """The journal belongs to another campaign, or the list has changed since; nothing was sent."""


class JournalReplacedError(JournalError):
    """The journal's file was removed, moved, replaced or written over while the campaign ran; it was stopped.

    The same call must not be made before that is put right: it would send to people again. The message says how.

    Attributes:
        rescued: The file with the state of everyone, where it could be written; None where it could not.
    """

    rescued: Path | None = None


class JournalDamagedError(JournalError):
    """The file is no journal, or no longer what was written into it; nothing was sent."""


def called(path: Path | None) -> str:
    """Return what a message calls a journal; None for a temporary one."""
    return "the temporary journal" if path is None else str(path)


def in_use(path: Path | None) -> JournalLockedError:
    """Return the error for a journal that another call has."""
    return JournalLockedError(
        f"{called(path)} is in use by another campaign, in this process or another one; wait until that has ended"
    )


def damaged(path: Path | None, what: str) -> JournalDamagedError:
    """Return the error for a file that cannot be believed; ``what`` names no number or parameter of a recipient."""
    return JournalDamagedError(
        f"{called(path)} is damaged, or no journal of a campaign ({what}). Nothing is sent with it. Restore it from a "
        f"copy, and then run `jsms campaign restored {called(path)}` (in code `mark_restored`) before anything else: "
        "those who were sent to after the copy was made would be sent to again otherwise"
    )


SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What a statement of SQLite raises; the latter where a text in the file is none."""

_UNUSABLE = frozenset(
    (
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOLFS,
    )
)
"""What says nothing of the file's content: the disk or the system fails."""


def raise_journal_error(path: Path | None, error: Exception) -> NoReturn:
    """Raise what one of `SQLITE_ERRORS` means for a journal."""
    if isinstance(error, sqlite3.ProgrammingError):
        raise JournalError(f"{called(path)} was closed") from error
    # Without their causes where these quote what the file has, such as a number.
    if isinstance(error, UnicodeDecodeError):
        raise damaged(path, "its tables are none") from None
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        raise damaged(path, "it has a text that is none") from None
    if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise in_use(path) from error
    if code & 0xFF in _UNUSABLE and code != sqlite3.SQLITE_IOERR_SHORT_READ:
        raise JournalError(f"{called(path)} cannot be used: {error}") from error
    raise damaged(path, f"{getattr(error, 'sqlite_errorname', error)}") from error


@contextmanager
def journal_errors(path: Path | None) -> Generator[None]:
    """Raise what SQLite's errors mean for a journal."""
    try:
        yield
    except SQLITE_ERRORS as error:
        raise_journal_error(path, error)
