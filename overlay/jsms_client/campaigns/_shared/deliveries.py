"""What delivery reports say of the recipients of a shared campaign."""

from __future__ import annotations

import hashlib

from jsms_client.campaigns._journal.deliveries import Delivery, in_time
from jsms_client.campaigns._outcomes import ACCEPTED, UNKNOWN
from jsms_client.campaigns._shared.state import SharedState
from jsms_client.errors import ArgumentError
from jsms_runtime.validation import parse_mobile

_FOUND = (
    "SELECT r.number, r.state, r.msg_id, q.left_at, q.send_time FROM jsms_recipients r LEFT JOIN jsms_requests q"
    " ON q.campaign = r.campaign AND q.number = r.request"
    " WHERE r.campaign = :campaign AND r.mobile = :mobile AND r.state IN (:accepted, :unknown)"
)


class SharedDeliveries:
    """Stores delivery reports; to be used inside of the journal's `writing`.

    Args:
        journal: The worker's connection.
    """

    def __init__(self, journal: SharedState) -> None:
        self._journal = journal

    def begin(self) -> None:
        """Do nothing: recipients are looked up by their numbers, which are an index."""

    def note(self, delivery: Delivery) -> bool:
        """Store a delivery report, where it is about one of the recipients; gives whether it was."""
        try:
            mobile = parse_mobile(delivery.mobile)
        except ArgumentError:
            return False
        rows = self._journal.execute(_FOUND, mobile=mobile, accepted=ACCEPTED, unknown=UNKNOWN).rows
        if not rows:
            return False
        number, state, msg_id, left_at, send_time = rows[0]
        if msg_id != delivery.msg_id and (
            msg_id is not None
            or left_at is None
            or not in_time(delivery, float(str(left_at)), None if send_time is None else str(send_time), None)
        ):
            return False
        self._journal.execute(
            "UPDATE jsms_recipients SET state = :state, msg_id = :msg_id, delivery = :status, delivered_at = :at,"
            " settled = CASE WHEN state = :unknown THEN 1 ELSE settled END"
            " WHERE campaign = :campaign AND number = :number",
            state=ACCEPTED,
            msg_id=delivery.msg_id,
            status=delivery.status,
            at=delivery.at,
            unknown=UNKNOWN,
            number=number,
        )
        self._journal.count(int(str(state)), ACCEPTED, 1)
        return True

    def keep_other(self, delivery: Delivery) -> None:
        """Keep a report of another message."""
        dialect = self._journal.dialect
        self._journal.execute(
            f"{dialect.insert_new} jsms_other_reports (campaign, msg_id, mobile, status, at)"
            f" VALUES (:campaign, :msg_id, :mobile, :status, :at) {dialect.unless_there}",
            msg_id=_fitted(delivery.msg_id, 64),
            mobile=_fitted(delivery.mobile, 32),
            status=delivery.status,
            at=delivery.at,
        )

    def is_complete(self) -> bool:
        """Whether no delivery report could say anything new."""
        rows = self._journal.execute(
            "SELECT 1 FROM jsms_recipients WHERE campaign = :campaign AND state IN (:accepted, :unknown)"
            " AND delivery IS NULL LIMIT 1",
            accepted=ACCEPTED,
            unknown=UNKNOWN,
        ).rows
        return not rows


def _fitted(text: str, longest: int) -> str:
    """Return a text for a unique column: one that is too long, or whose spaces at the end do not count, with a hash."""
    if len(text) <= longest and not text.endswith(" "):
        return text
    mark = f"\u2026{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return text[: longest - len(mark)] + mark
