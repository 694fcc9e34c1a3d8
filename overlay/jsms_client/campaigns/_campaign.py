"""The state of a campaign: counts, every recipient, and an export."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self, TextIO

from jsms_client.campaigns import _export
from jsms_client.campaigns._error_policy import Stop
from jsms_client.campaigns._errors import JournalError, JournalLockedError
from jsms_client.campaigns._journal import integrity, queries, store
from jsms_client.campaigns._journal.database import ACCEPTED, IN_FLIGHT, REFUSED, UNKNOWN, WAITING, Database
from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._options import CampaignSettings, Service, read_path
from jsms_client.campaigns._outcomes import Outcome, RecipientState, Skipped
from jsms_client.campaigns._throttle import Counts
from jsms_client.results import DeliveryReport, DeliveryStatus
from jsms_runtime.validation import invalid_argument


class Campaign:
    """The state of a campaign.

    The counts are those of the moment it was made; iterating reads the journal, page by page. A campaign without a
    journal in a file keeps a temporary one until it is closed.

    Args:
        source: The journal: the path of a file, or a temporary one, which is closed together with this.
        stop: Why it stopped by itself.

    Attributes:
        journal: The path of the journal; None where it is a temporary one.
        settings: What it sends.
        service: The address of the service that it is sent by.
        counts: How many recipients are in each state.
        codes: How many were refused, by error code; None for a code that is no number.
        deliveries: How many delivery reports came, by status.
        stop: Why it stopped by itself; None where it did not, or where the call that stopped was another one.
        running: Whether another call is sending it at the moment: then the counts are those of its last request, there
            are no codes, and the recipients cannot be read.
    """

    def __init__(self, source: Path | Journal, stop: Stop | None = None) -> None:
        self._kept = source if isinstance(source, Journal) else None
        self.journal = None if isinstance(source, Journal) else source
        self.stop = stop
        self.running = False
        codes: Mapping[int | None, int] = {}
        deliveries: Mapping[DeliveryStatus | int, int] = {}
        try:
            with self._looking() as database:
                head = database.head()
                codes, deliveries = integrity.totals(database, head)
        except JournalLockedError:
            # Never of a temporary one.
            head = store.read_running(read_path(self.journal))
            self.running = True
        self.codes: Mapping[int | None, int] = MappingProxyType(codes)
        self.deliveries: Mapping[DeliveryStatus | int, int] = MappingProxyType(deliveries)
        self.settings: CampaignSettings = head.campaign
        self.service = head.service
        self.counts = Counts(
            total=sum(head.states),
            waiting=head.states[WAITING],
            accepted=head.states[ACCEPTED],
            refused=head.states[REFUSED],
            # What was in flight when a process was killed is unknown.
            unknown=head.states[UNKNOWN] + (0 if self.running else head.states[IN_FLIGHT]),
            repeats=head.repeats,
            bad_lines=head.bad_lines,
            in_flight=head.states[IN_FLIGHT] if self.running else 0,
        )
        self._began = head.input is not None

    @property
    def complete(self) -> bool:
        """Whether no recipient is waiting."""
        return self._began and self.counts.waiting == 0

    def __iter__(self) -> Iterator[Outcome]:
        """Everyone, in the order of the list."""
        return self.outcomes()

    def outcomes(self, state: RecipientState | None = None) -> Iterator[Outcome]:
        """Yield the state of every recipient, in the order of the list.

        Args:
            state: Only those in this state; None for all. None is in flight: what is so in the journal of a process
                that was killed is unknown.

        Raises:
            JournalError: The journal cannot be read.
        """
        with self._looking() as database:
            yield from queries.outcomes(database, state)

    def set_aside(self) -> Iterator[Skipped]:
        """Yield the entries of the list that are not sent to, in its order.

        Raises:
            JournalError: The journal cannot be read.
        """
        with self._looking() as database:
            yield from queries.set_aside(database)

    def other_reports(self) -> Iterator[DeliveryReport]:
        """Delivery reports of other messages that settling fetched; the service does not hand them out again.

        Raises:
            JournalError: The journal cannot be read.
        """
        with self._looking() as database:
            yield from queries.other_reports(database)

    def export(self, target: str | os.PathLike[str] | TextIO) -> None:
        """Write everyone into a CSV file, and behind them the entries that were set aside.

        Args:
            target: The path of the file, which is written in UTF-8 with a byte order mark, as spreadsheets want it,
                for its owner alone; or an open text file. A file that is there already is replaced at the end.

        Raises:
            ArgumentError: It is the journal.
            JournalError: The journal cannot be read.
            OSError: The file cannot be written.
        """
        if not isinstance(target, (str, os.PathLike)):
            _export.write(target, self.outcomes(), self.set_aside())
            return
        path = Path(target)
        if self.journal is not None and _same(path, self.journal):
            raise invalid_argument("target", "is the journal itself", "give another file")
        with _export.atomic_writer(path) as file:
            _export.write(file, self.outcomes(), self.set_aside())

    def close(self) -> None:
        """Close a temporary journal; nothing can be read from it any more."""
        if self._kept is not None:
            self._kept.close()

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

    def opened(self, settings: CampaignSettings | None, service: Service | None) -> Journal:
        """Open its journal exclusively; for calls that continue it.

        Args:
            settings: What they send; None to take what is there.
            service: Where; None where that does not matter.

        Raises:
            JournalError: It is locked, damaged, of another campaign, or was closed.
        """
        if self.journal is not None:
            return Journal.open(self.journal, settings, service)
        journal = self._temporary()
        journal.claim()
        try:
            journal.become(settings, service)
        except BaseException:
            journal.release()
            raise
        return journal

    def _temporary(self) -> Journal:
        if self._kept is None or self._kept.closed:
            raise JournalError("this campaign was closed, and its journal was a temporary one")
        return self._kept

    @contextmanager
    def _looking(self) -> Generator[Database]:
        if self.journal is None:
            yield self._temporary().database
            return
        with closing(store.open_to_read(self.journal)) as database:
            yield database


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False
