"""The client for the generated functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn, cast

from jsms_client._api import APIClientBase, find_operation, wrong_kind
from jsms_client._request import encode_json

if TYPE_CHECKING:
    import httpx

    from jsms_client._async.executor import AsyncHTTPExecutor
    from jsms_client._response import ParsedResponse
    from jsms_runtime.resource import Files


class AsyncAPIClient(APIClientBase):
    """Hand it to any function of ``jsms_api.api`` as ``client``: same credentials, timeouts and exceptions.

    Args:
        base_url: The service's address, for show.
        executor: What carries out the requests.
    """

    def __init__(self, base_url: str, executor: AsyncHTTPExecutor) -> None:
        super().__init__(base_url)
        self._executor = executor

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """Return what the generated functions send with: this, as they call no more than ``request``."""
        return cast("httpx.AsyncClient", self)

    def get_httpx_client(self) -> NoReturn:
        """Return the generated functions of the other kind.

        Raises:
            ConfigurationError: Always.
        """
        raise wrong_kind()

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
            What generated functions read in place of an httpx response: a success, checked.

        Raises:
            ArgumentError: An id is empty or is not one, or the contract has no such operation.
            JSMSError: Whatever else happens.
        """
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
