"""Reconcile unknown recipients with delivery reports."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from contextlib import ExitStack, suppress
from typing import NamedTuple, TypeAlias, cast

from jsms_client.campaigns._errors import JournalError, JournalLockedError
from jsms_client.campaigns._journal.batches import storable
from jsms_client.campaigns._journal.deliveries import Delivery
from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._outcomes import UNKNOWN
from jsms_client.campaigns._shared.journal import SharedJournal
from jsms_client.results import DeliveryReport
from jsms_contract.operations import OPERATIONS
from jsms_runtime.errors import is_raised_by_handler
from jsms_runtime.validation import invalid_argument, kind

Reports: TypeAlias = Iterable[DeliveryReport]
"""Delivery reports, from callbacks for example."""
AsyncReports: TypeAlias = AsyncIterable[DeliveryReport] | Reports
"""The same, where they may come in asynchronously too."""

POLL_SECONDS = float(OPERATIONS["pollReports"].poll_seconds or 0)
"""How long to wait between two polls."""
_SMALLEST = -(2**63)
MOST_REFUSALS = 3
"""Polls in a row that are refused as coming too often, before that is an error: somebody else polls all the time."""


class Settlement(NamedTuple):
    """How far settling is.

    Attributes:
        reports: How many delivery reports came so far.
        matched: How many of them were of recipients; the others are kept in the first journal.
        unknown: How many recipients are unknown still.
    """

    reports: int
    matched: int
    unknown: int


class Settler:
    """Matches delivery reports with the recipients of journals.

    Args:
        journals: The journals, one or more.
    """

    def __init__(self, journals: Sequence[Journal | SharedJournal]) -> None:
        self._journals = journals
        shared = {journal.address.key: journal for journal in journals if isinstance(journal, SharedJournal)}
        files = [journal for journal in journals if isinstance(journal, Journal)]
        # All are written in one go, and in this order: two calls that name the same must not wait for each other.
        self._locked: list[Journal | SharedJournal] = [*files, *(shared[key] for key in sorted(shared))]
        if len(self._locked) < len(journals):
            raise JournalLockedError("a shared campaign is named twice; name each journal once")
        self._reports = self._matched = 0

    def begin(self) -> bool:
        """Begin: what was in flight when a process was killed is unknown; gives whether everyone is settled."""
        for journal in self._journals:
            with journal.writing():
                journal.queue.take_over()
                journal.deliveries.begin()
        return self.is_settled

    @property
    def is_settled(self) -> bool:
        """Whether no report could say anything new any more."""
        for journal in self._journals:
            with journal.writing():
                if not journal.deliveries.is_complete():
                    return False
        return True

    @property
    def progress(self) -> Settlement:
        """How far it is."""
        unknown = sum(journal.states[UNKNOWN] for journal in self._journals)
        return Settlement(self._reports, self._matched, unknown)

    def end(self) -> None:
        """End: those that are unknown still may be sent to once more."""
        for journal in self._journals:
            with journal.writing():
                journal.queue.allow_resending()

    def add(self, reports: Iterable[DeliveryReport], clock_ahead: float = 0.0) -> bool:
        """Store delivery reports, those of other messages in the first journal; gives whether everyone is settled."""
        try:
            self._add(reports, clock_ahead)
        except BaseException as error:
            if not isinstance(error, KeyboardInterrupt) and not is_raised_by_handler(error):
                raise
            # The service does not hand them out again. Those that were stored already are stored the same way.
            with suppress(JournalError):
                self._add(reports, clock_ahead)
            raise
        return self.is_settled

    def _add(self, reports: Iterable[DeliveryReport], clock_ahead: float) -> None:
        with ExitStack() as stack:
            for journal in self._locked:
                stack.enter_context(journal.writing())
            for report in reports:
                if not isinstance(cast("object", report), DeliveryReport):
                    raise invalid_argument(
                        "reports", f"has an entry that is {kind(report)}", "give DeliveryReport objects"
                    )
                at = None if report.receive_time is None else report.receive_time.timestamp() - clock_ahead
                status = max(_SMALLEST, min(int(report.status), -1 - _SMALLEST))
                delivery = Delivery(storable(report.phone), storable(report.msg_id), status, at)
                self._reports += 1
                if any(journal.deliveries.note(delivery) for journal in self._journals):
                    self._matched += 1
                else:
                    self._journals[0].deliveries.keep_other(delivery)
