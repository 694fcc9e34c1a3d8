"""Stores of used nonces, so that a callback is accepted once."""

from __future__ import annotations

import inspect
import threading
import time
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from anyio.to_thread import run_sync

from jsms_client.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

# Seconds between two removals of what has expired.
_CLEANING = 60.0


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

    Where more than ``max_nonces`` are waiting to expire, the ones closest to their end are forgotten (a tenth at once)
    and every callback as old as those is refused: too many callbacks can make a late one be refused, but never a
    duplicate be accepted.

    Args:
        max_nonces: The most nonces to remember, about 250 bytes each; a handled callback takes the place of two.
        clock: The time in seconds since the epoch.
    """

    def __init__(self, max_nonces: int = 200_000, *, clock: Callable[[], float] = time.time) -> None:
        self._max_nonces = max_nonces
        self._clock = clock
        self._lock = threading.Lock()
        self._expiry: dict[str, float] = {}
        self._cleaned = clock()
        self._forgotten_until = float("-inf")

    def __len__(self) -> int:
        """How many nonces are remembered."""
        return len(self._expiry)

    def add(self, nonce: str, expires: datetime) -> bool:
        """Remember a nonce; False if it is already remembered, or too old to know."""
        expiry = expires.timestamp()
        with self._lock:
            if self._knows(nonce) or expiry <= self._forgotten_until:
                return False
            self._expiry[nonce] = expiry
            self._forget()
            return True

    def contains(self, nonce: str) -> bool:
        """Whether a nonce is remembered."""
        with self._lock:
            return self._knows(nonce)

    def discard(self, nonce: str) -> None:
        """Forget a nonce; one that is not there is no error."""
        with self._lock:
            self._expiry.pop(nonce, None)

    def _knows(self, nonce: str) -> bool:
        return self._expiry.get(nonce, float("-inf")) >= self._clock()

    def _forget(self) -> None:
        """Forget the expired ones now and then, and those closest to their end where there are too many."""
        now = self._clock()
        if abs(now - self._cleaned) > _CLEANING:
            self._cleaned = now
            self._expiry = {nonce: expiry for nonce, expiry in self._expiry.items() if expiry >= now}
        if len(self._expiry) > self._max_nonces:
            last = sorted(self._expiry.values())[len(self._expiry) - self._max_nonces + self._max_nonces // 10 - 1]
            self._expiry = {nonce: expiry for nonce, expiry in self._expiry.items() if expiry > last}
            self._forgotten_until = max(self._forgotten_until, last)


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
        # With `contains`, which the apps' own stores may lack.
        self.handled = cast("MemoryNonceStore", store if hasattr(store, "contains") else MemoryNonceStore(clock=clock))


async def call_and_wait(method: Callable[..., object], *arguments: object) -> object:
    """Call a method of a store without blocking the event loop: await a coroutine, run any other in a worker thread."""
    if inspect.iscoroutinefunction(method):
        return await method(*arguments)
    if isinstance(getattr(method, "__self__", None), MemoryNonceStore):
        return method(*arguments)
    # In a tuple, as trio refuses a function that returns a coroutine.
    (result,) = await run_sync(lambda: (method(*arguments),))
    return await result if inspect.isawaitable(result) else result


async def call_blocking(method: Callable[..., object], *arguments: object) -> object:
    """Call a method of a store where nothing can wait: this never does."""
    return call(method, *arguments)


def call(method: Callable[..., object], *arguments: object) -> object:
    """Call a plain method of a store: a coroutine would pass for true, and let every replay through."""
    result = method(*arguments)
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
