"""Messages to be sent later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from jsms_api.api.schedules import (
    create_schedule,
    create_schedule_batch,
    delete_schedule,
    get_schedule,
    update_schedule,
    update_schedule_batch,
)
from jsms_api.models.schedule_batch_request import ScheduleBatchRequest
from jsms_api.models.schedule_request import ScheduleRequest
from jsms_api.types import UNSET
from jsms_client import requests, values
from jsms_client._async.resource import AsyncResource
from jsms_client.parameters import Parameters
from jsms_client.reading.schedules import schedule, schedule_batch_result, scheduled_message
from jsms_client.recipients import RecipientLike
from jsms_client.results.schedules import Schedule, ScheduleBatchResult, ScheduledMessage
from jsms_client.times import read_send_time


class AsyncSchedules(AsyncResource):
    """Messages to be sent later."""

    __slots__ = ()

    async def create(
        self,
        mobile: str,
        *,
        temp_id: int,
        send_time: datetime | str,
        sign_id: int | None = None,
        temp_para: Parameters | None = None,
        once: str | None = None,
    ) -> ScheduledMessage:
        """Have a message sent at a given time.

        JSMS operation: createSchedule, POST /schedule

        Args:
            mobile: A mainland China mobile number: 11 digits, with or without +86, spaces and hyphens.
            temp_id: A notice or marketing template that passed review.
            send_time: When to send, in the future: an aware datetime in any zone (a fraction of a second is dropped),
                or ``yyyy-MM-dd HH:mm:ss`` in Beijing time (UTC+8).
            sign_id: A signature that passed review; None for the app's default signature.
            temp_para: Variable name to value, for each variable of the template.
            once: A key of this message, such as ``"login-42"``. The same key again, in any process that shares the
                client's store, sends nothing and gives the first result.

        Returns:
            The ``schedule_id`` to change, look at or delete it with.

        Raises:
            ArgumentError: An argument that the service would refuse, such as a datetime without a time zone; nothing
                was sent.
            IdempotencyError: ``once`` was used with other arguments; nothing was sent.
            StoreError: The store failed before the request left; nothing was sent.
            UnknownOutcomeError: No answer came, and the schedule may have been saved. It was not repeated.
            JSMSError: Anything else.
        """
        body = _one(mobile, temp_id, send_time, sign_id, temp_para)
        return scheduled_message(
            (await create_schedule.asyncio_detailed(client=self._api.once(once), body=body)).parsed
        )

    async def create_batch(
        self,
        recipients: Iterable[RecipientLike],
        *,
        temp_id: int,
        send_time: datetime | str,
        sign_id: int | None = None,
        tag: str | None = None,
        once: str | None = None,
    ) -> ScheduleBatchResult:
        """Have a template sent to up to 1000 recipients at a given time.

        JSMS operation: createScheduleBatch, POST /schedule/batch

        Args:
            recipients: 1 to 1000 of `Recipient`, mappings with ``mobile`` and ``temp_para``, (mobile, parameters)
                pairs, or numbers; any iterable, read once.
            temp_id: A notice or marketing template that passed review.
            send_time: When to send, in the future: an aware datetime in any zone (a fraction of a second is dropped),
                or ``yyyy-MM-dd HH:mm:ss`` in Beijing time (UTC+8).
            sign_id: A signature that passed review; None for the app's default signature.
            tag: A label for your own statistics, at most 10 characters; never shown to a recipient.
            once: A key of this message, such as ``"login-42"``. The same key again, in any process that shares the
                client's store, sends nothing and gives the first result.

        Returns:
            The ``schedule_id``, and the recipients that were refused, each with its error.

        Raises:
            ArgumentError: An argument that the service would refuse, naming the recipient; nothing was sent.
            IdempotencyError: ``once`` was used with other arguments; nothing was sent.
            StoreError: The store failed before the request left; nothing was sent.
            UnknownOutcomeError: No answer came, and the schedule may have been saved. It was not repeated.
            JSMSError: Anything else.
        """
        body = _many(recipients, temp_id, send_time, sign_id, tag)
        response = await create_schedule_batch.asyncio_detailed(client=self._api.once(once), body=body)
        return schedule_batch_result(response.parsed)

    async def update(
        self,
        schedule_id: str,
        mobile: str,
        *,
        temp_id: int,
        send_time: datetime | str,
        sign_id: int | None = None,
        temp_para: Parameters | None = None,
    ) -> ScheduledMessage:
        """Replace a schedule that has not been sent yet, as a whole.

        JSMS operation: updateSchedule, PUT /schedule/{schedule_id}

        Args:
            schedule_id: What `create` answered.
            mobile: A mainland China mobile number: 11 digits, with or without +86, spaces and hyphens.
            temp_id: A notice or marketing template that passed review.
            send_time: When to send, in the future: an aware datetime in any zone (a fraction of a second is dropped),
                or ``yyyy-MM-dd HH:mm:ss`` in Beijing time (UTC+8).
            sign_id: A signature that passed review; None for the app's default signature.
            temp_para: Variable name to value, for each variable of the template.

        Returns:
            The ``schedule_id`` that is valid from now on.

        Raises:
            ArgumentError: An argument that the service would refuse; nothing was sent.
            JSMSError: Anything else.
        """
        checked_id = values.read_id(schedule_id, "schedule_id")
        body = _one(mobile, temp_id, send_time, sign_id, temp_para)
        response = await update_schedule.asyncio_detailed(checked_id, client=self._api, body=body)
        return scheduled_message(response.parsed)

    async def update_batch(
        self,
        schedule_id: str,
        recipients: Iterable[RecipientLike],
        *,
        temp_id: int,
        send_time: datetime | str,
        sign_id: int | None = None,
        tag: str | None = None,
    ) -> ScheduleBatchResult:
        """Replace a scheduled batch that has not been sent yet, as a whole.

        JSMS operation: updateScheduleBatch, PUT /schedule/batch/{schedule_id}

        Args:
            schedule_id: What `create_batch` answered.
            recipients: 1 to 1000 of `Recipient`, mappings with ``mobile`` and ``temp_para``, (mobile, parameters)
                pairs, or numbers; any iterable, read once.
            temp_id: A notice or marketing template that passed review.
            send_time: When to send, in the future: an aware datetime in any zone (a fraction of a second is dropped),
                or ``yyyy-MM-dd HH:mm:ss`` in Beijing time (UTC+8).
            sign_id: A signature that passed review; None for the app's default signature.
            tag: A label for your own statistics, at most 10 characters; never shown to a recipient.

        Returns:
            The ``schedule_id`` that is valid from now on, and the recipients that were refused, each with its error.

        Raises:
            ArgumentError: An argument that the service would refuse, naming the recipient; nothing was sent.
            JSMSError: Anything else.
        """
        checked_id = values.read_id(schedule_id, "schedule_id")
        body = _many(recipients, temp_id, send_time, sign_id, tag)
        response = await update_schedule_batch.asyncio_detailed(checked_id, client=self._api, body=body)
        return schedule_batch_result(response.parsed)

    async def get(self, schedule_id: str) -> Schedule:
        """Look at a schedule.

        JSMS operation: getSchedule, GET /schedule/{schedule_id}

        Args:
            schedule_id: What creating it answered.

        Returns:
            The schedule; its ``send_time`` is an aware datetime in Beijing time (UTC+8).

        Raises:
            ArgumentError: ``schedule_id`` cannot be one; nothing was sent.
            JSMSError: Anything else.
        """
        checked_id = values.read_id(schedule_id, "schedule_id")
        return schedule((await get_schedule.asyncio_detailed(checked_id, client=self._api)).parsed)

    async def delete(self, schedule_id: str) -> None:
        """Delete a schedule that has not been sent yet.

        JSMS operation: deleteSchedule, DELETE /schedule/{schedule_id}

        Args:
            schedule_id: What creating it answered.

        Raises:
            ArgumentError: ``schedule_id`` cannot be one; nothing was sent.
            JSMSError: Anything else.
        """
        await delete_schedule.asyncio_detailed(values.read_id(schedule_id, "schedule_id"), client=self._api)


def _one(mobile: object, temp_id: object, send_time: object, sign_id: object, temp_para: object) -> ScheduleRequest:
    return ScheduleRequest(
        send_time=read_send_time(send_time),
        mobile=values.read_mobile(mobile),
        temp_id=values.read_temp_id(temp_id),
        sign_id=UNSET if sign_id is None else values.read_sign_id(sign_id),
        temp_para=requests.schedule_parameters(temp_para),
    )


def _many(recipients: object, temp_id: object, send_time: object, sign_id: object, tag: object) -> ScheduleBatchRequest:
    return ScheduleBatchRequest(
        send_time=read_send_time(send_time),
        temp_id=values.read_temp_id(temp_id),
        sign_id=UNSET if sign_id is None else values.read_sign_id(sign_id),
        tag=UNSET if tag is None else requests.read_tag(tag),
        recipients=requests.schedule_recipients(recipients),
    )


__all__ = ["AsyncSchedules"]
