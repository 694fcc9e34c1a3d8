"""Read the state of a shared campaign, while it runs or afterwards."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, cast

from jsms_client.campaigns._inputs.sources import CHUNK
from jsms_client.campaigns._journal.reader import read_outcome, report_of
from jsms_client.campaigns._outcomes import (
    IN_FLIGHT,
    REFUSED,
    STATES,
    Outcome,
    RecipientState,
    Skipped,
    SkipReason,
    Summary,
)
from jsms_client.campaigns._shared.journal import SharedJournal
from jsms_client.results import DeliveryReport

if TYPE_CHECKING:
    from jsms_client.campaigns._options import CampaignSettings, Service
    from jsms_client.campaigns._shared.address import SharedAddress

_OUTCOMES = """
SELECT r.number, r.mobile, r.state, r.msg_id, q.schedule_id, r.code, r.delivery, r.delivered_at, r.settled, r.temp_para,
r.resent FROM jsms_recipients r LEFT JOIN jsms_requests q ON q.campaign = r.campaign AND q.number = r.request
WHERE r.campaign = :campaign AND r.number > :after {states} ORDER BY r.number LIMIT :page
"""


class SharedReader:
    """What `JournalReader` is for a file; reads it also while others send it."""

    path = None

    def __init__(self, address: SharedAddress) -> None:
        self._address = address

    def summary(self) -> Summary:
        """Return the state of the campaign as a whole."""
        with self._opened() as journal:
            codes = journal.execute(
                "SELECT code, count(*) FROM jsms_recipients WHERE campaign = :campaign AND state = :refused"
                " GROUP BY code ORDER BY count(*) DESC, code",
                refused=REFUSED,
            ).rows
            deliveries = journal.execute(
                "SELECT delivery, count(*) FROM jsms_recipients WHERE campaign = :campaign AND delivery IS NOT NULL"
                " GROUP BY delivery ORDER BY delivery"
            ).rows
            return Summary(
                journal.settings,
                journal.service.url,
                journal.states,
                journal.repeats,
                journal.bad_lines,
                dict(cast("list[tuple[int | None, int]]", codes)),
                {int(str(status)): int(str(count)) for status, count in deliveries},
                began=journal.input is not None,
                running=journal.workers() > 0,
                stop=journal.stop,
            )

    def outcomes(self, states: Collection[RecipientState]) -> Iterator[Outcome]:
        """Yield the state of every recipient, or of those in some states, in the order of the list."""
        numbers = [str(STATES.index(state)) for state in states]
        if RecipientState.UNKNOWN in states:
            numbers.append(str(IN_FLIGHT))
        only = f"AND r.state IN ({', '.join(numbers)})" if numbers else ""
        yield from map(read_outcome, self._pages(_OUTCOMES.format(states=only)))

    def set_aside(self) -> Iterator[Skipped]:
        """Yield the entries of the list that are not sent to, in its order."""
        query = (
            "SELECT number, reason, mobile, text FROM jsms_set_aside"
            " WHERE campaign = :campaign AND number > :after ORDER BY number LIMIT :page"
        )
        for number, reason, mobile, text in self._pages(query):
            yield Skipped(int(str(number)), SkipReason(str(reason)), None if mobile is None else str(mobile), str(text))

    def other_reports(self) -> Iterator[DeliveryReport]:
        """Yield the delivery reports of other messages that were fetched."""
        query = (
            "SELECT number, msg_id, mobile, status, at FROM jsms_other_reports"
            " WHERE campaign = :campaign AND number > :after ORDER BY number LIMIT :page"
        )
        for _, msg_id, mobile, status, at in self._pages(query):
            yield report_of(str(msg_id), str(mobile), int(str(status)), None if at is None else float(str(at)))

    def open(self, settings: CampaignSettings | None, service: Service | None) -> SharedJournal:
        """Open it, to go on with it."""
        return SharedJournal(self._address, settings, service)

    def close(self) -> None:
        """Do nothing: each reading has a connection of its own."""

    @contextmanager
    def _opened(self) -> Generator[SharedJournal]:
        with closing(SharedJournal(self._address)) as journal, journal.writing():
            yield journal

    def _pages(self, query: str) -> Iterator[tuple[object, ...]]:
        after = -1
        while True:
            # Not one transaction for all of them, which would keep workers from sending.
            with self._opened() as journal:
                rows = journal.execute(query, after=after, page=CHUNK).rows
            if not rows:
                return
            yield from (tuple(row) for row in rows)
            after = int(str(rows[-1][0]))
