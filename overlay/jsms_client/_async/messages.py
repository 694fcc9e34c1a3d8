"""Messages from templates, to one number or to many."""

from __future__ import annotations

from collections.abc import Iterable

from jsms_api.api.messages import send_message
from jsms_api.models.send_message_request import SendMessageRequest
from jsms_api.types import UNSET
from jsms_client import requests, values
from jsms_client._async.resource import AsyncResource
from jsms_client.parameters import Parameters
from jsms_client.reading.codes import sent_message
from jsms_client.reading.messages import batch_result
from jsms_client.recipients import RecipientLike
from jsms_client.results.codes import SentMessage
from jsms_client.results.messages import BatchResult


class AsyncMessages(AsyncResource):
    """Messages from templates, to one number or to many."""

    __slots__ = ()

    async def send(
        self,
        mobile: str,
        *,
        temp_id: int,
        sign_id: int | None = None,
        temp_para: Parameters | None = None,
        once: str | None = None,
    ) -> SentMessage:
        """Send a message made from a template.

        Billed by length, signature and opt-out text included: up to 70 characters are one message, above that each
        67. Marketing goes out between 08:00 and 21:00 Beijing time only.

        JSMS operation: sendMessage, POST /messages

        Args:
            mobile: A mainland China mobile number: 11 digits, with or without +86, spaces and hyphens.
            temp_id: A notice or marketing template that passed review.
            sign_id: A signature that passed review; None for the app's default signature.
            temp_para: Variable name to value, for each variable of the template. Numbers and booleans become texts,
                numbers without an exponent; a date has to be given as the text that it should read as.
            once: A key of this message, such as ``"login-42"``. The same key again, in any process that shares the
                client's store, sends nothing and gives the first result.

        Returns:
            The ``msg_id`` that the delivery report names.

        Raises:
            ArgumentError: An argument that the service would refuse; nothing was sent.
            IdempotencyError: ``once`` was used with other arguments; nothing was sent.
            StoreError: The store failed before the request left; nothing was sent.
            UnknownOutcomeError: No answer came, and the message may have been sent. It was not repeated.
            JSMSError: Anything else.
        """
        body = SendMessageRequest(
            mobile=values.read_mobile(mobile),
            temp_id=values.read_temp_id(temp_id),
            sign_id=UNSET if sign_id is None else values.read_sign_id(sign_id),
            temp_para=requests.message_parameters(temp_para),
        )
        return sent_message((await send_message.asyncio_detailed(client=self._api.once(once), body=body)).parsed)

    async def send_batch(
        self,
        recipients: Iterable[RecipientLike],
        *,
        temp_id: int,
        sign_id: int | None = None,
        tag: str | None = None,
        once: str | None = None,
    ) -> BatchResult:
        """Send a template to up to 1000 recipients, each with parameters of their own.

        The service takes or refuses each recipient by itself; a refused one raises nothing.

        JSMS operation: sendMessageBatch, POST /messages/batch

        Args:
            recipients: 1 to 1000 of `Recipient`, mappings with ``mobile`` and ``temp_para``, (mobile, parameters)
                pairs, or numbers; any iterable, read once.
            temp_id: A notice or marketing template that passed review.
            sign_id: A signature that passed review; None for the app's default signature.
            tag: A label for your own statistics, at most 10 characters; never shown to a recipient.
            once: A key of this message, such as ``"login-42"``. The same key again, in any process that shares the
                client's store, sends nothing and gives the first result.

        Returns:
            Each recipient with a ``msg_id`` or an error: see ``accepted`` and ``refused``.

        Raises:
            ArgumentError: An argument that the service would refuse, naming the recipient; nothing was sent.
            IdempotencyError: ``once`` was used with other arguments; nothing was sent.
            StoreError: The store failed before the request left; nothing was sent.
            UnknownOutcomeError: No answer came, and the messages may have been sent. It was not repeated.
            JSMSError: Anything else.
        """
        body = requests.message_batch(recipients, temp_id, sign_id, tag)
        return batch_result(await self._api.once(once).carry_out("sendMessageBatch", body))


__all__ = ["AsyncMessages"]
