"""A callback while it is handled: its nonce is taken, and given back if handling fails."""

from __future__ import annotations

import logging
from contextlib import AbstractAsyncContextManager, AbstractContextManager, suppress
from functools import partial
from typing import TYPE_CHECKING

import anyio

from jsms_client._concurrency import async_shield
from jsms_client.callbacks._events import Callback
from jsms_client.callbacks._form import callback_error
from jsms_client.callbacks._nonces import call_and_wait, call_blocking
from jsms_client.errors import CallbackReason

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from datetime import timedelta
    from types import TracebackType
    from typing import TypeAlias

    from jsms_client.callbacks._nonces import UsedNonces

    _Call: TypeAlias = Callable[..., Awaitable[object]]

_log = logging.getLogger(__name__)


class Acceptance(AbstractContextManager[Callback, None], AbstractAsyncContextManager[Callback, None]):
    """What `CallbackReceiver.accept` returns; use it once, in a ``with`` or an ``async with`` statement.

    The ``async with`` form awaits an async store, and asks any other but `MemoryNonceStore` in a worker thread,
    so that a store on a network does not block the event loop.
    """

    def __init__(self, read: Callable[[], tuple[Callback, str]], nonces: UsedNonces, window: timedelta) -> None:
        self._read = read
        self._nonces = nonces
        self._window = window
        self._key = ""
        self._callback: Callback | None = None

    def __enter__(self) -> Callback:
        """Return the callback, once it is known to be the service's, fresh, new and readable.

        Raises:
            CallbackError: It is refused; the nonce is not used up.
            ConfigurationError: The nonce store is async: use ``async with``.
        """
        callback = self._begin()
        _run(self._take(call_blocking))
        return self._taken_or_refused(callback)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give the nonce back if the handling failed, so that the service's next attempt is accepted."""
        _run(self._end(call_blocking, handled=kind is None))

    async def __aenter__(self) -> Callback:
        """Return the same as in a ``with`` statement, without blocking the event loop."""
        if self._nonces.in_memory:
            return self.__enter__()
        callback = self._begin()
        try:
            await async_shield(partial(self._take, call_and_wait))
        except BaseException:
            # Cancelled, perhaps before the store has responded: the one that comes second gives the nonce back.
            self._left = True
            if self._taken:
                await self._finish(handled=False)
            raise
        return self._taken_or_refused(callback)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Do the same as in a ``with`` statement, without blocking the event loop."""
        if self._nonces.in_memory:
            self.__exit__(kind, error, traceback)
        else:
            await self._finish(handled=kind is None)

    def _begin(self) -> Callback:
        self._error: Exception | None = None
        self._taken = False
        self._left = False
        self._callback, self._key = self._read()
        return self._callback

    def _entered(self) -> Callback:
        if self._callback is None:
            raise RuntimeError("this block was not entered")
        return self._callback

    async def _take(self, call: _Call) -> None:
        """Use the nonce up; keep an exception for the one that waits, if it still does."""
        callback = self._entered()
        try:
            expires = callback.signed_at + self._window
            self._taken = bool(await call(self._nonces.store.add, callback.nonce, expires))
            if not self._taken:
                self._error = used_before(handled=bool(await call(self._nonces.handled.contains, self._key)))
            elif self._left:
                await self._end(call, handled=False)
        except Exception as error:  # noqa: BLE001 - raised by the one that waits
            self._error = error

    def _taken_or_refused(self, callback: Callback) -> Callback:
        if self._error is not None:
            raise self._error
        return callback

    async def _end(self, call: _Call, *, handled: bool) -> None:
        """Remember that the callback was handled, or give its nonce back."""
        callback = self._entered()
        try:
            if handled:
                await call(self._nonces.handled.add, self._key, callback.signed_at + self._window)
            else:
                await call(self._nonces.store.discard, callback.nonce)
        except Exception as error:  # noqa: BLE001 - the app needs to see the outcome of its handling, not this
            what = (
                "a handled callback could not be marked, a copy of it will be refused"
                if handled
                else "a nonce could not be given back, the next attempt will be refused"
            )
            _log.error("%s: %s", what, type(error).__name__)

    async def _finish(self, *, handled: bool) -> None:
        """End it for certain: a cancelled scope waits, a cancelled task of asyncio leaves it to the event loop."""
        with anyio.CancelScope(shield=True):
            await async_shield(partial(self._end, call_and_wait, handled=handled))


def _run(work: Coroutine[object, object, None]) -> None:
    """Run a coroutine that waits for nothing."""
    with suppress(StopIteration):
        work.send(None)


def used_before(*, handled: bool) -> Exception:
    """Return the error for a nonce that was used before."""
    if handled:
        return callback_error(CallbackReason.ALREADY_HANDLED, "an exact copy of it was handled before: acknowledge it")
    return callback_error(CallbackReason.REPLAYED, "the nonce was used before")
