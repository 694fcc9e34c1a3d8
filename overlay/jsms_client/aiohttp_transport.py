"""Connections over aiohttp, for programs that have the extra ``fast``: many tasks at once, at a fifth of the cost.

aiohttp by itself repeats a GET, PUT or DELETE whose connection broke, and httpx-aiohttp reports a server that hung up
as a connection that was never made. Neither will do where a request must be on the wire at most once.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import aiohttp
import httpx
from aiohttp import ClientHandlerType  # since 3.12, as what calls it: an older aiohttp is as good as none
from httpx_aiohttp import AiohttpTransport

# More than that wait, at some cost; a process may usually have 1,024 files open.
_MOST_CONNECTIONS = 256
_KEPT_FOR = 0.8  # a connection that the service closes while it is idle costs a send its outcome
_OUR_OWN_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class OnceTransport(AiohttpTransport):
    """Sends a request once, for the tasks of one event loop of asyncio."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        # As bytes, which need no second trip through the event loop.
        request.read()
        # aiohttp keeps a connection that the service closes without a word in its response.
        request.headers["Connection"] = "keep-alive"
        limits = request.extensions["timeout"]
        if limits["pool"] is not None:
            # What aiohttp allows for a free connection is for making one, too.
            whole = None if limits["connect"] is None else limits["pool"] + limits["connect"]
            request.extensions = {**request.extensions, "timeout": {**limits, "pool": whole}}
        # Twice, so that the event loop sees which connections the service has closed meanwhile, and takes none of them.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return await super().handle_async_request(request)

    def get_client(self) -> aiohttp.ClientSession:
        """The session of this event loop."""
        self._loop = asyncio.get_running_loop()
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self.ssl_context, limit=_MOST_CONNECTIONS, keepalive_timeout=_KEPT_FOR),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_OUR_OWN_HEADERS,
            middlewares=(_once,),
        )

    def __del__(self) -> None:
        """Let go of the connections of an event loop that ended before they were closed, as httpx does."""
        # There is none where the certificates could not be read.
        session = getattr(self, "client", None)
        if isinstance(session, aiohttp.ClientSession) and self._loop.is_closed():
            with suppress(StopIteration):
                session.close().send(None)


async def _once(request: aiohttp.ClientRequest, send: ClientHandlerType) -> aiohttp.ClientResponse:
    """Say what happened in the words of httpx, which aiohttp does not take for a reason to repeat the request."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError as error:
        raise httpx.ConnectError(str(error)) from error
    except aiohttp.ConnectionTimeoutError as error:
        raise httpx.ConnectTimeout(str(error)) from error
    except aiohttp.ClientOSError as error:
        raise httpx.ReadError(str(error)) from error
    except aiohttp.ServerDisconnectedError:
        broken: httpx.TransportError = httpx.ReadError("the server hung up")
    except aiohttp.ClientResponseError:
        broken = httpx.RemoteProtocolError("the answer is not HTTP")
    # Out here, so that no exception that quotes the answer, its cookies included, hangs on this one.
    raise broken


__all__ = ["OnceTransport"]
