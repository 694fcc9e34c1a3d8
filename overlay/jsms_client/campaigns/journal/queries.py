"""What a journal says of everyone, read in pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from jsms_api.models.delivery_status import DeliveryStatus
from jsms_client.campaigns.journal.connection import Connection
from jsms_client.campaigns.journal.integrity import PAGE
from jsms_client.campaigns.journal.schema import IN_FLIGHT, REFUSED, STATES, UNKNOWN
from jsms_client.campaigns.outcomes import Outcome, RecipientState, SetAside, Why
from jsms_client.reading.fields import known
from jsms_client.times import BEIJING


def codes(connection: Connection) -> dict[int | None, int]:
    """How many recipients were refused, by code.

    Args:
        connection: To the file.
    """
    query = "SELECT code, count(*) FROM recipients WHERE state = ? GROUP BY code ORDER BY count(*) DESC, code"
    return dict(connection.execute(query, (REFUSED,)).fetchall())


def outcomes(connection: Connection, state: RecipientState | None) -> Iterator[Outcome]:
    """What became of everyone, in the order of the list.

    Args:
        connection: To the file.
        state: Only those in this state; None for all.
    """
    wanted = json.dumps([number for number in range(len(STATES)) if state is None or _shown(number) is state])
    after = 0
    query = (
        "SELECT recipients.number, mobile, state, msg_id, schedule_id, code, delivery, delivered_at, settled, "
        "temp_para FROM recipients LEFT JOIN requests ON requests.number = request "
        "WHERE recipients.number > ? AND state IN (SELECT value FROM json_each(?)) ORDER BY recipients.number LIMIT ?"
    )
    while page := connection.execute(query, (after, wanted, PAGE)).fetchall():
        for number, mobile, at, msg_id, schedule_id, code, delivery, delivered_at, settled, parameters in page:
            yield Outcome(
                number,
                mobile,
                _shown(at),
                msg_id,
                schedule_id,
                code,
                None if delivery is None else known(DeliveryStatus, delivery),
                None if delivered_at is None else datetime.fromtimestamp(delivered_at, BEIJING),
                bool(settled),
                None if parameters is None else json.loads(parameters),
            )
        after = page[-1][0]


def _shown(state: int) -> RecipientState:
    # Nobody can look while a campaign runs: what is in flight was so when its process was killed.
    return STATES[UNKNOWN if state == IN_FLIGHT else state]


def set_aside(connection: Connection) -> Iterator[SetAside]:
    """The entries of the list that are not sent to, in its order.

    Args:
        connection: To the file.
    """
    after = 0
    query = "SELECT number, reason, mobile, text FROM set_aside WHERE number > ? ORDER BY number LIMIT ?"
    while page := connection.execute(query, (after, PAGE)).fetchall():
        for number, reason, mobile, text in page:
            yield SetAside(number, Why(reason), mobile, text)
        after = page[-1][0]


__all__ = ["codes", "outcomes", "set_aside"]
