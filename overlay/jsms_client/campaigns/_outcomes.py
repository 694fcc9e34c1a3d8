"""The outcome for each recipient, and the counts of a campaign as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from jsms_api.models.delivery_status import DeliveryStatus
from jsms_client.campaigns._error_policy import Stop
from jsms_client.campaigns._options import CampaignSettings
from jsms_contract.errors import error_class
from jsms_runtime.errors import APIError
from jsms_runtime.results import MOBILE, SECRET, Result, refused_error


class RecipientState(StrEnum):
    """What is known of a recipient."""

    WAITING = "waiting"
    """Not sent to yet; certainly not."""
    IN_FLIGHT = "in_flight"
    """In a request that is on its way."""
    ACCEPTED = "accepted"
    """The service accepted the message; a delivery report says whether it arrived."""
    REFUSED = "refused"
    """The service refused the message, with a code."""
    UNKNOWN = "unknown"
    """In a request whose response never came: may have been sent to, and is not sent to again unless asked."""


STATES = tuple(RecipientState)
"""Each state by the number that journals have for it."""
WAITING, IN_FLIGHT, ACCEPTED, REFUSED, UNKNOWN = range(len(STATES))


class SkipReason(StrEnum):
    """Why an entry of the list is not among the recipients."""

    REPEAT = "repeat"
    """The number is further up in the list."""
    BAD_LINE = "bad_line"
    """It cannot be sent to."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many recipients are in each state, and how many entries were set aside.

    Attributes:
        total: All recipients; entries that were set aside are none.
        waiting: Not sent to yet.
        accepted: Taken by the service.
        refused: Refused by the service.
        unknown: In a request whose response never came.
        repeats: Entries skipped because the number is further up.
        bad_lines: Entries set aside because they cannot be sent to.
        in_flight: In requests that are on their way, of a campaign that another call is sending.
    """

    total: int
    waiting: int
    accepted: int
    refused: int
    unknown: int
    repeats: int
    bad_lines: int
    in_flight: int = 0


class Summary(NamedTuple):
    """The state of a campaign as a whole, as a journal has it.

    Attributes:
        settings: What it sends.
        service: The address of the service.
        states: How many recipients are in each state, in the order of `STATES`.
        repeats: How many entries were set aside as duplicates.
        bad_lines: How many as bad.
        codes: How many recipients were refused, by code.
        deliveries: How many delivery reports came, by status.
        began: Whether the whole list was read.
        running: Whether another call is sending it.
        stop: Why all workers stopped, where several share it.
    """

    settings: CampaignSettings
    service: str
    states: list[int]
    repeats: int
    bad_lines: int
    codes: dict[int | None, int] = {}  # noqa: RUF012 - never changed
    deliveries: dict[int, int] = {}  # noqa: RUF012 - as above
    began: bool = False
    running: bool = False
    stop: Stop | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Outcome(Result):
    """The state of one recipient.

    Attributes:
        number: The line in the file, or the place in the iterable, both counted from 1.
        mobile: The number, 11 digits.
        state: What is known.
        msg_id: Id of the SMS, a text of digits; None where there is none, as with a schedule until it is sent.
        schedule_id: The schedule that the recipient is in; None where it was sent to at once.
        code: Why it was refused; None where it was not, or where the service's code is no number.
        delivery: The status in the delivery report; None where none came so far.
        delivered_at: The time in that report, aware, in Beijing time (UTC+8).
        settled: Whether it was unknown, until a delivery report came.
        temp_para: The template parameters.
        resent: Whether it was sent to again as an unknown one, since delivery reports were last asked for.
    """

    number: int
    mobile: str = field(metadata=MOBILE)
    state: RecipientState
    msg_id: str | None = None
    schedule_id: str | None = None
    code: int | None = None
    delivery: DeliveryStatus | int | None = None
    delivered_at: datetime | None = None
    settled: bool = False
    temp_para: Mapping[str, str] | None = field(default=None, hash=False, metadata=SECRET)
    resent: bool = False

    @property
    def error(self) -> APIError | None:
        """The exception that says why it was refused, not raised; None where it was not."""
        return (
            refused_error(error_class(self.code, 200), self.code, None)
            if self.state is RecipientState.REFUSED
            else None
        )


@dataclass(frozen=True, slots=True, repr=False)
class Skipped(Result):
    """An entry of the list that is not sent to.

    Attributes:
        number: The line in the file, or the place in the iterable, both counted from 1.
        reason: Why.
        mobile: The number; None where there is none that can be read.
        text: The same in words: where the number stood first, or what is wrong.
    """

    number: int
    reason: SkipReason
    mobile: str | None = field(metadata=MOBILE)
    text: str
