"""A campaign in an SQL database: what `Journal` is for a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from jsms_client.campaigns._errors import BadLine, JournalMismatchError
from jsms_client.campaigns._inputs.sources import Row
from jsms_client.campaigns._options import CampaignSettings, Service
from jsms_client.campaigns._outcomes import WAITING, SkipReason
from jsms_client.campaigns._shared.deliveries import SharedDeliveries
from jsms_client.campaigns._shared.queue import SharedQueue
from jsms_client.campaigns._shared.state import SharedState

if TYPE_CHECKING:
    from jsms_client.campaigns._shared.address import SharedAddress


class SharedJournal(SharedState):
    """The journal of one worker of a shared campaign.

    Args:
        address: Which database, and which campaign in it.
        settings: What the campaign sends; None to take what is there.
        service: Where; None where that does not matter.

    Attributes:
        queue: What leaves and what comes back.
        deliveries: What delivery reports say.
    """

    path = None

    def __init__(
        self, address: SharedAddress, settings: CampaignSettings | None = None, service: Service | None = None
    ) -> None:
        super().__init__(address, settings, service)
        self.queue, self.deliveries = SharedQueue(self), SharedDeliveries(self)

    @property
    def team(self) -> SharedState:
        """The workers that share it."""
        return self

    def add(self, rows: Sequence[Row], bad: Iterable[BadLine]) -> set[int]:
        """Take the next entries of the list in; gives the numbers of those that were set aside as duplicates."""
        dialect = self.dialect
        skipped: list[tuple[int, SkipReason, str | None, str]] = [
            (line.number, SkipReason.BAD_LINE, None, line.reason) for line in bad
        ]
        self.bad_lines += len(skipped)
        taken = self.execute_with(
            f"{dialect.insert_new} jsms_recipients (campaign, number, mobile, temp_para)"
            " SELECT :campaign, v.number, v.mobile, v.temp_para"
            f" FROM {dialect.rows(number=int, mobile=str, temp_para=str)} {dialect.unless_there}",
            [{"number": number, "mobile": mobile, "temp_para": given} for number, mobile, given in rows],
        )
        repeats: list[tuple[int, SkipReason, str, str]] = [] if taken == len(rows) else self._repeats(rows)
        self.repeats += len(repeats)
        self.states[WAITING] += taken
        self.execute_with(
            "INSERT INTO jsms_set_aside (campaign, number, reason, mobile, text)"
            " SELECT :campaign, v.number, v.reason, v.mobile, v.text"
            f" FROM {dialect.rows(number=int, reason=str, mobile=str, text=str)}",
            [
                {"number": number, "reason": reason.value, "mobile": mobile, "text": text}
                for number, reason, mobile, text in [*skipped, *repeats]
            ],
        )
        return {number for number, *_ in repeats}

    def _repeats(self, rows: Sequence[Row]) -> list[tuple[int, SkipReason, str, str]]:
        """Those of the rows whose mobile number was there before."""
        # Checked numbers: nothing but digits.
        mobiles = ", ".join(f"'{mobile}'" for _, mobile, _ in rows)
        found = self.execute(
            "SELECT mobile, number, temp_para FROM jsms_recipients"
            f" WHERE campaign = :campaign AND mobile IN ({mobiles})"
        ).rows
        there = {str(mobile): (int(str(number)), parameters) for mobile, number, parameters in found}
        repeats: list[tuple[int, SkipReason, str, str]] = []
        for number, mobile, given in rows:
            first, other = there[mobile]
            if first != number:
                with_others = ", with other parameters" if other != given else ""
                repeats.append((number, SkipReason.REPEAT, mobile, f"the number is at {first} already{with_others}"))
        return repeats

    def complete(self, entries: str, recipients: str) -> None:
        """Record that the whole list was read."""
        del recipients  # the database keeps its own checksums
        self.input = entries
        self.execute("UPDATE jsms_campaigns SET input = :input WHERE number = :campaign", input=self.input)

    def check_same(self, entries: str) -> None:
        """Check that this list is the one that was taken in."""
        if entries != self.input:
            raise JournalMismatchError(
                f"the list is not the one that {self.address} was begun with; go on with that one, or give this one "
                "another name"
            )

    def check_in_place(self) -> None:
        """Do nothing: a database is not moved."""
