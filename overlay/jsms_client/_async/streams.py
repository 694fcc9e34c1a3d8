"""Endless iteration over records that the service hands out once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from jsms_client._concurrency import AsyncResettableEvent, PerProcess, async_shield
from jsms_client._polling import ReceiptQueue
from jsms_client._response import AsyncMethod
from jsms_client.errors import ConnectionFailedError, JSMSError, RateLimitError, StoreError
from jsms_runtime.resource import run_in_thread
from jsms_runtime.results import MalformedRecord, Records

if TYPE_CHECKING:
    from jsms_client.store._receipts import SharedQueue

_T = TypeVar("_T")

_log = logging.getLogger("jsms_client")


class AsyncReceiptStream(Generic[_T]):
    """An endless iterator over records, which polls at the service's pace and loses none that it fetched.

    ```python
    async with jsms.receipts.iter_reports() as reports:
        async for report in reports:
            ...
    ```

    Records that were fetched and not handed out yet stay with the client: leave the loop, be cancelled in the middle
    of waiting, or run into an exception, and the next iteration of the same kind goes on with them. `stop` ends it
    cleanly, from any task, thread or signal handler. All iterators of one kind and client share one pace and one
    line of records, and each record goes to one of them.

    What goes wrong:

    - Too often (50009): it waits and goes on.
    - The service cannot be reached: once it has responded, that is waited out too; before that it is raised, as the
      address may be wrong.
    - Anything else is raised: an `UnknownOutcomeError` means that records may have been handed out and lost on their
      way. The iterator can be used on after it.
    - A record that is not what the contract says costs none of the others: it goes to `malformed`.
    """

    __slots__ = ("_convert", "_feeds", "_poll", "_stopped", "_wakeup")

    def __init__(
        self,
        feeds: PerProcess[ReceiptQueue[_T]],
        poll: AsyncMethod[[], list[object]],
        convert: Callable[[list[object]], Records[_T]],
    ) -> None:
        self._feeds = feeds
        self._poll = poll
        self._convert = convert
        self._stopped = False
        self._wakeup = AsyncResettableEvent()

    @property
    def _feed(self) -> ReceiptQueue[_T]:
        """This process's: records that were fetched before a fork are the parent's to hand out."""
        return self._feeds.get()

    @property
    def malformed(self) -> list[MalformedRecord]:
        """The records that could not be read, of all iterators of this kind; take out what was dealt with."""
        return self._feed.malformed

    def stop(self) -> None:
        """End the iteration: at once while it waits, otherwise after the records that were fetched.

        A poll that is on its way comes to its end first. May be called from any task, thread or signal handler.
        """
        self._stopped = True
        self._wakeup.set()

    def __aiter__(self) -> Self:
        """Return the iterator itself."""
        return self

    async def __anext__(self) -> _T:
        """Return the next record, as soon as there is one; the one before it counts as handled.

        Raises:
            StopAsyncIteration: It was stopped, and no fetched record is left to hand out.
            JSMSError: A poll or the store failed; the iterator can be used on.
        """
        await self._finish()
        with self._feed.waking(self._wakeup):
            while (record := await self._take()) is None:
                if self._stopped:
                    raise StopAsyncIteration
                pause = await self._turn()
                if pause is None:
                    await async_shield(self._fetch)
                else:
                    await self._wakeup.wait(pause)
        return record

    async def __aenter__(self) -> Self:
        """Return the iterator itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop it; without an exception, the last record counts as handled."""
        self.stop()
        if kind is None:
            await self._finish()

    def __repr__(self) -> str:
        """Return what it is, and nothing of the records."""
        return f"<{type(self).__name__}{' stopped' if self._stopped else ''}>"

    async def _take(self) -> _T | None:
        """Return the next record that was fetched, if there is one."""
        return self._feed.take()

    async def _finish(self) -> None:
        """Mark the last record as handled: in memory, it was when it was taken."""

    async def _turn(self) -> float | None:
        """Ask for the turn to poll; None is the turn, else the seconds until asking again."""
        return self._feed.turn()

    async def _fetch_records(self) -> Records[_T]:
        return self._convert(await self._poll())

    async def _fetch(self) -> None:
        try:
            records = await self._fetch_records()
        except RateLimitError as error:
            _log.info("%s: too often, waiting %.0f s", error.operation, self._feed.seconds)
            self._feed.finish(Records())
        except ConnectionFailedError as error:
            if self._feed.reached:
                _log.warning("%s; trying again", error)
                self._feed.finish()
            else:
                self._feed.finish(error=error)
        except JSMSError as error:
            self._feed.finish(error=error)
        except BaseException:
            self._feed.finish()
            raise
        else:
            self._feed.finish(records)


class AsyncSharedReceiptStream(AsyncReceiptStream[_T]):
    """An `AsyncReceiptStream` whose records are in a store: several consumers share them, and a killed one loses none.

    One of the consumers polls at a time, at the service's pace for all of them. A record is written before it is handed
    out, and counts as handled when the next one is asked for, or when the ``async with`` block ends without an
    exception. One that was not handled goes to another consumer when its lease is over (see `Store`). `stop` ends the
    iteration at once; what was fetched stays in the store.
    """

    __slots__ = ("_queue",)

    def __init__(
        self,
        feeds: PerProcess[ReceiptQueue[_T]],
        poll: AsyncMethod[[], list[object]],
        convert: Callable[[list[object]], Records[_T]],
        queue: SharedQueue,
    ) -> None:
        super().__init__(feeds, poll, convert)
        self._queue = queue

    async def _take(self) -> _T | None:
        # In the feed is what a poll failed with, and what could not be kept in the store.
        record = self._feed.take()
        if record is not None or self._stopped:
            return record
        while raw := await run_in_thread(self._queue.take):
            found = self._convert(raw)
            if found:
                return found[0]
            self._feed.keep(found)
            await self._finish()
        return None

    async def _finish(self) -> None:
        await run_in_thread(self._queue.finish)

    async def _turn(self) -> float | None:
        return await run_in_thread(self._queue.turn)

    async def _fetch_records(self) -> Records[_T]:
        try:
            records = await self._poll()
        finally:
            await run_in_thread(self._queue.end_turn)
        try:
            await run_in_thread(lambda: self._queue.put(records))
        except StoreError as error:
            _log.error("%d records were fetched and are kept in memory alone, as %s", len(records), error)
            return self._convert(records)
        return self._convert([])
