"""Open the journal of a call, and clean up after it."""

from __future__ import annotations

import os
from contextlib import closing
from functools import partial
from threading import Lock
from typing import TypeAlias

from jsms_client.campaigns._campaign import Campaign
from jsms_client.campaigns._error_policy import Stop
from jsms_client.campaigns._errors import JournalError, JournalReplacedError
from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._options import CampaignSettings, Service, is_shared, read_path
from jsms_client.campaigns._shared.address import SharedAddress
from jsms_client.campaigns._shared.campaign import SharedCampaign
from jsms_client.campaigns._shared.journal import SharedJournal
from jsms_runtime.resource import run_in_thread
from jsms_runtime.validation import invalid_argument

JournalLike: TypeAlias = str | os.PathLike[str] | Campaign
"""The path of a journal, or the campaign of an earlier call."""


class OpenJournal:
    """The journal that a call works on, locked from `open` to `close`.

    Args:
        journal: What the caller gave; None for a temporary one.
    """

    def __init__(self, journal: JournalLike | None) -> None:
        self._given = journal
        self._mutex = Lock()
        self._opened: Journal | SharedJournal | None = None
        self._closed = self._is_kept = self._is_abandoned = False

    def open(self, settings: CampaignSettings | None, service: Service | None) -> Journal | SharedJournal:
        """Open it.

        Args:
            settings: What the campaign sends; None to take what is there.
            service: Where; None where that does not matter.

        Raises:
            ArgumentError: It is no journal.
            JournalError: It is locked, damaged, of another campaign, or cannot be used.
        """
        # Opening may outlive the call: a cancelled task leaves the thread that opens behind, and `close` waits for it.
        with self._mutex:
            if self._closed:
                raise JournalError("the journal was closed before it was open")
            self._opened = opened = self._open(settings, service)
        if self._is_abandoned:
            self.close()
        return opened

    def _open(self, settings: CampaignSettings | None, service: Service | None) -> Journal | SharedJournal:
        if is_shared(self._given):
            return SharedJournal(SharedAddress(self._given), settings, service)
        if isinstance(self._given, Campaign):
            self._is_kept = self._given.journal is None and not isinstance(self._given, SharedCampaign)
            return self._given.opened(settings, service)
        if self._given is None and settings is not None and service is not None:
            temporary = Journal.temporary(settings, service)
            temporary.claim()
            return temporary
        return Journal.open(read_path(self._given), settings, service)

    def campaign(self, journal: Journal | SharedJournal, stop: Stop | None = None) -> Campaign:
        """Close it, and read the state of the campaign; a temporary journal stays open for it.

        Args:
            journal: What `open` returned.
            stop: Why it stopped by itself.
        """
        if isinstance(journal, SharedJournal):
            self.close()
            return SharedCampaign(journal.address, stop)
        try:
            journal.check_in_place()
        except JournalReplacedError as error:
            raise journal.rescue(error) from None
        self._is_kept = journal.path is None
        self.close()
        return Campaign(journal.path or journal, stop)

    def close(self) -> None:
        """Close it; a temporary one that a campaign keeps is released for other calls."""
        with self._mutex:
            if self._closed:
                return
            self._closed = True
            if self._opened is None:
                return
            if self._is_kept and isinstance(self._opened, Journal):
                self._opened.release()
            else:
                self._opened.close()

    def abandon(self) -> None:
        """Close it without waiting: now, or when the thread that opens it is done."""
        self._is_abandoned = True
        if self._mutex.acquire(blocking=False):
            self._mutex.release()
            self.close()


class AsyncOpenJournal:
    """The async form of `OpenJournal`.

    Args:
        journal: What the caller gave; None for a temporary one.
    """

    def __init__(self, journal: JournalLike | None) -> None:
        self._blocking = OpenJournal(journal)

    async def open(self, settings: CampaignSettings | None, service: Service | None) -> Journal | SharedJournal:
        """Open it.

        Args:
            settings: What the campaign sends; None to take what is there.
            service: Where; None where that does not matter.

        Raises:
            ArgumentError: It is no journal.
            JournalError: It is locked, damaged, of another campaign, or cannot be used.
        """
        return await run_in_thread(partial(self._blocking.open, settings, service))

    async def campaign(self, journal: Journal | SharedJournal, stop: Stop | None = None) -> Campaign:
        """Close it, and read the state of the campaign; a temporary journal stays open for it.

        Args:
            journal: What `open` returned.
            stop: Why it stopped by itself.
        """
        return await run_in_thread(partial(self._blocking.campaign, journal, stop))

    async def aclose(self) -> None:
        """Close it, whether the caller is cancelled or not."""
        import anyio  # noqa: PLC0415 - comes with httpx; sync programs never load it

        try:
            with anyio.CancelScope(shield=True):
                await run_in_thread(self._blocking.close)
        except BaseException:
            # asyncio cancels in a shield too, perhaps before the thread has begun.
            self._blocking.abandon()
            raise


def scheduled_requests(journal: Journal | SharedJournal) -> list[tuple[int, str]]:
    """Return the requests whose schedules may still be deleted, each with the id of its schedule."""
    with journal.writing():
        return journal.queue.scheduled()


def take_back(journal: Journal | SharedJournal, request: int) -> None:
    """Record that a schedule was deleted."""
    with journal.writing():
        journal.queue.take_back(request)


def open_campaign(journal: str | os.PathLike[str]) -> Campaign:
    """Read the state of a campaign from its journal, without sending anything.

    Args:
        journal: The path of the journal.

    Returns:
        The campaign, as far as it got.

    Raises:
        ArgumentError: ``journal`` is no path.
        JournalError: It is not there, or damaged.
    """
    if is_shared(journal):
        return SharedCampaign(SharedAddress(journal))
    return Campaign(read_path(journal))


def mark_restored(journal: str | os.PathLike[str]) -> Campaign:
    """Make a copy of a journal safe to use: everyone who waits in it is unknown then.

    A copy does not know who was sent to after it was made: they would be sent to again. Unknown ones are not, unless
    asked: find out about them with ``campaigns.settle`` first.

    Args:
        journal: The path of the copy, where it was restored.

    Returns:
        The campaign, as it is in the copy.

    Raises:
        ArgumentError: ``journal`` is no path.
        JournalError: It is not there, in use by a campaign, or damaged, or it was made before the list was read.
    """
    if is_shared(journal):
        raise invalid_argument(
            "journal", "is in a database, not in a file", "restore the database as a whole, or not at all"
        )
    path = read_path(journal)
    with closing(Journal.open(path)) as opened:
        opened.mark_restored()
    return Campaign(path)
