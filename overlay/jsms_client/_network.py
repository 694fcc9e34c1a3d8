"""The network below one connection: which backend httpcore uses, how long it may take, and whether a request left."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import httpcore

from jsms_client._concurrency import asyncio_loop
from jsms_client._failures import interruption
from jsms_client._request import Departure
from jsms_client._timeouts import deadline, monotonic, total_timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def async_backend() -> httpcore.AsyncNetworkBackend:
    """The network backend of the running event loop."""
    if asyncio_loop() is None:
        return cast("httpcore.AsyncNetworkBackend", httpcore.TrioBackend())
    from jsms_client._asyncio_backend import AsyncioBackend  # noqa: PLC0415 - sync programs never load it

    return AsyncioBackend()


def backend() -> httpcore.NetworkBackend:
    """The network backend of threads."""
    return httpcore.SyncBackend()


def async_close_now(stream: httpcore.AsyncNetworkStream) -> None:
    """Close a connection without waiting, at any moment.

    Args:
        stream: One of `async_backend`.
    """
    close: Callable[[], None] = getattr(stream, "abort", None) or stream.get_extra_info("socket").close
    with suppress(RuntimeError):  # its event loop has ended
        close()


def close_now(stream: httpcore.NetworkStream) -> None:
    """Close a connection.

    Args:
        stream: One of `backend`.
    """
    stream.close()


class Exchange:
    """What one request and its response may take, and how far they got.

    Attributes:
        is_open: Whether the connection can be used.
        unsent: Whether part of the request was not written yet.
    """

    __slots__ = ("_deadline", "_departure", "_layers", "_read_deadline", "_read_timeout", "is_open", "unsent")

    def __init__(self, layers: int) -> None:
        """Nothing is open yet.

        Args:
            layers: How many TLS handshakes come before a request: what is written before that is for a proxy.
        """
        self._layers = layers
        self._deadline = self._read_deadline = math.inf
        self._read_timeout: float | None = None
        self._departure = Departure()
        self.is_open = False
        self.unsent = False

    def begin(self, departure: Departure, timeouts: Mapping[str, float | None]) -> None:
        """A request is about to be sent.

        Args:
            departure: Where to note that it may have left.
            timeouts: Its timeouts.
        """
        self._deadline = self._read_deadline = deadline(total_timeout(timeouts))
        self._departure = departure
        self.unsent = False
        if self.is_open:
            departure.may_have_left = False

    def connecting(self) -> None:
        """The request cannot have left before there is a connection."""
        self._departure.may_have_left = False

    def writing(self, layer: int) -> None:
        """Bytes are about to be written.

        Args:
            layer: How many TLS handshakes came before.
        """
        if layer >= self._layers:
            self._departure.may_have_left = True

    @staticmethod
    def write_failed(error: httpcore.WriteError) -> None:
        """Go on: a service that refuses a request may respond and close before it has read all of it.

        Args:
            error: What the backend raised; raised again where it is not the socket's.
        """
        if interruption(error) is not None:
            raise error

    def expect(self, timeout: float | None) -> None:
        """The head of a response, or its body, has to be complete in time.

        Args:
            timeout: How many seconds it may take from now on; None for as long as the whole attempt may.
        """
        self._read_timeout = timeout
        self._read_deadline = min(self._deadline, deadline(timeout))

    def time_to_read(self) -> float | None:
        """The seconds that are left for the head or the body.

        Raises:
            httpcore.ReadTimeout: None are.
        """
        if self._read_deadline == math.inf:
            return None
        left = self._read_deadline - monotonic()
        if left <= 0:
            raise self.too_slow()
        return left

    def time_to(self, timeout: float | None) -> float | None:
        """The seconds that are left for something else, at least a moment.

        Args:
            timeout: How many it may take.
        """
        if self._deadline == math.inf:
            return timeout
        left = max(self._deadline - monotonic(), 0.001)
        return left if timeout is None else min(left, timeout)

    def too_slow(self) -> httpcore.ReadTimeout:
        """The error for a response that is not complete in time."""
        return httpcore.ReadTimeout(f"the response was not complete after {self._read_timeout} s")


__all__ = ["Exchange", "async_backend", "async_close_now", "backend", "close_now"]
