"""What the generated functions call instead of an httpx client: one request of the contract, carried out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, cast

import httpx

from jsms_client._concurrency import PerEventLoop
from jsms_client._request import (
    RequestBuilder,
    encode_files,
    encode_json,
    httpx_timeout,
    texts_in_form,
    texts_in_json,
)
from jsms_client._retry import Attempts
from jsms_client._timeouts import async_body_deadline, async_fail_after, async_sleep, total_timeout
from jsms_client._transport import open_async_transport
from jsms_client.config import Config
from jsms_client.errors import ClientClosedError, ConfigurationError
from jsms_client.routes import Routes
from jsms_client.verdicts import Received, Success
from jsms_contract.operations import OPERATIONS
from jsms_runtime.operation import Operation

if TYPE_CHECKING:
    from jsms_client._request import Files

MAX_ANSWER = 10 * 1024 * 1024
"""The longest response that is read, in bytes; the largest of the contract, 1000 recipients, is well below 1 MB."""


class AsyncHTTPExecutor:
    """Carries out requests of the contract: credentials, time limits, repeats, and exceptions.

    Args:
        config: The client's settings.
        http_client: A client of the caller's to send with; None for connections of our own.
    """

    __slots__ = ("_closed", "_config", "_dated", "_http_client", "_requests", "_routes", "_transports")

    def __init__(self, config: Config, http_client: httpx.AsyncClient | None) -> None:
        # An object of the other kind would fail only after the first request has left.
        if http_client is not None and not isinstance(cast("object", http_client), httpx.AsyncClient):
            raise ConfigurationError("http_client must be an httpx.AsyncClient")
        self._config = config
        self._http_client = http_client
        self._requests = RequestBuilder(config)
        self._routes = Routes(OPERATIONS)
        self._transports = PerEventLoop(partial(open_async_transport, config.base_url))
        self._dated: tuple[str | None, float] = None, 0.0
        self._closed = False

    async def request(
        self,
        method: str,
        url: str,
        *,
        json: object = None,
        files: Files | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Success:
        """Carry out one operation; called by the generated functions.

        Args:
            method: The HTTP method, in any case.
            url: The path below the base URL.
            json: The body of an operation that takes JSON.
            files: The form of an operation that takes one.
            headers: What the generator would send; ours are used instead, its multipart boundary being a fixed one.

        Returns:
            What stands for an httpx response: a success, checked.

        Raises:
            JSMSError: Whatever else happens.
        """
        del headers
        self.ensure_open()
        operation = self._routes.find(method.upper(), url)
        body = None
        if files is not None:
            body = encode_files(files, operation)
        elif operation.body is not None:
            body = encode_json(json, operation)
        request = self._build(operation, url, body)
        call = Attempts(operation, self._config.retry, partial(self._secrets, json, files), url)
        while True:
            sender = self._ready()
            call.begin()
            try:
                received = await self._exchange(request, sender)
            except Exception as error:
                failure, pause = call.failed(error)
                if pause is None:
                    raise failure from error
            else:
                self._dated = received.headers.get("date"), time.time()
                verdict = call.answered(received)
                if isinstance(verdict, Success):
                    return verdict
                failure, pause = verdict
                if pause is None:
                    raise failure
            await async_sleep(pause)

    @property
    def clock_ahead(self) -> float:
        """How many seconds the service's clock is ahead of this machine's, by its last response; 0 where unknown."""
        from jsms_client.times import clock_difference  # noqa: PLC0415 - only for settling a campaign

        return clock_difference(*self._dated)

    @property
    def identity(self) -> tuple[str, str]:
        """Which service and which app the requests are for: the address, and a hash of the app's key."""
        return self._config.identity

    @property
    def once_scope(self) -> tuple[str, str, str]:
        """Service, app and secret: what the keys of ``once`` belong to, and what hides the arguments kept with them."""
        return *self._config.identity, self._config.app.secret

    def ensure_open(self) -> None:
        """Refuse to go on after `aclose`.

        Raises:
            ClientClosedError: The client was closed.
        """
        if self._closed:
            raise ClientClosedError("this client was closed; make a new one")

    async def aclose(self) -> None:
        """Close the connections that were opened here; a client of the caller's is left alone."""
        self._closed = True
        transport = self._transports.pop()
        if transport is not None:
            await transport.aclose()

    def _build(self, operation: Operation, path: str, body: tuple[bytes, bytes] | None) -> httpx.Request:
        request = self._requests.build(operation, path, body)
        if self._http_client is None:
            return request
        # The caller's own headers, cookies and time limits, unless the client was given limits of its own.
        timeout = httpx_timeout(self._config.timeouts) if self._config.timeouts_given else self._http_client.timeout
        return self._http_client.build_request(
            request.method, request.url, headers=request.headers, content=request.read() or None, timeout=timeout
        )

    def _ready(self) -> httpx.AsyncBaseTransport | httpx.AsyncClient:
        """What to send with: whatever fails in here fails before anything was sent."""
        if self._http_client is None:
            return self._transports.get()
        if self._http_client.is_closed:
            raise ClientClosedError("the http_client that this client sends with was closed; make a new one of both")
        return self._http_client

    async def _exchange(self, request: httpx.Request, sender: httpx.AsyncBaseTransport | httpx.AsyncClient) -> Received:
        # The limits that the transport has: of the caller's client, where that keeps its own.
        limits: Mapping[str, float | None] = request.extensions["timeout"]
        async with async_fail_after(total_timeout(limits)):
            if isinstance(sender, httpx.AsyncClient):
                response = await sender.send(request, stream=True, auth=None, follow_redirects=False)
            else:
                response = await sender.handle_async_request(request)
            try:
                return await _read(response, limits["read"])
            finally:
                await response.aclose()

    def _secrets(self, json: object, files: Files | None) -> Iterable[str]:
        for credentials in (self._config.app, self._config.dev):
            if credentials is not None:
                yield from (credentials.key, credentials.secret, credentials.token)
        yield from texts_in_json(json)
        yield from texts_in_form(files)


async def _read(response: httpx.Response, limit: float | None) -> Received:
    parts: list[bytes] = []
    size = 0
    problem = ""
    try:
        async with async_body_deadline(response, limit):
            async for part in response.aiter_bytes():
                parts.append(part)
                size += len(part)
                if size > MAX_ANSWER:
                    problem = f"is longer than {MAX_ANSWER} bytes"
                    break
    except httpx.DecodingError:
        problem = "is compressed in a way that does not read"
    except TimeoutError as error:
        raise httpx.ReadTimeout(f"the answer was not complete after {limit} s") from error
    return Received(response.status_code, response.headers, b"".join(parts), problem)


__all__ = ["AsyncHTTPExecutor"]
