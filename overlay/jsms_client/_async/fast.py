"""One connection for the extra ``fast``: the pool's own network, and httptools in place of httpx, httpcore and h11."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpcore

from jsms_client._async.pool import AsyncNetwork
from jsms_client._fast import ResponseParser, as_httpx
from jsms_client._response import BodyReader, ReceivedResponse

if TYPE_CHECKING:
    import httpx

    from jsms_client._request import Request
    from jsms_client._route import Route

_MOST_AT_ONCE = 64 * 1024


class AsyncFastConnection:
    """One connection, without a proxy."""

    def __init__(self, route: Route) -> None:
        self.network = AsyncNetwork(route.handshakes)
        self._trust = route.trust

    async def exchange(self, request: Request) -> ReceivedResponse:
        """Send a request and read its response."""
        network, timeouts, parser = self.network, request.timeouts, ResponseParser()
        try:
            if not network.is_open:
                await self._connect(request.target.url, timeouts["connect"])
            await network.write(request.as_bytes(), timeouts["write"])
            while not parser.has_head:
                parser.feed(await network.read(_MOST_AT_ONCE, timeouts["read"]))
            network.expect(timeouts["read"])
            body = BodyReader(parser.headers)
            while body.add(parser.take()) and not parser.is_complete:
                parser.feed(await network.read(_MOST_AT_ONCE))
        except (httpcore.TimeoutException, httpcore.NetworkError) as error:
            raise as_httpx(error) from error
        if not parser.can_stay_open:
            network.abort()
        return ReceivedResponse(parser.status, parser.headers, body.content(), body.problem)

    async def _connect(self, url: httpx.URL, timeout: float | None) -> None:
        host = url.raw_host.decode("ascii")
        encrypted = url.scheme == "https"
        await self.network.connect_tcp(host, url.port or (443 if encrypted else 80), timeout)
        if encrypted:
            await self.network.start_tls(self._trust, host, timeout)
