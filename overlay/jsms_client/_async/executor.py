"""What the generated functions call instead of an httpx client: one request of the contract, carried out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from copy import copy
from functools import partial
from typing import TYPE_CHECKING

from jsms_client._async.senders import open_async_sender
from jsms_client._config import Config
from jsms_client._failures import clear_requests
from jsms_client._raw import note_response
from jsms_client._request import Departure, encode_files, encode_json, texts_in_form, texts_in_json, with_query
from jsms_client._response import ParsedResponse
from jsms_client._retry import Attempts
from jsms_client._routes import Routes
from jsms_client._timeouts import async_sleep
from jsms_client.errors import ClientClosedError, JSMSError
from jsms_contract.operations import OPERATIONS

if TYPE_CHECKING:
    from jsms_client._async.senders import AnyAsyncClient
    from jsms_client._request import Files
    from jsms_runtime.operation import Operation


class AsyncHTTPExecutor:
    """Carries out requests of the contract: credentials, timeouts, retries, and exceptions.

    Args:
        config: The client's settings.
        http_client: A client of the caller's to send with; None for connections of our own.
    """

    __slots__ = ("_closed", "_config", "_dated", "_origin", "_routes", "_sender")

    def __init__(self, config: Config, http_client: AnyAsyncClient | None) -> None:
        self._config = config
        self._sender = open_async_sender(config, http_client)
        self._routes = Routes(OPERATIONS)
        self._dated: tuple[str | None, float] = None, 0.0
        self._closed = False
        self._origin = self

    def with_config(self, config: Config) -> AsyncHTTPExecutor:
        """One with other timeouts, retries and headers, over the same connections.

        Args:
            config: The settings of this one, with these changed.
        """
        other = copy(self)
        other._config = config
        other._sender = self._sender.with_config(config)
        return other

    @property
    def config(self) -> Config:
        """The settings."""
        return self._config

    async def request(
        self,
        method: str,
        url: str,
        *,
        json: object = None,
        files: Files | None = None,
        params: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ParsedResponse:
        """Carry out one operation; called by the generated functions.

        Args:
            method: The HTTP method, in any case.
            url: The path below the base URL.
            json: The body of an operation that takes JSON.
            files: The form of an operation that takes one.
            params: The query.
            headers: What the generator would send; ours are used instead, its multipart boundary being a fixed one.

        Returns:
            What stands for an httpx response: a success, checked.

        Raises:
            JSMSError: Whatever else happens.
        """
        del headers
        self.ensure_open()
        operation = self.find(method, url)
        body = None
        if files is not None:
            body = encode_files(files, operation)
        elif operation.body is not None:
            body = encode_json(json, operation)
        request = self._sender.build(operation, with_query(url, params), body)
        config = self._config
        secrets = partial(self._secrets, json, files)
        call = Attempts(operation, config.retry, secrets, url, config.on_event, config.recorder)
        # Error trackers send away what is in the frames of an exception.
        del body, json, files
        while True:
            departure = Departure()
            try:
                with call.begin(request.headers):
                    received = await self._sender.send(request, departure)
            except BaseException as error:
                failure, pause = call.failed(error, departure, own=self._sender.own)
                clear_requests(error)
                if failure is error:
                    raise
                if pause is None and isinstance(failure, JSMSError):
                    raise failure from error
            else:
                note_response(received)
                self._dated = received.headers.get("date"), time.time()
                verdict = call.answered(received)
                if isinstance(verdict, ParsedResponse):
                    return verdict
                failure, pause = verdict
            if pause is None:
                raise failure
            await async_sleep(pause)

    def find(self, method: str, url: str) -> Operation:
        """The operation of a request.

        Args:
            method: The HTTP method, in any case.
            url: The path below the base URL.

        Raises:
            ArgumentError: An id is empty or is not one, or the contract has no such operation.
        """
        return self._routes.find(method.upper(), url)

    @property
    def clock_ahead(self) -> float:
        """How many seconds the service's clock is ahead of this machine's, by its last response; 0 where unknown."""
        from jsms_runtime.times import clock_difference  # noqa: PLC0415 - only for settling a campaign

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
        if self._origin._closed:
            raise ClientClosedError("this client was closed; make a new one")

    async def aclose(self) -> None:
        """Close the connections that were opened here; a client of the caller's is left open."""
        self._closed = True
        await self._sender.aclose()

    def _secrets(self, json: object, files: Files | None) -> Iterable[str]:
        for credentials in (self._config.app, self._config.dev):
            if credentials is not None:
                yield from (credentials.key, credentials.secret, credentials.token)
        yield from texts_in_json(json)
        yield from texts_in_form(files)


__all__ = ["AsyncHTTPExecutor"]
