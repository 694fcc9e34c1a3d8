"""Connections to one service, kept by a small pool: one httpx transport each, for one call at a time.

httpx's own pool looks through all of its connections for every request, and loses one when a call is cancelled at the
wrong moment. Here a connection is kept only when its response was read to the end; otherwise it is closed at once,
without waiting.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

import httpcore
import httpx

from jsms_client._concurrency import AsyncSlot, AsyncSlots
from jsms_client._failures import interruption
from jsms_client._request import Departure
from jsms_client._route import async_backend, async_close_now, is_instrumented

if TYPE_CHECKING:
    import ssl

    from jsms_client._route import Route

    AnyConnection: TypeAlias = Callable[[Route], "AsyncPooledConnection"]

MOST_CONNECTIONS = 100
"""Calls above that wait; a process may usually have 1,024 files open."""
KEPT_FOR = 1.0
"""Seconds that a connection may be idle: a service that closes it in the meantime costs a send its outcome."""
_NO_LOCK = nullcontext()
_ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=None)
_MOST_AT_ONCE = 256 * 1024


class AsyncPooledConnection(Protocol):
    """A connection that the pool can keep."""

    network: AsyncNetwork
    idle_since: float

    async def handle_async_request(self, request: httpx.Request) -> object:
        """Send a request and read the head of its response."""
        ...

    def is_clean(self) -> bool:
        """Whether it can be used again."""
        ...


class AsyncConnection(httpx.AsyncHTTPTransport):
    """One connection.

    Requests go through `handle_async_request` of httpx's class and of httpcore's pool, where mocks replace them.
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
    """Sends requests over connections that it keeps: of ``fast`` where nothing is instrumented, else of httpx."""

    def __init__(self, route: Route, fast: AnyConnection | None = None) -> None:
        self._route = route
        self._slots = AsyncSlots(MOST_CONNECTIONS)
        self._idle: deque[AsyncPooledConnection] = deque()
        self._closed = False
        self._fast = fast

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, at most once; raises `httpx.PoolTimeout` where no connection was free in time."""
        timeouts = request.extensions["timeout"]
        slot = await self._slots.acquire(timeouts["pool"])
        if slot is None:
            raise httpx.PoolTimeout(f"all {MOST_CONNECTIONS} connections were in use for {timeouts['pool']} s")
        connection = None
        try:
            kind = self._kind()
            kept = None if "fresh" in request.extensions else self._take(kind)
            connection = kept or kind(self._route)
            network = connection.network
            network.begin(request.extensions.get("departure") or Departure(), timeouts)
            # Both have what is read of them.
            response = cast("httpx.Response", await connection.handle_async_request(request))
            self._check(response, network)
            network.expect(timeouts["read"])
            response.stream = AsyncPooledBody(self, connection, slot, cast("httpx.AsyncByteStream", response.stream))
        except BaseException:
            if connection is not None:
                connection.network.abort()
            slot.release()
            raise
        return response

    def _check(self, response: httpx.Response, network: AsyncNetwork) -> None:
        if network.unsent:
            raise httpx.RemoteProtocolError("a response came before its request was sent")
        if response.status_code == 407 and self._route.forwards:
            raise httpx.ProxyError("407 Proxy Authentication Required")

    def _kind(self) -> AnyConnection:
        """Which connections to use: httpx's where mocks or tracing wait for requests there."""
        return AsyncConnection if self._fast is None or is_instrumented() else self._fast

    def _take(self, kind: AnyConnection) -> AsyncPooledConnection | None:
        """Return the connection that was used last, where it can be used again."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            fresh = time.monotonic() - connection.idle_since < KEPT_FOR
            if fresh and type(connection) is kind and connection.network.is_usable():
                return connection
            connection.network.abort()

    def release(self, connection: AsyncPooledConnection, slot: AsyncSlot) -> None:
        """Keep the connection of a call that ended, unless it was closed."""
        if connection.network.is_open and connection.is_clean():
            connection.idle_since = now = time.monotonic()
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
        self,
        pool: AsyncConnectionPool,
        connection: AsyncPooledConnection,
        slot: AsyncSlot,
        parts: httpx.AsyncByteStream,
    ) -> None:
        self._pool = pool
        self._connection = connection
        self._slot: AsyncSlot | None = slot
        self._parts = parts

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Return the parts, as they come."""
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
            self._pool.release(self._connection, slot)


class AsyncNetwork(httpcore.AsyncNetworkBackend):
    """The network of one connection, which can be closed at any moment: how far a request and its response got."""

    _inner: httpcore.AsyncNetworkStream | None = None

    def __init__(self, layers: int) -> None:
        # So many TLS handshakes come before a request: what is written before that is for a proxy.
        self._layers = layers
        self._deadline = self._read_deadline = math.inf
        self._read_timeout: float | None = None
        self._departure = Departure()
        self.unsent = False

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect, for httpcore."""
        # There is no connection yet: the request cannot have left.
        self._departure.may_have_left = False
        timeout = self.time_to(timeout)
        stream = await async_backend().connect_tcp(host, port, timeout, local_address, socket_options)
        return self.opened(stream, 0)

    def opened(self, stream: httpcore.AsyncNetworkStream, layer: int) -> AsyncStream:
        """Read and write through this stream from now on."""
        self._inner = stream
        return AsyncStream(self, stream, layer)

    def is_usable(self) -> bool:
        """Whether it is open, and quiet: what can be read from an idle connection is its end."""
        return self._inner is not None and not self._inner.get_extra_info("is_readable")

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, with or without a response on its way."""
        return self._inner is not None

    def abort(self) -> None:
        """Close it at once."""
        inner, self._inner = self._inner, None
        if inner is not None:
            async_close_now(inner)

    def __del__(self) -> None:
        """Leave no socket behind when an exception came at the worst of moments."""
        self.abort()

    def begin(self, departure: Departure, timeouts: Mapping[str, float | None]) -> None:
        """Begin the exchange of a request that is about to be sent."""
        phases = [seconds for seconds in timeouts.values() if seconds is not None]
        # Without a limit where a phase has none.
        self._deadline = self._read_deadline = _end(sum(phases) if len(phases) == len(timeouts) else None)
        self._departure = departure
        self.unsent = False
        if self.is_open:
            departure.may_have_left = False

    def writing(self, layer: int) -> None:
        """Bytes are about to be written."""
        if layer >= self._layers:
            self._departure.may_have_left = True

    @staticmethod
    def write_failed(error: httpcore.WriteError) -> None:
        """Go on: a service that refuses a request may respond and close before it has read all of it."""
        if interruption(error) is not None:
            raise error

    def expect(self, timeout: float | None) -> None:
        """Set how many seconds the head of a response, or its body, may take; None for what is left of the attempt."""
        self._read_timeout = timeout
        self._read_deadline = min(self._deadline, _end(timeout))

    def time_to_read(self) -> float | None:
        """Return the seconds that are left for the head or the body; raises `httpcore.ReadTimeout` where none are."""
        if self._read_deadline == math.inf:
            return None
        left = self._read_deadline - time.monotonic()
        if left <= 0:
            raise self.too_slow()
        return left

    def time_to(self, timeout: float | None) -> float | None:
        """Return the seconds that are left for something else, at least a moment."""
        if self._deadline == math.inf:
            return timeout
        left = max(self._deadline - time.monotonic(), 0.001)
        return left if timeout is None else min(left, timeout)

    def too_slow(self) -> httpcore.ReadTimeout:
        """Return the error for a response that is not complete in time."""
        return httpcore.ReadTimeout(f"the response was not complete after {self._read_timeout} s")


class AsyncStream(httpcore.AsyncNetworkStream):
    """Writes a request in one piece when its response is to be read, and ends what takes too long."""

    def __init__(self, network: AsyncNetwork, inner: httpcore.AsyncNetworkStream, layer: int) -> None:
        self._network = network
        self._inner = inner
        self._layer = layer
        self._unsent: list[bytes] = []
        self._write_timeout: float | None = None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Keep it: head and body go in one packet."""
        self._unsent.append(buffer)
        self._write_timeout = timeout
        self._network.unsent = True

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        network = self._network
        try:
            if self._unsent:
                await self._flush()
                network.expect(timeout)
            return await self._inner.read(max_bytes, network.time_to_read())
        except httpcore.ReadTimeout as error:
            raise network.too_slow() from error

    async def _flush(self) -> None:
        self._network.writing(self._layer)
        self._network.unsent = False
        data = b"".join(self._unsent)
        self._unsent.clear()
        try:
            # In pieces: the deadline holds against a service that takes it bit by bit, too.
            for start in range(0, len(data), _MOST_AT_ONCE):
                piece = data[start : start + _MOST_AT_ONCE]
                await self._inner.write(piece, self._network.time_to(self._write_timeout))
        except httpcore.WriteError as error:
            self._network.write_failed(error)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Encrypt, for httpcore."""
        timeout = self._network.time_to(timeout)
        stream = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return self._network.opened(stream, self._layer + 1)

    async def aclose(self) -> None:
        """Close it, for httpcore."""
        self._network.abort()

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of it; that it is quiet was seen before it was used."""
        return False if info == "is_readable" else self._inner.get_extra_info(info)


def _end(seconds: float | None) -> float:
    """Return the moment that is so many seconds from now."""
    return math.inf if seconds is None else time.monotonic() + seconds
