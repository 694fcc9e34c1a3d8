"""A callback while an app handles it: its nonce is taken, and given back if the handling fails."""

from __future__ import annotations

import logging
import threading
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import TYPE_CHECKING

import anyio
from anyio.to_thread import run_sync

from jsms_client.callbacks.events import Callback
from jsms_client.callbacks.nonces import MemoryNonceStore, NonceStore
from jsms_client.callbacks.refusals import refusal
from jsms_client.errors import CallbackReason

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta
    from types import TracebackType

_log = logging.getLogger(__name__)


class Acceptance(AbstractContextManager[Callback, None], AbstractAsyncContextManager[Callback, None]):
    """What :meth:`CallbackReceiver.accept` returns; use it once, in a ``with`` or an ``async with`` statement.

    The ``async with`` form asks a store other than :class:`MemoryNonceStore` in a worker thread, so that a store on a
    network does not stop the event loop.
    """

    def __init__(self, read: Callable[[], Callback], store: NonceStore, window: timedelta) -> None:
        self._read = read
        self._store = store
        self._window = window
        self._nonce = ""
        self._lock = threading.Lock()
        self._taken = False
        self._left = False

    def __enter__(self) -> Callback:
        """The callback, once it is known to be the service's, fresh, new and readable.

        Raises:
            CallbackError: It is refused; the nonce is not used up.
        """
        callback = self._read()
        self._take(callback.nonce, callback.signed_at)
        return callback

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give the nonce back if the handling failed, so that the service's next attempt is accepted."""
        if kind is not None:
            self._leave()

    async def __aenter__(self) -> Callback:
        """The same as in a ``with`` statement, without stopping the event loop."""
        if isinstance(self._store, MemoryNonceStore):
            return self.__enter__()
        callback = self._read()
        try:
            await run_sync(self._take, callback.nonce, callback.signed_at)
        except BaseException:
            # Cancelled, perhaps with the thread still on its way: whichever comes second gives the nonce back.
            await self._leave_in_thread()
            raise
        return callback

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """The same as in a ``with`` statement, without stopping the event loop."""
        if isinstance(self._store, MemoryNonceStore):
            self.__exit__(kind, error, traceback)
        elif kind is not None:
            await self._leave_in_thread()

    async def _leave_in_thread(self) -> None:
        with anyio.CancelScope(shield=True):
            await run_sync(self._leave)

    def _take(self, nonce: str, signed_at: datetime) -> None:
        take_nonce(self._store, nonce, signed_at + self._window)
        with self._lock:
            self._nonce = nonce
            self._taken = True
            if self._left:
                self._give_back()

    def _leave(self) -> None:
        with self._lock:
            self._left = True
            if self._taken:
                self._give_back()

    def _give_back(self) -> None:
        self._taken = False
        try:
            self._store.discard(self._nonce)
        except Exception as error:  # noqa: BLE001 - what the app is to hear of is the failure that led here
            _log.error("a nonce could not be given back, the next attempt will be refused: %s", type(error).__name__)


def take_nonce(store: NonceStore, nonce: str, expires: datetime) -> None:
    """Use a nonce up.

    Raises:
        CallbackError: REPLAYED, where it was used before.
    """
    if not store.add(nonce, expires):
        raise refusal(CallbackReason.REPLAYED, "the nonce was used before")


__all__ = ["Acceptance", "take_nonce"]
