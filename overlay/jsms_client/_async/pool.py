"""Connections to one service, kept by a small pool: one httpx transport each, for one call at a time.

httpx's own pool looks through all of its connections for every request, and loses one when a call is cancelled at the
wrong moment. Here a connection is kept only when its response was read to the end; otherwise it is closed at once,
without waiting.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from contextlib import nullcontext, suppress
from types import FunctionType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

import httpcore
import httpx

from jsms_client._concurrency import AsyncSlots, DeadlineError
from jsms_client._failures import interruption
from jsms_client._request import Departure
from jsms_client._response import BodyReader, ReceivedResponse
from jsms_client._route import async_close_now, async_connect_tcp, holds_more

if TYPE_CHECKING:
    import ssl

    from jsms_client._request import Request
    from jsms_client._route import Route

    AnyConnection: TypeAlias = Callable[[Route], "AsyncPooledConnection"]

MOST_CONNECTIONS = 100
"""Calls above that wait; a process may usually have 1,024 files open."""
KEPT_FOR = 1.0
"""Seconds that a connection may be idle: a service that closes it in the meantime costs a send its outcome."""
_NO_LOCK = nullcontext()
_ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=None)
_MOST_AT_ONCE = 256 * 1024
_ORIGINAL = frozenset(("httpcore", "httpx"))


class AsyncPooledConnection(Protocol):
    """A connection that the pool can keep."""

    network: AsyncNetwork

    async def exchange(self, request: Request) -> ReceivedResponse:
        """Send a request and read its response; then it can be used again, or its network is closed."""
        ...


class AsyncConnection(httpx.AsyncHTTPTransport):
    """One connection.

    Requests go through `handle_async_request` of httpx's class and of httpcore's pool, where mocks replace them.
    """

    def __init__(self, route: Route) -> None:
        super().__init__(verify=route.trust, proxy=route.proxy, limits=_ONE, retries=0)
        self.network = AsyncNetwork(route.handshakes)
        self._forwards = route.forwards
        # httpx has no parameters for these two. One call at a time needs no lock, and an exception of a signal handler
        # could leave it locked.
        pool: Any = self._pool
        pool._network_backend = self.network
        pool._optional_thread_lock = _NO_LOCK

    async def exchange(self, request: Request) -> ReceivedResponse:
        """Send a request and read its response; where httpx's client was replaced, through that."""
        sent = httpx.Request(
            request.target.method,
            request.target.url,
            headers=request.headers,
            stream=httpx.ByteStream(request.body),
            extensions={"timeout": dict(request.timeouts)},
        )
        if _is_replaced(httpx.AsyncClient.send):
            client = httpx.AsyncClient(transport=self, trust_env=False)
            response = await client.send(sent, stream=True, auth=None, follow_redirects=False)
        else:
            response = await self.handle_async_request(sent)
        try:
            if self.network.unsent:
                raise httpx.RemoteProtocolError("a response came before its request was sent")
            if response.status_code == 407 and self._forwards:
                raise httpx.ProxyError("407 Proxy Authentication Required")
            self.network.expect(request.timeouts["read"])
            # The network ends a read that takes too long.
            received = await read_response(response, None)
        finally:
            await response.aclose()
        if not self.is_clean():
            self.network.abort()
        return received

    def is_clean(self) -> bool:
        """Whether nothing came behind the response: the next call would take it for its own."""
        connection: Any = next(iter(self._pool.connections), None)
        while hasattr(connection, "_connection"):
            connection = connection._connection
        data, _ = getattr(getattr(connection, "_h11_state", None), "trailing_data", (b"", False))
        return not data


async def read_response(response: httpx.Response, timeout: float | None) -> ReceivedResponse:
    """Read a response of httpx; raises `DeadlineError` where its body takes longer than so many seconds."""
    if response.is_stream_consumed:
        # A mock that has its body already, or a hook of the caller's that read it.
        return ReceivedResponse(response.status_code, response.headers, response.content)
    end = math.inf if timeout is None else time.monotonic() + timeout
    body = BodyReader(response.headers)
    async for part in cast("AsyncIterable[bytes]", response.stream):
        if not body.add(part):
            break
        # An empty part counts too: the reads behind it have no end of their own.
        if time.monotonic() > end:
            raise DeadlineError(f"the response was not complete after {timeout} s")
    return ReceivedResponse(response.status_code, response.headers, body.content(), body.problem)


class AsyncConnectionPool:
    """Sends requests over connections that it keeps: of ``fast`` where nothing is instrumented, else of httpx."""

    def __init__(self, route: Route, fast: AnyConnection | None = None) -> None:
        self._route = route
        self._slots = AsyncSlots(MOST_CONNECTIONS)
        self._idle: deque[AsyncPooledConnection] = deque()
        self._closed = False
        self._fast = fast

    async def send(self, request: Request, departure: Departure) -> ReceivedResponse:
        """Send a request, at most once, and read its response; raises exceptions of httpx."""
        wait = request.timeouts["pool"]
        slot = await self._slots.acquire(wait)
        if slot is None:
            raise httpx.PoolTimeout(f"all {MOST_CONNECTIONS} connections were in use for {wait} s")
        connection = None
        try:
            kind = AsyncConnection if self._fast is None or _is_instrumented() else self._fast
            connection = (None if request.target.is_batch else self._take(kind)) or kind(self._route)
            connection.network.begin(departure, request.timeouts)
            received = await connection.exchange(request)
        except BaseException:
            if connection is not None:
                connection.network.abort()
            raise
        else:
            # Out of reach of the abort: once it is kept, it may be in use by another call.
            self._keep(connection)
        finally:
            slot.release()
        return received

    def _take(self, kind: AnyConnection) -> AsyncPooledConnection | None:
        """Return the connection that was used last, where it can be used again."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            fresh = time.monotonic() - connection.network.idle_since < KEPT_FOR
            if fresh and type(connection) is kind and connection.network.is_usable():
                return connection
            connection.network.abort()

    def _keep(self, connection: AsyncPooledConnection) -> None:
        """Keep the connection of a call that ended, unless it was closed."""
        if not connection.network.is_open:
            return
        connection.network.idle_since = now = time.monotonic()
        self._idle.append(connection)
        # After many calls at once, what is not needed any more does not stay open.
        with suppress(IndexError):
            while self._closed or self._idle[0].network.idle_since + KEPT_FOR < now:
                self._idle.popleft().network.abort()

    async def aclose(self) -> None:
        """Close the idle connections; others are closed when their calls end."""
        self._closed = True
        with suppress(IndexError):
            while True:
                self._idle.pop().network.abort()


class AsyncNetwork(httpcore.AsyncNetworkBackend, httpcore.AsyncNetworkStream):
    """The network of one connection, which can be closed at any moment: how far a request and its response got.

    It writes a request in one piece when its response is to be read, and ends what takes too long.
    """

    inner: httpcore.AsyncNetworkStream | None = None
    idle_since = 0.0

    def __init__(self, handshakes: int) -> None:
        # So many TLS handshakes come before a request: what is written before that is for a proxy.
        self._handshakes = handshakes
        self._deadline = self._read_deadline = math.inf
        self._read_timeout: float | None = None
        self._write_timeout: float | None = None
        self.unsent: list[bytes] = []
        self._departure = Departure()

    def begin(self, departure: Departure, timeouts: Mapping[str, float | None]) -> None:
        """Begin the exchange of a request that is about to be sent."""
        self._deadline = self._read_deadline = time.monotonic() + total_timeout(timeouts)
        self._departure = departure
        # Unless there is no connection yet, what leaves is seen here.
        departure.may_have_left = False if self.is_open else None

    def expect(self, timeout: float | None) -> None:
        """Set how many seconds the head of a response, or its body, may take; None for what is left of the attempt."""
        self._read_timeout = timeout
        self._read_deadline = self._deadline
        if timeout is not None:
            self._read_deadline = min(self._deadline, time.monotonic() + timeout)

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, with or without a response on its way."""
        return self.inner is not None

    def is_usable(self) -> bool:
        """Whether it is open, and quiet: what can be read from an idle connection is its end."""
        inner = self.inner
        if inner is None or inner.get_extra_info("is_readable"):
            return False
        encrypted = inner.get_extra_info("ssl_object")
        return encrypted is None or not holds_more(encrypted)

    def abort(self) -> None:
        """Close it at once."""
        inner, self.inner = self.inner, None
        if inner is not None:
            async_close_now(inner)

    def __del__(self) -> None:
        """Leave no socket behind when an exception came at the worst of moments."""
        self.abort()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetwork:
        """Connect, for httpcore."""
        del local_address, socket_options
        # There is no connection yet: the request cannot have left.
        self._departure.may_have_left = False
        self.inner = await async_connect_tcp(host, port, self._time_to(timeout))
        return self

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> AsyncNetwork:
        """Encrypt, for httpcore."""
        self.inner = await self._stream.start_tls(ssl_context, server_hostname, self._time_to(timeout))
        self._handshakes -= 1
        return self

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Keep it: head and body go in one packet."""
        self.unsent.append(buffer)
        self._write_timeout = timeout

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        try:
            if self.unsent:
                await self._flush()
                self.expect(timeout)
            return await self._stream.read(max_bytes, self._time_to_read())
        except httpcore.ReadTimeout as error:
            raise httpcore.ReadTimeout(f"the response was not complete after {self._read_timeout} s") from error

    async def _flush(self) -> None:
        if self._handshakes <= 0:
            self._departure.may_have_left = True
        data = b"".join(self.unsent)
        self.unsent.clear()
        try:
            # In pieces: the deadline holds against a service that takes it bit by bit, too.
            for start in range(0, len(data), _MOST_AT_ONCE):
                piece = data[start : start + _MOST_AT_ONCE]
                await self._stream.write(piece, self._time_to(self._write_timeout))
        except httpcore.WriteError as error:
            # A service that refuses a request may respond and close before it has read all of it: go on.
            if interruption(error) is not None:
                raise

    @property
    def _stream(self) -> httpcore.AsyncNetworkStream:
        if self.inner is None:
            raise httpcore.ReadError("the connection was closed")
        return self.inner

    def _time_to_read(self) -> float | None:
        left = self._read_deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return _limit(left)

    def _time_to(self, timeout: float | None) -> float | None:
        """Return the seconds that are left for something else than reading, at least a moment."""
        left = max(self._deadline - time.monotonic(), 0.001)
        return _limit(left if timeout is None else min(left, timeout))

    async def aclose(self) -> None:
        """Close it, for httpcore."""
        self.abort()

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of it; that it is quiet was seen before it was used."""
        return False if info == "is_readable" else self._stream.get_extra_info(info)


def _limit(seconds: float) -> float | None:
    """Return a timeout as httpcore has it, for which None is without a limit."""
    return None if seconds == math.inf else seconds


def total_timeout(timeouts: Mapping[str, float | None]) -> float:
    """How long an attempt may take from its start to its end, in seconds; without a limit where a phase has none."""
    return sum(math.inf if limit is None else limit for limit in timeouts.values())


def _is_instrumented() -> bool:
    """Whether mocks or tracing wait for requests in httpx or httpcore: they must see every one."""
    return (
        _is_replaced(httpx.AsyncClient.send)
        or _is_replaced(httpx.AsyncHTTPTransport.handle_async_request)
        or _is_replaced(httpcore.AsyncConnectionPool.handle_async_request)
        or _is_replaced(httpcore.AsyncHTTPConnection.handle_async_request)
    )


def _is_replaced(method: object) -> bool:
    # Wrappers copy the name of what they wrap and its module, but not its globals.
    return type(method) is not FunctionType or method.__globals__["__name__"].partition(".")[0] not in _ORIGINAL
