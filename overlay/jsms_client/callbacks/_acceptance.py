"""A callback while it is handled: its nonce is taken, and given back if handling fails."""

from __future__ import annotations

import logging
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import TYPE_CHECKING

import anyio

from jsms_client._concurrency import AsyncShieldedTask
from jsms_client.callbacks._events import Callback
from jsms_client.callbacks._form import callback_error
from jsms_client.errors import CallbackReason

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import timedelta
    from types import TracebackType

    from jsms_client.callbacks._nonces import UsedNonces

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
        self._error: Exception | None = None
        self._taken = False
        self._left = False

    def __enter__(self) -> Callback:
        """Return the callback, once it is known to be the service's, fresh, new and readable.

        Raises:
            CallbackError: It is refused; the nonce is not used up.
            ConfigurationError: The nonce store is async: use ``async with``.
        """
        callback, self._key = self._read()
        self._callback = callback
        if not self._nonces.add(callback.nonce, callback.signed_at + self._window):
            raise used_before(handled=self._nonces.was_handled(self._key))
        return callback

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give the nonce back if the handling failed, so that the service's next attempt is accepted."""
        callback = self._entered()
        try:
            if kind is None:
                self._nonces.mark_handled(self._key, callback.signed_at + self._window)
            else:
                self._nonces.discard(callback.nonce)
        except Exception as failure:  # noqa: BLE001 - the app needs to see the outcome of its handling, not this
            _note(failure, handled=kind is None)

    async def __aenter__(self) -> Callback:
        """Return the same as in a ``with`` statement, without blocking the event loop."""
        if self._nonces.in_memory:
            return self.__enter__()
        callback, self._key = self._read()
        self._callback = callback
        try:
            await AsyncShieldedTask().run(self._take)
        except BaseException:
            # Cancelled, perhaps before the store has responded: the one that comes second gives the nonce back.
            self._left = True
            if self._taken:
                await _finish(self._give_back)
            raise
        if self._error is not None:
            raise self._error
        return callback

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Do the same as in a ``with`` statement, without blocking the event loop."""
        if self._nonces.in_memory:
            self.__exit__(kind, error, traceback)
        else:
            await _finish(self._mark_handled if kind is None else self._give_back)

    def _entered(self) -> Callback:
        if self._callback is None:
            raise RuntimeError("this block was not entered")
        return self._callback

    async def _take(self) -> None:
        """Use the nonce up; keep an exception for the task that waits, if it still does."""
        callback = self._entered()
        try:
            self._taken = await self._nonces.aadd(callback.nonce, callback.signed_at + self._window)
            if not self._taken:
                self._error = used_before(handled=await self._nonces.awas_handled(self._key))
            elif self._left:
                await self._give_back()
        except Exception as error:  # noqa: BLE001 - raised by the task that waits
            self._error = error

    async def _give_back(self) -> None:
        try:
            await self._nonces.adiscard(self._entered().nonce)
        except Exception as error:  # noqa: BLE001 - the app needs to see the failure that led here
            _note(error, handled=False)

    async def _mark_handled(self) -> None:
        try:
            await self._nonces.amark_handled(self._key, self._entered().signed_at + self._window)
        except Exception as error:  # noqa: BLE001 - the callback was handled
            _note(error, handled=True)


def used_before(*, handled: bool) -> Exception:
    """Return the error for a nonce that was used before."""
    if handled:
        return callback_error(CallbackReason.ALREADY_HANDLED, "an exact copy of it was handled before: acknowledge it")
    return callback_error(CallbackReason.REPLAYED, "the nonce was used before")


async def _finish(work: Callable[[], Coroutine[object, object, None]]) -> None:
    """Run to the end: a cancelled scope waits for it, a cancelled task of asyncio leaves it to the event loop."""
    with anyio.CancelScope(shield=True):
        await AsyncShieldedTask().run(work)


def _note(error: Exception, *, handled: bool) -> None:
    what = (
        "a handled callback could not be marked, a copy of it will be refused"
        if handled
        else "a nonce could not be given back, the next attempt will be refused"
    )
    _log.error("%s: %s", what, type(error).__name__)
