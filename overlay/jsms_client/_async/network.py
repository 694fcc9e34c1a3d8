"""The network of one connection: written in one piece, read in time, and closed at any moment without waiting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import httpcore

from jsms_client._network import Exchange, async_backend, async_close_now

if TYPE_CHECKING:
    import ssl


_MOST_AT_ONCE = 256 * 1024


class AsyncNetwork(httpcore.AsyncNetworkBackend):
    """The network of one connection, which can be closed at any moment without waiting.

    Args:
        layers: How many TLS handshakes come before a request.
    """

    _inner: httpcore.AsyncNetworkStream | None = None

    def __init__(self, layers: int) -> None:
        self.exchange = Exchange(layers)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect, for httpcore."""
        self.exchange.connecting()
        timeout = self.exchange.time_to(timeout)
        stream = await async_backend().connect_tcp(host, port, timeout, local_address, socket_options)
        return self.opened(stream, 0)

    def opened(self, stream: httpcore.AsyncNetworkStream, layer: int) -> AsyncStream:
        """Read and write through this stream from now on."""
        self._inner = stream
        self.exchange.is_open = True
        return AsyncStream(self, stream, layer)

    def is_usable(self) -> bool:
        """Whether it is open, and quiet: what can be read from an idle connection is its end."""
        return self._inner is not None and not self._inner.get_extra_info("is_readable")

    def abort(self) -> None:
        """Close it at once."""
        inner, self._inner = self._inner, None
        if inner is not None:
            self.exchange.is_open = False
            async_close_now(inner)

    def __del__(self) -> None:
        """Leave no socket behind when an exception came at the worst of moments."""
        self.abort()


class AsyncStream(httpcore.AsyncNetworkStream):
    """Writes a request in one piece when its response is to be read, and ends what takes too long."""

    def __init__(self, network: AsyncNetwork, inner: httpcore.AsyncNetworkStream, layer: int) -> None:
        self._network = network
        self._inner = inner
        self._layer = layer
        self._exchange = network.exchange
        self._unsent: list[bytes] = []
        self._write_timeout: float | None = None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Keep it: head and body go in one packet."""
        self._unsent.append(buffer)
        self._write_timeout = timeout
        self._exchange.unsent = True

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        exchange = self._exchange
        try:
            if self._unsent:
                await self._flush()
                exchange.expect(timeout)
            return await self._inner.read(max_bytes, exchange.time_to_read())
        except httpcore.ReadTimeout as error:
            raise exchange.too_slow() from error

    async def _flush(self) -> None:
        self._exchange.writing(self._layer)
        self._exchange.unsent = False
        data = b"".join(self._unsent)
        self._unsent.clear()
        try:
            # In pieces: the deadline holds against a service that takes it bit by bit, too.
            for start in range(0, len(data), _MOST_AT_ONCE):
                piece = data[start : start + _MOST_AT_ONCE]
                await self._inner.write(piece, self._exchange.time_to(self._write_timeout))
        except httpcore.WriteError as error:
            self._exchange.write_failed(error)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Encrypt, for httpcore."""
        timeout = self._exchange.time_to(timeout)
        stream = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return self._network.opened(stream, self._layer + 1)

    async def aclose(self) -> None:
        """Close it, for httpcore."""
        self._network.abort()

    def get_extra_info(self, info: str) -> Any:
        """What is known of it; that it is quiet was seen before it was used."""
        return False if info == "is_readable" else self._inner.get_extra_info(info)


__all__ = ["AsyncNetwork"]
