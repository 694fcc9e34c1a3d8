"""Connections to one service, kept by a small pool: one httpx transport each, for one call at a time.

httpx's own pool looks through all of its connections for every request, and loses one when a call is cancelled at the
wrong moment. Here a connection is kept only when its response was read to the end; otherwise it is closed at once,
without waiting.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, cast

import httpcore
import httpx

from jsms_client._concurrency import AsyncSlot, AsyncSlots
from jsms_client._network import Exchange, async_backend, async_close_now
from jsms_client._request import Departure
from jsms_client._timeouts import monotonic

if TYPE_CHECKING:
    import ssl

    from jsms_client._transport import Route

MOST_CONNECTIONS = 100
"""Calls above that wait; a process may usually have 1,024 files open."""
KEPT_FOR = 1.0
"""Seconds that a connection may be idle: a service that closes it in the meantime costs a send its outcome."""
_NO_LOCK = nullcontext()
_ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=None)


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
            await self._inner.write(data, self._exchange.time_to(self._write_timeout))
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


class AsyncConnection(httpx.AsyncHTTPTransport):
    """One connection.

    Requests go through `handle_async_request` of httpx's class and of httpcore's pool, where mocks replace them.

    Args:
        route: How the service is reached.
    """

    def __init__(self, route: Route) -> None:
        super().__init__(verify=route.trust, proxy=route.proxy, limits=_ONE, retries=0)
        self.network = AsyncNetwork(route.layers)
        self.idle_since = 0.0
        # httpx has no parameters for these two. One call at a time needs no lock, and an exception of a signal handler
        # could leave it locked.
        pool: Any = self._pool
        pool._network_backend = self.network
        pool._optional_thread_lock = _NO_LOCK

    def is_clean(self) -> bool:
        """Whether nothing came behind the response: the next call would take it for its own."""
        connection: Any = next(iter(self._pool.connections), None)
        while hasattr(connection, "_connection"):
            connection = connection._connection
        data, _ = getattr(getattr(connection, "_h11_state", None), "trailing_data", (b"", False))
        return not data


class AsyncConnectionPool(httpx.AsyncBaseTransport):
    """Sends requests over connections that it keeps for the next ones.

    Args:
        route: How the service is reached.
    """

    def __init__(self, route: Route) -> None:
        self._route = route
        self._slots = AsyncSlots(MOST_CONNECTIONS)
        self._idle: deque[AsyncConnection] = deque()
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, at most once.

        Raises:
            httpx.PoolTimeout: No connection was free in time.
            httpx.TransportError: It failed.
        """
        timeouts = request.extensions["timeout"]
        slot = await self._slots.acquire(timeouts["pool"])
        if slot is None:
            raise httpx.PoolTimeout(f"all {MOST_CONNECTIONS} connections were in use for {timeouts['pool']} s")
        connection = None
        try:
            kept = None if "fresh" in request.extensions else self._take()
            connection = kept or AsyncConnection(self._route)
            exchange = connection.network.exchange
            exchange.begin(request.extensions.get("departure") or Departure(), timeouts)
            response = await connection.handle_async_request(request)
            self._check(response, exchange)
            exchange.expect(timeouts["read"])
            response.stream = AsyncPooledBody(self, connection, slot, cast("httpx.AsyncByteStream", response.stream))
        except BaseException:
            if connection is not None:
                connection.network.abort()
            slot.release()
            raise
        return response

    def _check(self, response: httpx.Response, exchange: Exchange) -> None:
        if exchange.unsent:
            raise httpx.RemoteProtocolError("a response came before its request was sent")
        if response.status_code == 407 and self._route.forwards:
            raise httpx.ProxyError("407 Proxy Authentication Required")

    def _take(self) -> AsyncConnection | None:
        """The connection that was used last, where it can be used again."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if monotonic() - connection.idle_since < KEPT_FOR and connection.network.is_usable():
                return connection
            connection.network.abort()

    def put_back(self, connection: AsyncConnection, slot: AsyncSlot) -> None:
        """A call ended: keep its connection, unless that was closed."""
        if connection.network.exchange.is_open and connection.is_clean():
            connection.idle_since = now = monotonic()
            self._idle.append(connection)
            # After many calls at once, what is not needed any more does not stay open.
            with suppress(IndexError):
                while self._closed or self._idle[0].idle_since + KEPT_FOR < now:
                    self._idle.popleft().network.abort()
        else:
            connection.network.abort()
        slot.release()

    async def aclose(self) -> None:
        """Close the idle connections; others are closed when their calls end."""
        self._closed = True
        with suppress(IndexError):
            while True:
                self._idle.pop().network.abort()


class AsyncPooledBody(httpx.AsyncByteStream):
    """The body of a response, which gives back its connection."""

    def __init__(
        self, pool: AsyncConnectionPool, connection: AsyncConnection, slot: AsyncSlot, parts: httpx.AsyncByteStream
    ) -> None:
        self._pool = pool
        self._connection = connection
        self._slot: AsyncSlot | None = slot
        self._parts = parts

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts, as they come."""
        return self._parts.__aiter__()

    async def aclose(self) -> None:
        """Give the connection back."""
        slot, self._slot = self._slot, None
        if slot is None:
            return
        try:
            await self._parts.aclose()
        except BaseException:
            self._connection.network.abort()
            raise
        finally:
            self._pool.put_back(self._connection, slot)


__all__ = ["AsyncConnectionPool"]
