"""A campaign: its counts and every recipient; and the journal that a call works on."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from threading import Lock
from types import MappingProxyType, TracebackType
from typing import Self, TextIO, TypeAlias, cast

from jsms_client.campaigns._error_policy import Stop
from jsms_client.campaigns._errors import JournalError, JournalReplacedError
from jsms_client.campaigns._export import atomic_writer, write_csv
from jsms_client.campaigns._journal.journal import Journal, read_head
from jsms_client.campaigns._journal.opening import mark_waiting_unknown, open_journal, rescue
from jsms_client.campaigns._journal.reader import JournalReader, summary_of
from jsms_client.campaigns._options import CampaignSettings, Service
from jsms_client.campaigns._outcomes import (
    ACCEPTED,
    IN_FLIGHT,
    REFUSED,
    UNKNOWN,
    WAITING,
    Counts,
    Outcome,
    RecipientState,
    Skipped,
    Summary,
)
from jsms_client.campaigns._shared.address import SharedAddress
from jsms_client.campaigns._shared.journal import SharedJournal
from jsms_client.campaigns._shared.reader import SharedReader
from jsms_client.results import DeliveryReport, DeliveryStatus
from jsms_runtime.resource import run_in_thread
from jsms_runtime.results import known
from jsms_runtime.validation import invalid_argument, kind


class Campaign:
    """The state of a campaign.

    The counts are those of the moment it was made; iterating reads the journal, page by page. A campaign without a
    journal in a file keeps a temporary one until it is closed.

    Args:
        reader: What it is read from; a temporary journal is closed together with this.
        summary: What that says of it as a whole.
        stop: Why it stopped by itself.

    Attributes:
        journal: The path of the journal; None where it is a temporary one, or in a database.
        settings: What it sends.
        service: The address of the service that it is sent by.
        counts: How many recipients are in each state.
        codes: How many were refused, by error code; None for a code that is no number.
        deliveries: How many delivery reports came, by status.
        stop: Why it stopped by itself; None where it did not, or where the call that stopped was another one.
        running: Whether another call is sending it at the moment. Where the journal is a file, the counts are those
            of its last request then, there are no codes, and the recipients cannot be read.
    """

    def __init__(self, reader: JournalReader | SharedReader, summary: Summary, stop: Stop | None = None) -> None:
        self._reader = reader
        self.journal = reader.path
        self.stop = summary.stop if stop is None else stop
        self.running = summary.running
        self.codes: Mapping[int | None, int] = MappingProxyType(summary.codes)
        statuses = [known(DeliveryStatus, status) for status in summary.deliveries]
        self.deliveries: Mapping[DeliveryStatus | int, int] = MappingProxyType(
            dict(zip(statuses, summary.deliveries.values(), strict=True))
        )
        self.settings: CampaignSettings = summary.settings
        self.service = summary.service
        states = summary.states
        self.counts = Counts(
            total=sum(states),
            waiting=states[WAITING],
            accepted=states[ACCEPTED],
            refused=states[REFUSED],
            # What was in flight when a process was killed is unknown.
            unknown=states[UNKNOWN] + (0 if self.running else states[IN_FLIGHT]),
            repeats=summary.repeats,
            bad_lines=summary.bad_lines,
            in_flight=states[IN_FLIGHT] if self.running else 0,
        )
        self._began = summary.began

    @property
    def complete(self) -> bool:
        """Whether no recipient is waiting."""
        return self._began and self.counts.waiting == 0

    def __iter__(self) -> Iterator[Outcome]:
        """Everyone, in the order of the list."""
        return self.outcomes()

    def outcomes(self, state: RecipientState | Collection[RecipientState] | None = None) -> Iterator[Outcome]:
        """Yield the state of every recipient, in the order of the list.

        Args:
            state: Only those in this state, or in one of these; None or an empty collection for all. None is in flight:
                what is so in the journal of a process that was killed is unknown.

        Raises:
            ArgumentError: There is no such state.
            JournalError: The journal cannot be read.
        """
        return self._reader.outcomes(_read_states(state, "state"))

    def set_aside(self) -> Iterator[Skipped]:
        """Yield the entries of the list that are not sent to, in its order.

        Raises:
            JournalError: The journal cannot be read.
        """
        return self._reader.set_aside()

    def other_reports(self) -> Iterator[DeliveryReport]:
        """Delivery reports of other messages that settling fetched; the service does not hand them out again.

        Raises:
            JournalError: The journal cannot be read.
        """
        return self._reader.other_reports()

    def export(self, target: str | os.PathLike[str] | TextIO, *, states: Collection[RecipientState] = ()) -> int:
        """Write everyone into a CSV file, and behind them the entries that were set aside.

        Args:
            target: The path of the file, which is written in UTF-8 with a byte order mark, as spreadsheets want it,
                for its owner alone; or an open text file. A file that is there already is replaced at the end.
            states: Only recipients in one of these states; without any, everyone and what was set aside.

        Returns:
            How many entries were written.

        Raises:
            ArgumentError: It is the journal, or there is no such state.
            JournalError: The journal cannot be read.
            OSError: The file cannot be written.
        """
        states = _read_states(states, "states")
        if not isinstance(target, (str, os.PathLike)):
            return self._write(target, states)
        path = Path(target)
        if self.journal is not None and _same(path, self.journal):
            raise invalid_argument("target", "is the journal itself", "give another file")
        with atomic_writer(path) as file:
            return self._write(file, states)

    def _write(self, file: TextIO, states: Collection[RecipientState]) -> int:
        return write_csv(file, self.outcomes(states), () if states else self.set_aside())

    def close(self) -> None:
        """Close a temporary journal; nothing can be read from it any more."""
        self._reader.close()

    def __enter__(self) -> Self:
        """Return the campaign itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close a temporary journal."""
        self.close()

    def __repr__(self) -> str:
        """Return the counts, and nothing of the recipients."""
        return f"<Campaign {self.counts} stop={None if self.stop is None else self.stop.reason.value}>"

    def opened(self, settings: CampaignSettings | None, service: Service | None) -> Journal | SharedJournal:
        """Open its journal, to go on with it: its settings and service must be these, where they are given."""
        return self._reader.open(settings, service)


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


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
        """Open it."""
        # Opening may outlive the call: a cancelled task leaves the thread that opens behind, and `close` waits for it.
        with self._mutex:
            if self._closed:
                raise JournalError("the journal was closed before it was open")
            self._opened = opened = self._open(settings, service)
        if self._is_abandoned:
            self.close()
        return opened

    def _open(self, settings: CampaignSettings | None, service: Service | None) -> Journal | SharedJournal:
        if _is_shared(self._given):
            return SharedJournal(SharedAddress(self._given), settings, service)
        if isinstance(self._given, Campaign):
            opened = self._given.opened(settings, service)
            self._is_kept = opened.path is None
            return opened
        if self._given is None and settings is not None and service is not None:
            temporary = Journal.temporary(settings, service)
            temporary.claim()
            return temporary
        return open_journal(_read_path(self._given), settings, service)

    def campaign(self, journal: Journal | SharedJournal, stop: Stop | None = None) -> Campaign:
        """Read the state of the campaign; a temporary journal stays open for it, also after `close`."""
        if isinstance(journal, SharedJournal):
            self.close()
            shared = SharedReader(journal.address)
            return Campaign(shared, shared.summary(), stop)
        try:
            journal.check_in_place()
        except JournalReplacedError as error:
            raise rescue(journal, error) from None
        summary = summary_of(journal.connection, read_head(journal.connection))
        reader = JournalReader(journal.path or journal)
        self._is_kept = journal.path is None
        return Campaign(reader, summary, stop)

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
        """Open it."""
        return await run_in_thread(self._blocking.open, settings, service)

    async def campaign(self, journal: Journal | SharedJournal, stop: Stop | None = None) -> Campaign:
        """Read the state of the campaign; a temporary journal stays open for it, also after `close`."""
        return await run_in_thread(self._blocking.campaign, journal, stop)

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


def _read_states(given: object, argument: str) -> frozenset[RecipientState]:
    """Return the states that are asked for; none for all."""
    several = () if given is None else (given,) if isinstance(given, str) else cast("Collection[object]", given)
    try:
        return frozenset(RecipientState(cast("str", state)) for state in several)
    except (TypeError, ValueError):
        advice = f"give {', '.join(RecipientState)}, or several of them"
        raise invalid_argument(argument, "has something that is no state", advice) from None


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
    reader = SharedReader(SharedAddress(journal)) if _is_shared(journal) else JournalReader(_read_path(journal))
    return Campaign(reader, reader.summary())


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
    if _is_shared(journal):
        raise invalid_argument(
            "journal", "is in a database, not in a file", "restore the database as a whole, or not at all"
        )
    path = _read_path(journal)
    with closing(open_journal(path)) as opened:
        mark_waiting_unknown(opened)
    return open_campaign(path)


def _is_shared(journal: object) -> bool:
    """Whether a journal is in a database, and not in a file."""
    return isinstance(journal, (str, os.PathLike)) and "://" in os.fsdecode(cast("str | os.PathLike[str]", journal))


def _is_path(value: object) -> bool:
    return isinstance(value, (str, os.PathLike)) and value != ""


def _read_path(value: object) -> Path:
    if not _is_path(value):
        raise invalid_argument("journal", f"is {kind(value)}, which is no path", "give the path of a file")
    # Absolute, so that it is the same file wherever the program goes, and ":memory:" is one like any other.
    return Path(cast("str | os.PathLike[str]", value)).absolute()
