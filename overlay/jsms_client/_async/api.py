"""The client for generated functions: finds the operation of each request; all else is the client's that it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn, cast

from jsms_api.client import AuthenticatedClient
from jsms_client._find_operation import find_operation
from jsms_client._request import encode_json
from jsms_client.errors import ConfigurationError

if TYPE_CHECKING:
    import httpx

    from jsms_client._async.executor import AsyncHTTPExecutor
    from jsms_client._response import ReceivedResponse
    from jsms_runtime.resource import Files


class AsyncAPIClient(AuthenticatedClient):
    """Hand it to any function of ``jsms_api.api`` as ``client``: same credentials, timeouts and exceptions."""

    def __init__(self, base_url: str, executor: AsyncHTTPExecutor) -> None:
        super().__init__(base_url=base_url, token="")
        self._executor = executor

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """Return what the generated functions send with: this, as they call no more than ``request``."""
        return cast("httpx.AsyncClient", self)

    def get_httpx_client(self) -> NoReturn:
        """Refuse the generated functions of the other kind."""
        raise ConfigurationError(
            "this api belongs to AsyncJSMS: call functions such as asyncio_detailed with it, none of the other kind"
        )

    def _refuse(self, *_given: object, **_named: object) -> NoReturn:
        """Not here: make a client with timeout or http_client."""
        raise ConfigurationError(
            "headers, cookies, timeouts and connections belong to the client: make one with timeout or http_client"
        )

    with_headers = with_cookies = with_timeout = set_httpx_client = set_async_httpx_client = _refuse

    async def request(
        self,
        method: str,
        url: str,
        *,
        json: object = None,
        files: Files | None = None,
        params: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ReceivedResponse:
        """Carry out one operation for a generated function, which reads the checked success like an httpx response."""
        # Ours are used instead, as the generator's multipart boundary is a fixed one.
        del headers
        content = (json, files, params)
        # Error trackers send away what is in the frames of an exception.
        del json, files, params
        self._executor.ensure_open()
        operation = find_operation(method.upper(), url)
        if operation.body == "json":
            # It is unchecked, and the JSON of ``fast`` also writes values that JSON does not have.
            encode_json(content[0], operation)
        return await self._executor.send(operation, url, content)

    def __repr__(self) -> str:
        """Return the address, and nothing that opens an account."""
        return f"<{type(self).__name__} {self._base_url}>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, as the client does."""
        raise TypeError("the api of a client belongs to its connections and cannot be pickled; make a client there")
