"""Delivery reports and replies, by polling."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from jsms_api.api.receipts import poll_replies, poll_reports
from jsms_client._async.resource import AsyncResource
from jsms_client._async.streams import AsyncReceiptStream, AsyncSharedReceiptStream
from jsms_client.feed import Feed
from jsms_client.reading.receipts import delivery_reports, stored_replies, stored_reports, user_replies
from jsms_client.results.receipts import DeliveryReport, Records, UserReply
from jsms_client.store._store import StoreLike, open_store
from jsms_contract.operations import OPERATIONS

if TYPE_CHECKING:
    from jsms_client._async.client import AsyncJSMS
    from jsms_client.store._receipts import SharedQueue


class AsyncReceipts(AsyncResource):
    """What the service tells afterwards, for apps without a callback URL.

    The service hands out each record once and never again, up to 500 in one answer, keeps them for three days, and
    takes one call in five seconds for each of the two kinds. With a callback URL set up in the console there is
    nothing to poll.

    Args:
        client: The client whose credentials, time limits and connections are used.
    """

    __slots__ = ("_replies", "_reports")

    def __init__(self, client: AsyncJSMS) -> None:
        super().__init__(client)
        self._reports: Feed[DeliveryReport] = Feed(OPERATIONS["pollReports"].poll_seconds or 0)
        self._replies: Feed[UserReply] = Feed(OPERATIONS["pollReplies"].poll_seconds or 0)

    async def reports(self) -> Records[DeliveryReport]:
        """Fetch delivery reports, once.

        The service takes one call in five seconds; `iter_reports` keeps that pace by itself. Records that an
        `iter_reports` has fetched and not handed out yet are not among these.

        JSMS operation: pollReports, GET /report

        Returns:
            The reports that were not fetched before, often none: a list, whose ``malformed`` holds whatever could not
            be read. Times are aware datetimes in Beijing time (UTC+8).

        Raises:
            OutOfFreqError: The last call was less than five seconds ago; nothing was handed out.
            UnknownOutcomeError: The answer got lost, and with it the records that it held, if any.
            JSMSError: Anything else.
        """
        self._reports.note_poll()
        try:
            return await self._poll_reports()
        finally:
            self._reports.note_poll()

    async def replies(self) -> Records[UserReply]:
        """Fetch what users answered, once.

        The service takes one call in five seconds; `iter_replies` keeps that pace by itself. Records that an
        `iter_replies` has fetched and not handed out yet are not among these.

        JSMS operation: pollReplies, GET /reply

        Returns:
            The replies that were not fetched before, often none: a list, whose ``malformed`` holds whatever could not
            be read. Times are aware datetimes in Beijing time (UTC+8).

        Raises:
            OutOfFreqError: The last call was less than five seconds ago; nothing was handed out.
            UnknownOutcomeError: The answer got lost, and with it the records that it held, if any.
            JSMSError: Anything else.
        """
        self._replies.note_poll()
        try:
            return await self._poll_replies()
        finally:
            self._replies.note_poll()

    def iter_reports(self, *, store: StoreLike | None = None) -> AsyncReceiptStream[DeliveryReport]:
        """Iterate over delivery reports without end, one poll in five seconds at most.

        JSMS operation: pollReports, GET /report

        Args:
            store: Where fetched records are kept, so that several consumers share them and a killed one loses none:
                what ``AsyncJSMS(store=…)`` takes; None for the client's store. Without any, they are kept in memory.

        Returns:
            An iterator that can be stopped without losing a record; see `AsyncReceiptStream` for what it does
            when something goes wrong.
        """
        queue = self._shared_queue("reports", self._reports.seconds, store)
        if queue is None:
            return AsyncReceiptStream(self._reports, self._poll_reports)
        return AsyncSharedReceiptStream(self._reports, partial(self._poll_raw, "pollReports"), queue, stored_reports)

    def iter_replies(self, *, store: StoreLike | None = None) -> AsyncReceiptStream[UserReply]:
        """Iterate over what users answer without end, one poll in five seconds at most.

        JSMS operation: pollReplies, GET /reply

        Args:
            store: Where fetched records are kept, so that several consumers share them and a killed one loses none:
                what ``AsyncJSMS(store=…)`` takes; None for the client's store. Without any, they are kept in memory.

        Returns:
            An iterator that can be stopped without losing a record; see `AsyncReceiptStream` for what it does
            when something goes wrong.
        """
        queue = self._shared_queue("replies", self._replies.seconds, store)
        if queue is None:
            return AsyncReceiptStream(self._replies, self._poll_replies)
        return AsyncSharedReceiptStream(self._replies, partial(self._poll_raw, "pollReplies"), queue, stored_replies)

    @property
    def undelivered(self) -> int:
        """How many records an iterator has fetched that nobody has taken yet: the next one goes on with them."""
        return self._reports.undelivered + self._replies.undelivered

    async def _poll_reports(self) -> Records[DeliveryReport]:
        return delivery_reports((await poll_reports.asyncio_detailed(client=self._api)).parsed)

    async def _poll_replies(self) -> Records[UserReply]:
        return user_replies((await poll_replies.asyncio_detailed(client=self._api)).parsed)

    async def _poll_raw(self, operation: str) -> list[object]:
        return cast("list[object]", await self._api.carry_out(operation, None))

    def _shared_queue(self, kind: str, seconds: float, store: StoreLike | None) -> SharedQueue | None:
        found = self._client.store if store is None else open_store(store)
        if found is None:
            return None
        from jsms_client.store._receipts import SharedQueue  # noqa: PLC0415 - a program loads what it uses

        return SharedQueue(found, self._api.identity, kind, seconds)


__all__ = ["AsyncReceipts"]
