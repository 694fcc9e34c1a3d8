"""Endless iteration over records that the service hands out once."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Generic, Self, TypeVar

from jsms_client._concurrency import AsyncResettableEvent, AsyncShieldedTask
from jsms_client.errors import ConnectionFailedError, JSMSError, RateLimitError
from jsms_client.feed import AsyncPoll, Feed
from jsms_client.results.receipts import MalformedRecord

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
    - The service cannot be reached: once it has answered, that is waited out too; before that it is raised, as the
      address may be wrong.
    - Anything else is raised: an `UnknownOutcomeError` means that records may have been handed out and lost on their
      way. The iterator can be used on after it.
    - A record that is not what the contract says costs none of the others: it goes to `malformed`.
    """

    __slots__ = ("_feed", "_poll", "_poll_task", "_stopped", "_wakeup")

    def __init__(self, feed: Feed[_T], poll: AsyncPoll[_T]) -> None:
        self._feed = feed
        self._poll = poll
        self._stopped = False
        self._wakeup = AsyncResettableEvent()
        self._poll_task = AsyncShieldedTask()

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
        """The iterator itself."""
        return self

    async def __anext__(self) -> _T:
        """The next record, as soon as there is one.

        Raises:
            StopAsyncIteration: It was stopped, and every fetched record was handed out.
            JSMSError: A poll failed; the iterator can be used on.
        """
        record = self._feed.take()
        if record is not None:
            return record
        with self._feed.waking(self._wakeup):
            while (record := self._feed.take()) is None:
                if self._stopped:
                    raise StopAsyncIteration
                pause = self._feed.turn()
                if pause is None:
                    await self._poll_task.run(self._fetch)
                else:
                    await self._wakeup.wait(pause)
        return record

    async def __aenter__(self) -> Self:
        """The iterator itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    def __repr__(self) -> str:
        """What it is, and nothing of the records."""
        return f"<{type(self).__name__}{' stopped' if self._stopped else ''}>"

    async def _fetch(self) -> None:
        try:
            records = await self._poll()
        except RateLimitError as error:
            _log.info("%s: too often, waiting %.0f s", error.operation, self._feed.seconds)
            self._feed.note_answer()
            self._feed.finish()
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
            self._feed.note_answer()
            self._feed.finish(records)


__all__ = ["AsyncReceiptStream"]
