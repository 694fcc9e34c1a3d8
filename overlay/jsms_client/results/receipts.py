"""Results of receipts: delivery reports and what users answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from jsms_api.models.delivery_status import DeliveryStatus
from jsms_client.results.shown import HIDDEN, NUMBER, Result

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class DeliveryReport(Result):
    """What became of one SMS or call.

    Attributes:
        msg_id: Id of the SMS or call, a text of digits, as its send answered it.
        phone: The number.
        receive_time: When the handset or the carrier answered, an aware datetime in Beijing time (UTC+8); None where
            the service's value is no time, which then stands in ``extra["receiveTime"]``.
        status: What became of it; a plain number where this version does not know it.
        extra: Fields that this version does not know.
    """

    msg_id: str
    phone: str = field(metadata=NUMBER)
    receive_time: datetime | None
    status: DeliveryStatus | int
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class UserReply(Result):
    """What one user answered.

    Attributes:
        phone: The number.
        reply_time: When the user answered, an aware datetime in Beijing time (UTC+8); None where the service's value
            is no time, which then stands in ``extra["replyTime"]``.
        content: The text.
        extra: Fields that this version does not know.
    """

    phone: str = field(metadata=NUMBER)
    reply_time: datetime | None
    content: str = field(metadata=HIDDEN)
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class MalformedRecord(Result):
    """A record that is not what the contract says.

    The service hands out each record once, so it is kept as it came rather than lost, and costs none of the others.

    Attributes:
        problem: What is wrong with it.
        raw: What the service sent.
    """

    problem: str
    raw: object = field(hash=False, metadata=HIDDEN)


class Records(list[T]):
    """What one poll handed out: a list, and beside it whatever could not be read.

    Attributes:
        malformed: The records that are not what the contract says; nearly always empty.
    """

    malformed: tuple[MalformedRecord, ...]

    def __init__(self, records: Iterable[T] = (), malformed: Iterable[MalformedRecord] = ()) -> None:
        super().__init__(records)
        self.malformed = tuple(malformed)


__all__ = ["DeliveryReport", "MalformedRecord", "Records", "UserReply"]
