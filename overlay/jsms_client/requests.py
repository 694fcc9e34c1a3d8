"""From checked arguments to the parts that several generated requests have in common."""

from __future__ import annotations

from jsms_api.models.recipient import Recipient
from jsms_api.models.recipient_temp_para import RecipientTempPara
from jsms_api.models.schedule_request_temp_para import ScheduleRequestTempPara
from jsms_api.models.send_message_request_temp_para import SendMessageRequestTempPara
from jsms_api.types import UNSET, Unset
from jsms_client.parameters import read_parameters
from jsms_client.recipients import read_recipients
from jsms_client.values import read_text
from jsms_contract import limits


def message_parameters(temp_para: object) -> SendMessageRequestTempPara | Unset:
    """The parameters of a single message.

    Raises:
        ArgumentError: They are not parameters.
    """
    if temp_para is None:
        return UNSET
    made = SendMessageRequestTempPara()
    made.additional_properties = read_parameters(temp_para)
    return made


def schedule_parameters(temp_para: object) -> ScheduleRequestTempPara | Unset:
    """The parameters of a single scheduled message.

    Raises:
        ArgumentError: They are not parameters.
    """
    if temp_para is None:
        return UNSET
    made = ScheduleRequestTempPara()
    made.additional_properties = read_parameters(temp_para)
    return made


def message_recipients(recipients: object) -> list[Recipient]:
    """The recipients of a batch.

    Raises:
        ArgumentError: Too few, too many, or one that cannot be sent to.
    """
    return _recipients(
        recipients,
        limits.SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MIN_ITEMS,
        limits.SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS,
    )


def schedule_recipients(recipients: object) -> list[Recipient]:
    """The recipients of a scheduled batch.

    Raises:
        ArgumentError: Too few, too many, or one that cannot be sent to.
    """
    return _recipients(
        recipients,
        limits.SCHEDULE_BATCH_REQUEST_RECIPIENTS_MIN_ITEMS,
        limits.SCHEDULE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS,
    )


def _recipients(recipients: object, fewest: int, most: int) -> list[Recipient]:
    made: list[Recipient] = []
    for mobile, parameters in read_recipients(recipients, fewest=fewest, most=most):
        if parameters is None:
            made.append(Recipient(mobile))
        else:
            temp_para = RecipientTempPara()
            temp_para.additional_properties = parameters
            made.append(Recipient(mobile, temp_para))
    return made


def tag(value: object) -> str:
    """The label of a batch.

    Raises:
        ArgumentError: It is no text or too long.
    """
    return read_text(value, "tag", longest=limits.SEND_MESSAGE_BATCH_REQUEST_TAG_MAX_LENGTH)


__all__ = [
    "message_parameters",
    "message_recipients",
    "schedule_parameters",
    "schedule_recipients",
    "tag",
]
