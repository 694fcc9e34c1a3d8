"""What sends a request and reads its response: our own transport, or an HTTP client of the caller's."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterable
from copy import copy
from typing import TYPE_CHECKING, Protocol, cast

import httpx

from jsms_client._body import BodyReader
from jsms_client._config import Config
from jsms_client._instrumentation import clients_are_replaced
from jsms_client._request import Departure, RequestBuilder
from jsms_client._response import ReceivedResponse
from jsms_client._timeouts import DeadlineError, async_fail_after, deadline, monotonic, total_timeout
from jsms_client._transport import AsyncTransports
from jsms_client.errors import ClientClosedError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2

    from jsms_runtime.operation import Operation

    AnyAsyncClient = httpx.AsyncClient | httpx2.AsyncClient


class AsyncSender(Protocol):
    """Sends requests."""

    own: bool
    """Whether it is a transport of ours."""

    def build(self, operation: Operation, path: str, body: tuple[bytes, bytes] | None) -> httpx.Request:
        """A request that can be sent as often as needed."""
        ...

    def with_config(self, config: Config) -> AsyncSender:
        """One with other timeouts and headers, over the same connections."""
        ...

    async def send(self, request: httpx.Request, departure: Departure) -> ReceivedResponse:
        """Send it, and read its response."""
        ...

    async def aclose(self) -> None:
        """Close what was opened here."""
        ...


class AsyncTransportSender:
    """Sends over connections of our own.

    Args:
        config: The client's settings.
    """

    __slots__ = ("_requests", "_transports", "own")

    def __init__(self, config: Config) -> None:
        self.own = True
        self._requests = RequestBuilder(config)
        self._transports = AsyncTransports(config.base_url, fast=config.fast)

    def with_config(self, config: Config) -> AsyncTransportSender:
        """One with other timeouts and headers, over the same connections.

        Args:
            config: The settings.
        """
        other = copy(self)
        other._requests = RequestBuilder(config)
        return other

    def build(self, operation: Operation, path: str, body: tuple[bytes, bytes] | None) -> httpx.Request:
        """A request that can be sent as often as needed.

        Args:
            operation: What is asked for.
            path: Its path below the base URL, with ids in it.
            body: Media type and content; None for no body.
        """
        return self._requests.build(operation, path, body)

    async def send(self, request: httpx.Request, departure: Departure) -> ReceivedResponse:
        """Send it, and read its response.

        Args:
            request: The request.
            departure: Where to note that it may have left.
        """
        transport = await self._transports.get()
        departure.may_have_left = None
        request.extensions["departure"] = departure
        if clients_are_replaced():
            client = httpx.AsyncClient(transport=transport, trust_env=False)
            response = await client.send(request, stream=True, auth=None, follow_redirects=False)
        else:
            response = await transport.handle_async_request(request)
        try:
            # The network ends a read that takes too long.
            return await _read(response, None)
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transports.aclose()


class AsyncClientSender:
    """Sends with a client of the caller's, as it is: its TLS, proxies, hooks, headers, and timeouts if none are given.

    Args:
        config: The client's settings.
        http_client: The caller's client.
    """

    __slots__ = ("_http_client", "_requests", "_timeouts", "own")

    def __init__(self, config: Config, http_client: AnyAsyncClient) -> None:
        self.own = False
        self._requests = RequestBuilder(config)
        # httpx2 does the same as httpx, and shares no class with it.
        self._http_client = cast("httpx.AsyncClient", http_client)
        given = config.timeouts
        self._timeouts = (given.connect, given.read, given.write, given.pool) if config.timeouts_given else None

    def with_config(self, config: Config) -> AsyncClientSender:
        """One with other timeouts and headers, over the same connections.

        Args:
            config: The settings.
        """
        return AsyncClientSender(config, self._http_client)

    def build(self, operation: Operation, path: str, body: tuple[bytes, bytes] | None) -> httpx.Request:
        """A request that can be sent as often as needed.

        Args:
            operation: What is asked for.
            path: Its path below the base URL, with ids in it.
            body: Media type and content; None for no body.
        """
        request = self._requests.build(operation, path, body)
        client = self._http_client
        return client.build_request(
            request.method,
            str(request.url),
            headers=[(name.decode("ascii"), value.decode("ascii")) for name, value in request.headers.raw],
            content=request.read() or None,
            timeout=client.timeout if self._timeouts is None else self._timeouts,
        )

    async def send(self, request: httpx.Request, departure: Departure) -> ReceivedResponse:
        """Send it, and read its response.

        Args:
            request: The request.
            departure: Where to note that it may have left.
        """
        client = self._http_client
        if client.is_closed:
            raise ClientClosedError("the http_client that this client sends with was closed; make a new one of both")
        request.extensions["trace"] = departure.async_trace
        departure.may_have_left = None
        timeouts: Mapping[str, float | None] = request.extensions["timeout"]
        async with async_fail_after(total_timeout(timeouts)):
            response = await client.send(request, stream=True, auth=None, follow_redirects=False)
            try:
                async with async_fail_after(timeouts["read"]):
                    return await _read(response, timeouts["read"])
            except DeadlineError as error:
                raise DeadlineError(f"the response was not complete after {timeouts['read']} s") from error
            finally:
                await response.aclose()

    async def aclose(self) -> None:
        """Leave the caller's client open."""


def open_async_sender(config: Config, http_client: AnyAsyncClient | None) -> AsyncSender:
    """What a client sends with.

    Args:
        config: The client's settings.
        http_client: A client of the caller's; None for connections of our own.

    Raises:
        ConfigurationError: It is of another kind, and would fail only after the first request has left.
    """
    if http_client is None:
        return AsyncTransportSender(config)
    for family in ("httpx", "httpx2"):
        kind = getattr(sys.modules.get(family), "AsyncClient", None)
        if kind is not None and isinstance(http_client, kind):
            return AsyncClientSender(config, http_client)
    given = type(cast("object", http_client))
    raise ConfigurationError(
        f"http_client is a {given.__module__.partition('.')[0]}.{given.__qualname__}: "
        "AsyncJSMS takes an httpx.AsyncClient or httpx2.AsyncClient"
    )


async def _read(response: httpx.Response, timeout: float | None) -> ReceivedResponse:
    if response.is_stream_consumed:
        # A mock that has its body already, or a hook of the caller's that read it.
        return ReceivedResponse(response.status_code, response.headers, response.content)
    end = deadline(timeout)
    body = BodyReader(response.headers)
    async for part in cast("AsyncIterable[bytes]", response.stream):
        if not body.add(part):
            break
        # An empty part counts too: the reads behind it have no end of their own.
        if monotonic() > end:
            raise DeadlineError(f"the response was not complete after {timeout} s")
    return ReceivedResponse(response.status_code, response.headers, body.content(), body.problem)


__all__ = ["AsyncSender", "open_async_sender"]
