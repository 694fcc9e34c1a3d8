"""Exceptions of campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
