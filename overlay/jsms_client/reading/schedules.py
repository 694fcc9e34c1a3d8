"""Results of schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jsms_api.types import Unset
from jsms_client.reading.fields import error_code
from jsms_client.results.schedules import (
    RefusedRecipient,
    Schedule,
    ScheduleBatchResult,
    ScheduledMessage,
    ScheduledRecipient,
)
from jsms_client.times import parse_time

if TYPE_CHECKING:
    from jsms_api import models


def scheduled_message(parsed: object) -> ScheduledMessage:
    """The result of saving a schedule."""
    model = cast("models.ScheduledMessage", parsed)
    return ScheduledMessage(model.schedule_id, model.additional_properties)


def schedule_batch_result(parsed: object) -> ScheduleBatchResult:
    """The result of saving a scheduled batch."""
    model = cast("models.ScheduleBatchResult", parsed)
    return ScheduleBatchResult(
        model.schedule_id,
        model.success_count,
        model.failure_count,
        tuple(_refused_recipient(recipient) for recipient in model.failure_recipients),
        model.additional_properties,
    )


def _refused_recipient(model: models.RefusedRecipient) -> RefusedRecipient:
    code, unread = error_code(model.error_code)
    return RefusedRecipient(
        model.mobile,
        code,
        model.error_message,
        None if isinstance(model.temp_para, Unset) else model.temp_para.additional_properties,
        model.additional_properties if unread is None else {**model.additional_properties, "error_code": unread},
    )


def schedule(parsed: object) -> Schedule:
    """A schedule as it stands."""
    model = cast("models.Schedule", parsed)
    return Schedule(
        model.schedule_id,
        parse_time(model.send_time),
        model.temp_id,
        tuple(
            ScheduledRecipient(
                recipient.mobile,
                recipient.msg_id,
                None if isinstance(recipient.temp_para, Unset) else recipient.temp_para.additional_properties,
                recipient.additional_properties,
            )
            for recipient in model.recipients
        ),
        model.additional_properties,
    )


__all__ = ["schedule", "schedule_batch_result", "scheduled_message"]
