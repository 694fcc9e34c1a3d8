"""One connection for the extra ``fast``: the pool's own network, and httptools in place of httpx, httpcore and h11."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpcore
import httpx

from jsms_client._async.pool import AsyncNetwork
from jsms_client._fast import ResponseParser, as_httpx
from jsms_client._request import as_bytes

if TYPE_CHECKING:
    from jsms_client._route import Route

_MOST_AT_ONCE = 64 * 1024


class AsyncFastConnection:
    """One connection, without a proxy."""

    def __init__(self, route: Route) -> None:
        self.network = AsyncNetwork(route.layers)
        self.idle_since = 0.0
        self._trust = route.trust
        self._stream: httpcore.AsyncNetworkStream | None = None

    async def handle_async_request(self, request: httpx.Request) -> AsyncFastResponse:
        """Send a request and read the head of its response."""
        timeouts = request.extensions["timeout"]
        parser = ResponseParser()
        try:
            stream = self._stream
            if stream is None:
                stream = await self._connect(request, timeouts["connect"])
            await stream.write(as_bytes(request), timeouts["write"])
            while not parser.has_head:
                parser.feed(await stream.read(_MOST_AT_ONCE, timeouts["read"]))
        except (httpcore.TimeoutException, httpcore.NetworkError) as error:
            raise as_httpx(error) from error
        return AsyncFastResponse(parser, AsyncFastBody(self.network, stream, parser))

    def is_clean(self) -> bool:
        """Whether it can be used again; otherwise its body has closed it."""
        return True

    async def _connect(self, request: httpx.Request, timeout: float | None) -> httpcore.AsyncNetworkStream:
        url = request.url
        host = url.raw_host.decode("ascii")
        encrypted = url.scheme == "https"
        stream = await self.network.connect_tcp(host, url.port or (443 if encrypted else 80), timeout)
        if encrypted:
            stream = await stream.start_tls(self._trust, host, timeout)
        self._stream = stream
        return stream


class AsyncFastResponse:
    """What the client reads of an `httpx.Response`."""

    __slots__ = ("headers", "status_code", "stream")

    is_stream_consumed = False

    def __init__(self, parser: ResponseParser, stream: httpx.AsyncByteStream) -> None:
        self.status_code = parser.status
        self.headers = parser.headers
        self.stream = stream

    async def aclose(self) -> None:
        """Close the body."""
        await self.stream.aclose()


class AsyncFastBody(httpx.AsyncByteStream):
    """The body of a response."""

    def __init__(self, network: AsyncNetwork, stream: httpcore.AsyncNetworkStream, parser: ResponseParser) -> None:
        self._network = network
        self._stream = stream
        self._parser = parser
        self._started = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Return the parts, as they come; no generator, which trio warns of when it is left early."""
        return self

    async def __anext__(self) -> bytes:
        """Return the next part."""
        parser = self._parser
        if self._started:
            if parser.is_complete:
                raise StopAsyncIteration
            try:
                data = await self._stream.read(_MOST_AT_ONCE)
            except (httpcore.TimeoutException, httpcore.NetworkError) as error:
                raise as_httpx(error) from error
            parser.feed(data)
        self._started = True
        return parser.take()

    async def aclose(self) -> None:
        """Close the connection, unless it can be used again."""
        if not self._parser.can_stay_open:
            self._network.abort()
