"""Stores of used nonces, so that a callback is accepted once."""

from __future__ import annotations

import heapq
import inspect
import threading
import time
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from anyio.to_thread import run_sync

from jsms_client.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@runtime_checkable
class NonceStore(Protocol):
    """Where the nonces of accepted callbacks are remembered.

    Several processes or machines that receive callbacks for one application need one store that they share: a Redis
    ``SET key 1 NX EXAT …``, Django's ``cache.add`` over a cache that evicts nothing, or a table with a unique column.
    The methods may be called from several threads at once. An exception from a store passes through unchanged (the apps
    respond with 500), so that the service tries again.

    A store may have a third method, ``contains(nonce: str) -> bool``. With it, all processes recognise an exact copy of
    a handled callback, which is then acknowledged and not handled again; without it, each process recognises its own.
    """

    def add(self, nonce: str, expires: datetime) -> bool:
        """Remember a nonce, in one atomic step.

        Args:
            nonce: A printable ASCII text of at most 64 characters.
            expires: When it may be forgotten: from then on the callback is refused for its age.

        Returns:
            True if the nonce is new, False if it is already remembered.
        """
        ...

    def discard(self, nonce: str) -> None:
        """Forget a nonce whose callback could not be handled, so that the service's next attempt is accepted."""
        ...


@runtime_checkable
class AsyncNonceStore(Protocol):
    """A `NonceStore` whose methods are coroutines, for ``async with receiver.accept(…)`` and `CallbackApp` only."""

    async def add(self, nonce: str, expires: datetime) -> bool:
        """Remember a nonce, in one atomic step: True if it is new."""
        ...

    async def discard(self, nonce: str) -> None:
        """Forget a nonce."""
        ...


class MemoryNonceStore:
    """Nonces in this process's memory: safe between threads, bounded, gone when the process ends.

    Where more than ``max_nonces`` are waiting to expire, the ones closest to their end are forgotten and every callback
    as old as those is refused: too many callbacks can make a late one be refused, but never a duplicate be accepted.

    Args:
        max_nonces: The most nonces to remember, about 250 bytes each; a handled callback takes the place of two.
        clock: The time in seconds since the epoch.
    """

    def __init__(self, max_nonces: int = 200_000, *, clock: Callable[[], float] = time.time) -> None:
        self._max_nonces = max_nonces
        self._clock = clock
        self._lock = threading.Lock()
        self._expiry: dict[str, float] = {}
        # The same nonces, the first to expire in front. A discarded one stays until it comes to the front or _compact.
        self._queue: list[tuple[float, str]] = []
        self._forgotten_until = float("-inf")

    def __len__(self) -> int:
        """How many nonces are remembered."""
        return len(self._expiry)

    def add(self, nonce: str, expires: datetime) -> bool:
        """Remember a nonce; False if it is already remembered, or too old to know."""
        expiry = expires.timestamp()
        with self._lock:
            self._forget_expired()
            if nonce in self._expiry or expiry <= self._forgotten_until:
                return False
            self._expiry[nonce] = expiry
            heapq.heappush(self._queue, (expiry, nonce))
            while len(self._expiry) > self._max_nonces:
                self._forgotten_until = self._forget_first()
            return True

    def contains(self, nonce: str) -> bool:
        """Whether a nonce is remembered."""
        with self._lock:
            self._forget_expired()
            return nonce in self._expiry

    def discard(self, nonce: str) -> None:
        """Forget a nonce; one that is not there is no error."""
        with self._lock:
            if self._expiry.pop(nonce, None) is not None and len(self._queue) > 2 * len(self._expiry) + 64:
                self._compact()

    def _forget_expired(self) -> None:
        now = self._clock()
        while self._queue and self._queue[0][0] < now:
            self._forget_first()

    def _forget_first(self) -> float:
        expiry, nonce = heapq.heappop(self._queue)
        # Discarded and added again with another expiry, the nonce has a later place in the queue.
        if self._expiry.get(nonce) == expiry:
            del self._expiry[nonce]
        return expiry

    def _compact(self) -> None:
        self._queue = [(expiry, nonce) for nonce, expiry in self._expiry.items()]
        heapq.heapify(self._queue)


class UsedNonces:
    """The nonces of a receiver: those in use, and which callbacks were handled to the end.

    Args:
        store: The store of the app.
        clock: The time in seconds since the epoch.
    """

    def __init__(self, store: NonceStore | AsyncNonceStore, clock: Callable[[], float]) -> None:
        self.store = store
        self.in_memory = isinstance(store, MemoryNonceStore)
        self.is_async = any(inspect.iscoroutinefunction(method) for method in (store.add, store.discard))
        self._handled: object = store if hasattr(store, "contains") else MemoryNonceStore(clock=clock)

    def add(self, nonce: str, expires: datetime) -> bool:
        """Use a nonce up; False if it was used before."""
        return bool(_settled(self.store.add(nonce, expires)))

    def discard(self, nonce: str) -> None:
        """Give a nonce back."""
        _settled(self.store.discard(nonce))

    def mark_handled(self, key: str, expires: datetime) -> None:
        """Remember that a callback was handled."""
        _settled(cast("NonceStore", self._handled).add(key, expires))

    def was_handled(self, key: str) -> bool:
        """Whether an exact copy of a callback was handled."""
        return bool(_settled(cast("_WithContains", self._handled).contains(key)))

    async def aadd(self, nonce: str, expires: datetime) -> bool:
        """Use a nonce up without blocking the event loop."""
        return bool(await self._call(self.store.add, nonce, expires))

    async def adiscard(self, nonce: str) -> None:
        """Give a nonce back without blocking the event loop."""
        await self._call(self.store.discard, nonce)

    async def amark_handled(self, key: str, expires: datetime) -> None:
        """Remember that a callback was handled, without blocking the event loop."""
        await self._call(cast("NonceStore", self._handled).add, key, expires)

    async def awas_handled(self, key: str) -> bool:
        """Whether an exact copy of a callback was handled, without blocking the event loop."""
        return bool(await self._call(cast("_WithContains", self._handled).contains, key))

    async def _call(self, method: Callable[..., object], *arguments: object) -> object:
        """Await a coroutine method; run any other in a worker thread."""
        if inspect.iscoroutinefunction(method):
            return await method(*arguments)
        if isinstance(getattr(method, "__self__", None), MemoryNonceStore):
            return method(*arguments)
        # In a tuple, as trio refuses a function that returns a coroutine.
        (result,) = await run_sync(lambda: (method(*arguments),))
        return await result if inspect.isawaitable(result) else result


class _WithContains(Protocol):
    def contains(self, nonce: str) -> bool: ...


def _settled(result: object) -> object:
    """Return the result of a plain method: a coroutine would pass for true, and let every replay through."""
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise async_store_refused()
    return result


def async_store_refused() -> ConfigurationError:
    """Return the error for an async store where nothing can wait for it."""
    return ConfigurationError(
        "nonce_store is async, and nothing here can await it: use CallbackApp or `async with receiver.accept(…)`, "
        "or a store whose methods are plain functions"
    )
