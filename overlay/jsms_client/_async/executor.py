"""Carry out requests of the contract: build, send, retry, and interpret the response.

A request is sent over our own transport, or with an HTTP client of the caller's.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Unpack, cast

from jsms_client._concurrency import DeadlineError, async_fail_after, async_shield, async_sleep
from jsms_client._config import Config
from jsms_client._failures import clear_requests
from jsms_client._request import Departure, RequestBuilder, texts_in_form, texts_in_json
from jsms_client._response import ReceivedResponse
from jsms_client._retry import Attempts
from jsms_client._transport import AsyncTransports
from jsms_client.errors import ClientClosedError, ConfigurationError, JSMSError, NotSentError
from jsms_contract.operations import OPERATIONS
from jsms_runtime.resource import run_in_thread

if TYPE_CHECKING:
    import httpx
    import httpx2

    from jsms_client._request import Content, Request
    from jsms_client.store import Store
    from jsms_client.store._once import Claim
    from jsms_client.store._rates import MobileSpacing
    from jsms_runtime.operation import Operation
    from jsms_runtime.resource import Call

    AnyAsyncClient = httpx.AsyncClient | httpx2.AsyncClient


class AsyncHTTPExecutor:
    """Carries out requests of the contract: credentials, timeouts, retries, and exceptions."""

    __slots__ = ("_closed", "_dated", "_origin", "_requests", "_sender", "config", "store")

    def __init__(self, config: Config, http_client: AnyAsyncClient | None) -> None:
        self.config = config
        self.store: Store | None = None
        self._sender = open_async_sender(config, http_client)
        self._requests = RequestBuilder(config)
        self._dated: tuple[str | None, float] = None, 0.0
        self._closed = False
        self._origin = self

    def with_config(self, config: Config) -> AsyncHTTPExecutor:
        """Return one with other timeouts, retries and headers, over the same connections."""
        other = copy(self)
        other.config = config
        other._requests = RequestBuilder(config)
        return other

    async def request_json(self, operation: str, json: object = None, **call: Unpack[Call]) -> object:
        """Carry out an operation, and return the checked JSON of its response; the resources call it."""
        known = OPERATIONS[operation]
        path, content = call.get("path", known.path), (json, call.get("files"), call.get("params"))
        key = call.get("once")
        del json, call
        if key is None:
            return (await self.send(known, path, content)).json()
        claim = self._claim(key, known, content)
        earlier = await _take(claim)
        if earlier is not None:
            return earlier[1]
        try:
            success = await self.send(known, path, content)
        except NotSentError:
            await _write(claim.give_back)
            raise
        await _write(partial(claim.accept, success.status_code, success.json()))
        return success.json()

    def _claim(self, key: str, operation: Operation, content: Content) -> Claim:
        from jsms_client.store._once import Claim  # noqa: PLC0415 - a program loads what it uses

        if self.store is None:
            raise ConfigurationError('once needs a store that remembers the key: give the client one, store="jsms.db"')
        self.ensure_open()
        json, _, params = content
        body = [json, dict(params)] if params else json
        return Claim(self.store, key, (*self.config.identity, self.config.app.secret), operation.id, body)

    async def send(self, operation: Operation, path: str, content: Content) -> ReceivedResponse:
        """Send a request, as often as that is safe, until there is a success; raises `JSMSError` otherwise."""
        self.ensure_open()
        secrets = self._secrets(content)
        request = self._requests.build(operation, path, content)
        spacing = self._spacing(operation, content)
        # Error trackers send away what is in the frames of an exception.
        del content
        if spacing is None:
            return await self._attempt(operation, path, request, secrets)
        await run_in_thread(spacing.take)
        try:
            parsed = await self._attempt(operation, path, request, secrets)
        except NotSentError:
            await run_in_thread(spacing.release)
            raise
        await run_in_thread(spacing.renew)
        return parsed

    def _spacing(self, operation: Operation, content: Content) -> MobileSpacing | None:
        if self.store is None:
            return None
        from jsms_client.store._rates import spacing_of  # noqa: PLC0415 - a program loads what it uses

        return spacing_of(self.store, self.config.identity, operation, content[0])

    async def _attempt(
        self, operation: Operation, path: str, request: Request, secrets: Callable[[], Iterable[str]]
    ) -> ReceivedResponse:
        attempts = Attempts(operation, self.config, path, secrets)
        while True:
            departure = Departure()
            try:
                with attempts.begin(request):
                    received = await self._sender.send(request, departure)
            except BaseException as error:
                failure, pause = attempts.failed(error, departure, own=self._sender.own)
                clear_requests(error)
                if failure is error:
                    raise
                if pause is None and isinstance(failure, JSMSError):
                    raise failure from error
            else:
                self._dated = received.headers.get("date"), time.time()
                result = attempts.responded(received, self._requests.json.parse)
                if isinstance(result, ReceivedResponse):
                    return result
                failure, pause = result
            if pause is None:
                raise failure
            await async_sleep(pause)

    @property
    def clock_ahead(self) -> float:
        """How many seconds the service's clock is ahead of this machine's, by its last response; 0 where unknown."""
        from jsms_runtime.times import clock_difference  # noqa: PLC0415 - only for settling a campaign

        return clock_difference(*self._dated)

    def ensure_open(self) -> None:
        """Raise `ClientClosedError` after `aclose`."""
        if self._origin._closed:
            raise ClientClosedError("this client was closed; make a new one")

    async def aclose(self) -> None:
        """Close the connections that were opened here; a client of the caller's is left open."""
        self._closed = True
        await self._sender.aclose()

    def _secrets(self, content: Content) -> Callable[[], Iterable[str]]:
        """Return what finds the texts that must not be shown; a function, whose repr shows none of them."""

        def find() -> Iterator[str]:
            json, files, _ = content
            for credentials in (self.config.app, self.config.dev):
                if credentials is not None:
                    yield from (credentials.key, credentials.secret, credentials.token)
            yield from texts_in_json(json)
            yield from texts_in_form(files)

        return find


class AsyncTransportSender:
    """Sends over connections of our own."""

    own = True
    __slots__ = ("_transports",)

    def __init__(self, config: Config) -> None:
        self._transports = AsyncTransports(config.base_url, fast=config.fast)

    async def send(self, request: Request, departure: Departure) -> ReceivedResponse:
        """Send a request, note that it may have left, and read its response."""
        return await (await self._transports.get()).send(request, departure)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transports.aclose()


class AsyncClientSender:
    """Sends with a client of the caller's, as it is: its TLS, proxies, hooks, headers, and timeouts by default."""

    own = False
    __slots__ = ("_http_client",)

    def __init__(self, http_client: AnyAsyncClient) -> None:
        # httpx2 does the same as httpx, and shares no class with it.
        self._http_client = cast("httpx.AsyncClient", http_client)

    async def send(self, request: Request, departure: Departure) -> ReceivedResponse:
        """Send a request, note that it may have left, and read its response."""
        from jsms_client._async.pool import read_response, total_timeout  # noqa: PLC0415 - a program loads what it uses

        client = self._http_client
        if client.is_closed:
            raise ClientClosedError("the http_client that this client sends with was closed; make a new one of both")
        method, url = request.target.method, str(request.target.url)
        sent = client.build_request(method, url, headers=request.headers, content=request.body or None)
        if request.timeouts_given:
            sent.extensions["timeout"] = dict(request.timeouts)
        sent.extensions["trace"] = departure.async_trace
        departure.may_have_left = None
        timeouts: Mapping[str, float | None] = sent.extensions["timeout"]
        async with async_fail_after(total_timeout(timeouts)):
            response = await client.send(sent, stream=True, auth=None, follow_redirects=False)
            try:
                async with async_fail_after(timeouts["read"]):
                    return await read_response(response, timeouts["read"])
            except DeadlineError as error:
                raise DeadlineError(f"the response was not complete after {timeouts['read']} s") from error
            finally:
                await response.aclose()

    async def aclose(self) -> None:
        """Leave the caller's client open."""


def open_async_sender(config: Config, http_client: AnyAsyncClient | None) -> AsyncTransportSender | AsyncClientSender:
    """Return what a client sends with; one of another kind would fail only after the request has left."""
    if http_client is None:
        return AsyncTransportSender(config)
    for family in ("httpx", "httpx2"):
        kind = getattr(sys.modules.get(family), "AsyncClient", None)
        if kind is not None and isinstance(http_client, kind):
            return AsyncClientSender(http_client)
    given = type(cast("object", http_client))
    raise ConfigurationError(
        f"http_client is a {given.__module__.partition('.')[0]}.{given.__qualname__}: "
        "AsyncJSMS takes an httpx.AsyncClient or httpx2.AsyncClient"
    )


async def _write(work: Callable[[], None]) -> None:
    # A cancelled caller must not leave the store half written.
    await async_shield(partial(run_in_thread, work))


async def _take(claim: Claim) -> tuple[int, object] | None:
    taken: list[tuple[int, object] | None] = []
    gone = False

    async def take() -> None:
        taken.append(await run_in_thread(claim.take))
        if gone and taken == [None]:  # pragma: no cover - a blocking call is not cancelled
            # The caller was cancelled meanwhile, and will send nothing.
            await run_in_thread(claim.give_back)

    try:
        await async_shield(take)
    except BaseException:
        gone = True
        raise
    return taken[0]
