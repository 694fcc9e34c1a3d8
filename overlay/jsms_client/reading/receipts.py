"""Results of receipts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar, cast

from jsms_api.models.delivery_status import DeliveryStatus
from jsms_client.read_once import MALFORMED
from jsms_client.reading.fields import known
from jsms_client.results.receipts import DeliveryReport, MalformedRecord, Records, UserReply
from jsms_client.times import parse_time

if TYPE_CHECKING:
    from datetime import datetime

    from jsms_api import models


def delivery_reports(parsed: object) -> Records[DeliveryReport]:
    """What one poll of the delivery reports handed out."""
    whole, malformed = _apart(cast("list[models.DeliveryReport]", parsed))
    return Records((_delivery_report(model) for model in whole), malformed)


def _delivery_report(model: models.DeliveryReport) -> DeliveryReport:
    receive_time, extra = _time(model.receive_time, "receiveTime", model.additional_properties)
    return DeliveryReport(model.msg_id, model.phone, receive_time, known(DeliveryStatus, model.status), extra)


def user_replies(parsed: object) -> Records[UserReply]:
    """What one poll of the replies handed out."""
    whole, malformed = _apart(cast("list[models.UserReply]", parsed))
    return Records((_user_reply(model) for model in whole), malformed)


def _user_reply(model: models.UserReply) -> UserReply:
    reply_time, extra = _time(model.reply_time, "replyTime", model.additional_properties)
    return UserReply(model.phone, reply_time, model.content, extra)


def stored_reports(raw: list[object]) -> Records[DeliveryReport]:
    """Delivery reports from the JSON of the service."""
    from jsms_api.models.delivery_report import DeliveryReport as Model  # noqa: PLC0415 - brings attrs

    return delivery_reports([Model.from_dict(cast("dict[str, object]", each)) for each in raw])


def stored_replies(raw: list[object]) -> Records[UserReply]:
    """Replies from the JSON of the service."""
    from jsms_api.models.user_reply import UserReply as Model  # noqa: PLC0415 - brings attrs

    return user_replies([Model.from_dict(cast("dict[str, object]", each)) for each in raw])


R = TypeVar("R", "models.DeliveryReport", "models.UserReply")


def _apart(records: Iterable[R]) -> tuple[list[R], list[MalformedRecord]]:
    """The records that can be read, and those that cannot."""
    whole: list[R] = []
    malformed: list[MalformedRecord] = []
    for model in records:
        mark: object = model.additional_properties.get(MALFORMED)
        if isinstance(mark, MalformedRecord):
            malformed.append(mark)
        else:
            whole.append(model)
    return whole, malformed


def _time(value: object, name: str, extra: Mapping[str, object]) -> tuple[datetime | None, Mapping[str, object]]:
    if value is None:
        return None, extra
    try:
        return parse_time(value), extra
    except ValueError:
        return None, {**extra, name: value}


__all__ = ["delivery_reports", "stored_replies", "stored_reports", "user_replies"]
