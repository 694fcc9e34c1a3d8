"""Settles what is not known, by delivery reports."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import TypeAlias, cast

from jsms_client.arguments import kind, refusal
from jsms_client.campaigns.journal.batches import BatchQueue
from jsms_client.campaigns.journal.deliveries import Delivery, everything_told, note_delivery
from jsms_client.campaigns.journal.journal import Journal
from jsms_client.results.receipts import DeliveryReport
from jsms_contract.operations import OPERATIONS

Reports: TypeAlias = Iterable[DeliveryReport]
"""Delivery reports, from callbacks for example."""
AsyncReports: TypeAlias = AsyncIterable[DeliveryReport] | Reports
"""The same, where they may come in asynchronously too."""

POLL_SECONDS = float(OPERATIONS["pollReports"].poll_seconds or 0)
"""How long to wait between two polls."""
MOST_REFUSALS = 3
"""Polls in a row that are refused as coming too often, before that is an error: somebody else polls all the time."""


def begin_settling(journal: Journal) -> None:
    """What was in flight when a process was killed is unknown.

    Args:
        journal: The journal.
    """
    with journal.writing():
        BatchQueue(journal).recover(repeat_unknown=False)


def end_settling(journal: Journal) -> None:
    """Those that are unknown still may be sent to once more.

    Args:
        journal: The journal.
    """
    with journal.writing():
        BatchQueue(journal).allow_resending()


def take_reports(journal: Journal, reports: Iterable[DeliveryReport]) -> bool:
    """Take delivery reports in; those of other messages are left out.

    Args:
        journal: The journal.
        reports: The reports.

    Returns:
        Whether no report could tell anything new any more.

    Raises:
        ArgumentError: One is no delivery report.
    """
    with journal.writing():
        for report in reports:
            if not isinstance(cast("object", report), DeliveryReport):
                raise refusal("reports", f"has an entry that is {kind(report)}", "give DeliveryReport objects")
            at = None if report.receive_time is None else report.receive_time.timestamp()
            note_delivery(journal, Delivery(report.phone, report.msg_id, int(report.status), at))
        return everything_told(journal)


__all__ = ["MOST_REFUSALS", "POLL_SECONDS", "AsyncReports", "Reports", "begin_settling", "end_settling", "take_reports"]
