"""What the generated functions take as their client."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Unpack, cast

from jsms_client._api import APIClientBase, wrong_kind
from jsms_client._async.executor import AsyncHTTPExecutor
from jsms_contract.operations import OPERATIONS

if TYPE_CHECKING:
    import httpx

    from jsms_client._async.once import AsyncOnceExecutor
    from jsms_client.store import Store
    from jsms_runtime.resource import Parts


class AsyncAPIClient(APIClientBase):
    """Hand it to any function of ``jsms_api.api`` as ``client``: same credentials, time limits and exceptions.

    Args:
        base_url: The service's address, for show.
        executor: What carries out the requests.
        store: What the app's processes share; None for nothing.
        once: The key of the one call that it is for; None for any number of calls.
    """

    def __init__(
        self, base_url: str, executor: AsyncHTTPExecutor, store: Store | None = None, once: str | None = None
    ) -> None:
        super().__init__(base_url)
        self._executor = executor
        self._store = store
        self._sender: AsyncHTTPExecutor | AsyncOnceExecutor = executor
        if once is not None:
            from jsms_client._async.once import AsyncOnceExecutor  # noqa: PLC0415 - a program loads what it uses

            self._sender = AsyncOnceExecutor(executor, store, once)

    def once(self, key: str | None) -> AsyncAPIClient:
        """The same client for one call that is sent at most once for a key; itself without a key.

        Args:
            key: What the caller gave as ``once``.

        Raises:
            ConfigurationError: The client has no store.
        """
        return self if key is None else AsyncAPIClient(self._base_url, self._executor, self._store, key)

    @property
    def clock_ahead(self) -> float:
        """How many seconds the service's clock is ahead of this machine's, by its last response; 0 where unknown."""
        return self._executor.clock_ahead

    @property
    def identity(self) -> tuple[str, str]:
        """Which service and which app the requests are for: the address, and a hash of the app's key."""
        return self._executor.identity

    async def request_json(self, operation: str, json: object = None, **parts: Unpack[Parts]) -> object:
        """Carry out an operation without the models of ``jsms_api``; the resources call it.

        Args:
            operation: Its operationId.
            json: The body, where it takes JSON, as the contract has it.
            **parts: The ``path`` with ids in it, the ``params`` of a query, the ``files`` of a form.

        Returns:
            The JSON of the response, of the shape that the contract gives; None where it has none.

        Raises:
            JSMSError: Whatever else happens.
        """
        known = OPERATIONS[operation]
        sent = await self._sender.request(
            known.method,
            parts.get("path", known.path),
            json=json,
            files=parts.get("files"),
            params=parts.get("params"),
        )
        return sent.json()

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """What the generated functions send with; it has no more than the ``request`` they call."""
        return cast("httpx.AsyncClient", self._sender)

    def get_httpx_client(self) -> NoReturn:
        """The generated functions of the other kind.

        Raises:
            ConfigurationError: Always.
        """
        raise wrong_kind()


__all__ = ["AsyncAPIClient"]
