"""From checked arguments to the parts that several generated requests have in common."""

from __future__ import annotations

from jsms_api.models.recipient import Recipient
from jsms_api.models.recipient_temp_para import RecipientTempPara
from jsms_api.models.schedule_request_temp_para import ScheduleRequestTempPara
from jsms_api.models.send_message_request_temp_para import SendMessageRequestTempPara
from jsms_api.types import UNSET, Unset
from jsms_client.parameters import read_parameters
from jsms_client.recipients import read_recipients
from jsms_client.values import read_sign_id, read_temp_id, read_text
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


def message_batch(recipients: object, temp_id: object, sign_id: object, tag: object) -> dict[str, object]:
    """The body of a batch, as JSON.

    Raises:
        ArgumentError: Too few, too many, or one that cannot be sent to; or another argument that cannot be sent.
    """
    body: dict[str, object] = {"temp_id": read_temp_id(temp_id)}
    if sign_id is not None:
        body["sign_id"] = read_sign_id(sign_id)
    if tag is not None:
        body["tag"] = read_tag(tag)
    checked = read_recipients(
        recipients,
        fewest=limits.SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MIN_ITEMS,
        most=limits.SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS,
    )
    body["recipients"] = [
        {"mobile": mobile} if parameters is None else {"mobile": mobile, "temp_para": parameters}
        for mobile, parameters in checked
    ]
    return body


def schedule_recipients(recipients: object) -> list[Recipient]:
    """The recipients of a scheduled batch.

    Raises:
        ArgumentError: Too few, too many, or one that cannot be sent to.
    """
    made: list[Recipient] = []
    for mobile, parameters in read_recipients(
        recipients,
        fewest=limits.SCHEDULE_BATCH_REQUEST_RECIPIENTS_MIN_ITEMS,
        most=limits.SCHEDULE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS,
    ):
        if parameters is None:
            made.append(Recipient(mobile))
        else:
            temp_para = RecipientTempPara()
            temp_para.additional_properties = parameters
            made.append(Recipient(mobile, temp_para))
    return made


def read_tag(value: object) -> str:
    """The label of a batch.

    Raises:
        ArgumentError: It is no text or too long.
    """
    return read_text(value, "tag", longest=limits.SEND_MESSAGE_BATCH_REQUEST_TAG_MAX_LENGTH)


__all__ = [
    "message_batch",
    "message_parameters",
    "read_tag",
    "schedule_parameters",
    "schedule_recipients",
]
