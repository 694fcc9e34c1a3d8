"""The nonces of callbacks, where every worker and machine that receives them looks."""

from __future__ import annotations

from datetime import UTC, datetime

from jsms_client.store._backend import Entry
from jsms_client.store._store import StoreLike, entry_id, new_owner, open_store

# Seconds that a nonce is kept for longer than its callback is accepted: clocks of machines differ.
_MARGIN = 3600.0


class SharedNonceStore:
    """A `NonceStore` that all processes share: ``CallbackReceiver(nonce_store="redis://…")`` makes one.

    Its methods are plain functions; `CallbackApp` and ``async with receiver.accept(…)`` run them in worker threads.

    Args:
        store: A file, an address or a `Store`.
        scope: What keeps apps that share a store apart; the receiver gives its app's key.
    """

    def __init__(self, store: StoreLike, scope: str = "") -> None:
        self._store = open_store(store)
        self._scope = scope

    def add(self, nonce: str, expires: datetime) -> bool:
        """Remember a nonce, in one atomic step.

        Args:
            nonce: The nonce.
            expires: When it may be forgotten.

        Returns:
            True if the nonce is new, False if it is already remembered.

        Raises:
            StoreError: The store failed. The apps respond with 500, and the service tries again.
        """
        owner = new_owner()
        seconds = max(0.0, (expires - datetime.now(UTC)).total_seconds()) + _MARGIN
        return self._store.backend.add(self._name(nonce), Entry(owner), seconds).owner == owner

    def contains(self, nonce: str) -> bool:
        """Whether a nonce is remembered.

        Raises:
            StoreError: The store failed.
        """
        return self._store.backend.get(self._name(nonce)) is not None

    def discard(self, nonce: str) -> None:
        """Forget a nonce whose callback could not be handled.

        Raises:
            StoreError: The store failed.
        """
        self._store.backend.remove(self._name(nonce))

    def __repr__(self) -> str:
        """Return the store, and nothing that opens it."""
        return f"{type(self).__name__}({self._store!r})"

    def _name(self, nonce: str) -> str:
        return entry_id("nonce", self._scope, nonce)
