"""What the generated functions take as their client."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, cast

from jsms_client._api import APIClientBase, wrong_kind

if TYPE_CHECKING:
    import httpx

    from jsms_client._async.executor import AsyncHTTPExecutor


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
        """Return what the generated functions send with; it has no more than the ``request`` they call."""
        return cast("httpx.AsyncClient", self._executor)

    def get_httpx_client(self) -> NoReturn:
        """Return the generated functions of the other kind.

        Raises:
            ConfigurationError: Always.
        """
        raise wrong_kind()
