"""Which callbacks were accepted before: a nonce is good for one callback."""

from __future__ import annotations

import heapq
import threading
import time
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@runtime_checkable
class NonceStore(Protocol):
    """Where the nonces of accepted callbacks are remembered.

    Several processes or machines that receive callbacks for one application need one store that they share: a Redis
    ``SET key 1 NX EXAT …``, Django's ``cache.add``, or a table with a unique column. Both methods may be called from
    several threads at once. An exception out of a store reaches the caller as it is (the apps answer 500), so that the
    service tries again.
    """

    def add(self, nonce: str, expires: datetime) -> bool:
        """Remember a nonce, in one atomic step.

        Args:
            nonce: Digits, perhaps with a minus sign, at most 64 characters.
            expires: When it may be forgotten: from then on the callback is refused for its age.

        Returns:
            True if the nonce is new, False if it is already remembered.
        """
        ...

    def discard(self, nonce: str) -> None:
        """Forget a nonce whose callback could not be handled, so that the service's next attempt is accepted."""
        ...


class MemoryNonceStore:
    """Nonces in this process's memory: safe between threads, bounded, gone when the process ends.

    Where more than ``max_nonces`` are waiting to expire, the ones closest to their end are forgotten and every callback
    as old as those is refused: too many callbacks can make a late one be refused, and never a repeated one be accepted.

    Args:
        max_nonces: The most nonces to remember, about 250 bytes each.
        clock: The time in seconds since the epoch.
    """

    def __init__(self, max_nonces: int = 100_000, *, clock: Callable[[], float] = time.time) -> None:
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


__all__ = ["MemoryNonceStore", "NonceStore"]
