"""The state of a shared campaign, read while it runs or afterwards."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, cast

from jsms_client.campaigns._campaign import Campaign
from jsms_client.campaigns._journal.database import ACCEPTED, IN_FLIGHT, REFUSED, STATES, UNKNOWN, WAITING
from jsms_client.campaigns._journal.integrity import PAGE
from jsms_client.campaigns._journal.queries import read_outcome, report_of
from jsms_client.campaigns._outcomes import Outcome, RecipientState, Skipped, SkipReason
from jsms_client.campaigns._shared.journal import SharedJournal
from jsms_client.campaigns._throttle import Counts
from jsms_client.results import DeliveryReport, DeliveryStatus
from jsms_runtime.results import known

if TYPE_CHECKING:
    from jsms_client.campaigns._error_policy import Stop
    from jsms_client.campaigns._options import CampaignSettings, Service
    from jsms_client.campaigns._shared.address import SharedAddress

_OUTCOMES = """
SELECT r.number, r.mobile, r.state, r.msg_id, q.schedule_id, r.code, r.delivery, r.delivered_at, r.settled, r.temp_para,
r.resent FROM jsms_recipients r LEFT JOIN jsms_requests q ON q.campaign = r.campaign AND q.number = r.request
WHERE r.campaign = :campaign AND r.number > :after {states} ORDER BY r.number LIMIT :page
"""


class SharedCampaign(Campaign):
    """A `Campaign` in a database; its counts are those of the moment it was made, also while others send it.

    Args:
        address: Where it is.
        stop: Why this call stopped.
    """

    def __init__(self, address: SharedAddress, stop: Stop | None = None) -> None:
        # Not the base's constructor, which reads a file.
        self._kept = None
        self.journal = None
        self._address = address
        with self._opened() as journal:
            states = journal.states
            self.settings = journal.settings
            self.service = journal.service.url
            self.stop = journal.stop if stop is None else stop
            self.running = journal.workers() > 0
            self._began = journal.input is not None
            self.counts = Counts(
                total=sum(states),
                waiting=states[WAITING],
                accepted=states[ACCEPTED],
                refused=states[REFUSED],
                unknown=states[UNKNOWN] + (0 if self.running else states[IN_FLIGHT]),
                repeats=journal.repeats,
                bad_lines=journal.bad_lines,
                in_flight=states[IN_FLIGHT] if self.running else 0,
            )
            codes = journal.execute(
                "SELECT code, count(*) FROM jsms_recipients WHERE campaign = :campaign AND state = :refused"
                " GROUP BY code ORDER BY count(*) DESC, code",
                refused=REFUSED,
            ).rows
            deliveries = journal.execute(
                "SELECT delivery, count(*) FROM jsms_recipients WHERE campaign = :campaign AND delivery IS NOT NULL"
                " GROUP BY delivery ORDER BY delivery"
            ).rows
        self.codes: Mapping[int | None, int] = dict(cast("list[tuple[int | None, int]]", codes))
        self.deliveries = {known(DeliveryStatus, int(str(status))): int(str(count)) for status, count in deliveries}

    def outcomes(self, state: RecipientState | None = None) -> Iterator[Outcome]:
        """Yield the state of every recipient, in the order of the list; see `Campaign.outcomes`."""
        if state is None:
            states = ""
        else:
            numbers = [STATES.index(state), *([IN_FLIGHT] if state is RecipientState.UNKNOWN else [])]
            states = f"AND r.state IN ({', '.join(map(str, numbers))})"
        for row in self._pages(_OUTCOMES.format(states=states)):
            yield read_outcome(row)

    def set_aside(self) -> Iterator[Skipped]:
        """Yield the entries of the list that are not sent to, in its order."""
        query = (
            "SELECT number, reason, mobile, text FROM jsms_set_aside"
            " WHERE campaign = :campaign AND number > :after ORDER BY number LIMIT :page"
        )
        for number, reason, mobile, text in self._pages(query):
            yield Skipped(int(str(number)), SkipReason(str(reason)), None if mobile is None else str(mobile), str(text))

    def other_reports(self) -> Iterator[DeliveryReport]:
        """Delivery reports of other messages that settling fetched; see `Campaign.other_reports`."""
        query = (
            "SELECT number, msg_id, mobile, status, at FROM jsms_other_reports"
            " WHERE campaign = :campaign AND number > :after ORDER BY number LIMIT :page"
        )
        for _, msg_id, mobile, status, at in self._pages(query):
            yield report_of(str(msg_id), str(mobile), int(str(status)), None if at is None else float(str(at)))

    def opened(self, settings: CampaignSettings | None, service: Service | None) -> SharedJournal:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - what it works on is this
        """Open it, to go on with it."""
        return SharedJournal(self._address, settings, service)

    @contextmanager
    def _opened(self) -> Generator[SharedJournal]:
        with closing(SharedJournal(self._address)) as journal, journal.writing():
            yield journal

    def _pages(self, query: str) -> Iterator[tuple[object, ...]]:
        after = -1
        while True:
            # Not one transaction for all of them, which would keep workers from sending.
            with self._opened() as journal:
                rows = journal.execute(query, after=after, page=PAGE).rows
            if not rows:
                return
            yield from (tuple(row) for row in rows)
            after = int(str(rows[-1][0]))
