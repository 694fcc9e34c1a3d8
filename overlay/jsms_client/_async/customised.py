"""Resources that do more than their operations, each in place of the generated resource of its name.

Everything else is generated from ``openapi.yaml``: signatures, checks of arguments, docstrings and results. Results
that say more than their response does are in ``jsms_runtime/customised.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from jsms_client._async.streams import AsyncReceiptStream, AsyncSharedReceiptStream
from jsms_client._concurrency import PerProcess, async_shield, async_sleep
from jsms_client._polling import ReceiptQueue
from jsms_client.errors import APIError, ExpiredCodeError, InvalidCodeError, VerifiedCodeError
from jsms_client.store._store import StoreLike, open_store
from jsms_contract.operations import OPERATIONS
from jsms_runtime.customised import VerificationReason
from jsms_runtime.resource import Call, run_in_thread
from jsms_runtime.results import read_records
from jsms_surface._async import codes, receipts
from jsms_surface.results.receipts import DeliveryReport, UserReply, read_delivery_report, read_user_reply

if TYPE_CHECKING:
    from jsms_client._async.executor import AsyncHTTPExecutor
    from jsms_client.store import Store
    from jsms_client.store._receipts import SharedQueue

_T = TypeVar("_T")

_KINDS = {"pollReports": "reports", "pollReplies": "replies"}
_REASONS: Mapping[type, VerificationReason] = {
    InvalidCodeError: VerificationReason.WRONG,
    ExpiredCodeError: VerificationReason.EXPIRED,
    VerifiedCodeError: VerificationReason.USED,
}


class AsyncCodes(codes.AsyncCodes):
    """Verification codes: send, send by voice, verify.

    Reason: a wrong, expired or used code is an expected result of `verify`, not an exception.
    """

    __slots__ = ()

    async def _request_json(self, operation: str, json: object = None, **call: Unpack[Call]) -> Any:
        try:
            return await self._api.request_json(operation, json, **call)
        except APIError as error:
            reason = _REASONS.get(type(error)) if operation == "verifyCode" else None
            if reason is None:
                raise
            return {"is_valid": False, "error": {"code": error.code, "message": error.message, "reason": reason}}


class AsyncReceipts(receipts.AsyncReceipts):
    """Delivery reports and replies, for apps without a callback URL.

    Reason: endless iteration at the pace that the service allows, which loses no record that was fetched.
    """

    __slots__ = ("_executor", "_feeds")

    def __init__(self, executor: AsyncHTTPExecutor, origin: AsyncReceipts | None = None) -> None:
        super().__init__(executor)
        self._executor = executor
        # A view of the client with other options shares the records and the pace of the client.
        self._feeds: Mapping[str, PerProcess[ReceiptQueue[Any]]] = (
            {name: PerProcess(partial(ReceiptQueue[Any], OPERATIONS[name].poll_seconds or 0)) for name in _KINDS}
            if origin is None
            else origin._feeds
        )

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
        return self._stream("pollReports", read_delivery_report, store)

    def iter_replies(self, *, store: StoreLike | None = None) -> AsyncReceiptStream[UserReply]:
        """Iterate over users' replies without end, one poll in five seconds at most.

        JSMS operation: pollReplies, GET /reply

        Args:
            store: Where fetched records are kept, so that several consumers share them and a killed one loses none:
                what ``AsyncJSMS(store=…)`` takes; None for the client's store. Without any, they are kept in memory.

        Returns:
            An iterator that can be stopped without losing a record; see `AsyncReceiptStream` for what it does
            when something goes wrong.
        """
        return self._stream("pollReplies", read_user_reply, store)

    @property
    def undelivered(self) -> int:
        """How many records an iterator has fetched that were not taken yet: the next one goes on with them."""
        return sum(feed.get().undelivered for feed in self._feeds.values())

    def _stream(
        self, operation: str, read: Callable[[dict[str, Any]], _T], store: StoreLike | None
    ) -> AsyncReceiptStream[_T]:
        poll = partial(self._poll, operation)
        convert = partial(read_records, read=read)
        found = self._executor.store if store is None else open_store(store)
        if found is None:
            return AsyncReceiptStream(self._feeds[operation], poll, convert)
        return AsyncSharedReceiptStream(self._feeds[operation], poll, convert, self._queue(found, operation))

    def _queue(self, store: Store, operation: str) -> SharedQueue:
        from jsms_client.store._receipts import SharedQueue  # noqa: PLC0415 - a program loads what it uses

        known, seconds = OPERATIONS[operation], self._feeds[operation].get().seconds
        return SharedQueue(store, self._executor.config.identity, _KINDS[operation], known, seconds)

    async def _request_json(self, operation: str, json: object = None, **call: Unpack[Call]) -> Any:
        """With a store, a poll waits for its turn: five seconds after the last one of any process."""
        store = self._executor.store
        if operation not in self._feeds:
            return await super()._request_json(operation, json, **call)
        if store is None:
            return await self._poll(operation)
        queue = self._queue(store, operation)
        while (pause := await run_in_thread(queue.turn)) is not None:
            await async_sleep(pause)
        try:
            return await self._poll(operation)
        finally:
            # Also where the caller was cancelled.
            await async_shield(partial(run_in_thread, queue.end_turn))

    async def _poll(self, operation: str) -> Any:
        """Poll; the next poll of this client's iterators is a whole pause after it."""
        feed = self._feeds[operation].get()
        feed.note_poll()
        try:
            return await super()._request_json(operation)
        finally:
            feed.note_poll()
