"""Connections to one service, kept by a small pool: one httpx transport each, for one call at a time.

httpx's own pool looks through all of its connections for every request, and loses one when a call is cancelled at the
wrong moment. Here a connection is kept only when its response was read to the end; otherwise it is closed at once,
without waiting.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import httpx

from jsms_client._async.network import AsyncNetwork
from jsms_client._concurrency import AsyncSlot, AsyncSlots
from jsms_client._instrumentation import is_instrumented
from jsms_client._request import Departure
from jsms_client._timeouts import monotonic

if TYPE_CHECKING:
    from jsms_client._async.fast import AsyncFastConnection
    from jsms_client._network import Exchange
    from jsms_client._transport import Route

    AnyConnection: TypeAlias = "AsyncConnection | AsyncFastConnection"

MOST_CONNECTIONS = 100
"""Calls above that wait; a process may usually have 1,024 files open."""
KEPT_FOR = 1.0
"""Seconds that a connection may be idle: a service that closes it in the meantime costs a send its outcome."""
_NO_LOCK = nullcontext()
_ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=None)


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
        self._idle: deque[AnyConnection] = deque()
        self._closed = False
        self._fast: type[AsyncFastConnection] | None = None
        if route.fast and route.proxy is None:
            from jsms_client._async.fast import AsyncFastConnection  # noqa: PLC0415 - an extra

            self._fast = AsyncFastConnection

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
            kind = self._kind()
            kept = None if "fresh" in request.extensions else self._take(kind)
            connection = kept or kind(self._route)
            exchange = connection.network.exchange
            exchange.begin(request.extensions.get("departure") or Departure(), timeouts)
            # Both have what is read of them.
            response = cast("httpx.Response", await connection.handle_async_request(request))
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

    def _kind(self) -> type[AnyConnection]:
        """Which connections to use: httpx's where mocks or tracing wait for requests there."""
        return AsyncConnection if self._fast is None or is_instrumented() else self._fast

    def _take(self, kind: type[AnyConnection]) -> AnyConnection | None:
        """The connection that was used last, where it can be used again."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            fresh = monotonic() - connection.idle_since < KEPT_FOR
            if fresh and type(connection) is kind and connection.network.is_usable():
                return connection
            connection.network.abort()

    def put_back(self, connection: AnyConnection, slot: AsyncSlot) -> None:
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
        self, pool: AsyncConnectionPool, connection: AnyConnection, slot: AsyncSlot, parts: httpx.AsyncByteStream
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
