"""What the resources carry out their operations with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from jsms_client._async.executor import AsyncHTTPExecutor
from jsms_contract.operations import OPERATIONS

if TYPE_CHECKING:
    from jsms_client._async.once import AsyncOnceExecutor
    from jsms_client.store import Store
    from jsms_runtime.resource import Parts


class AsyncCarrier:
    """Carries out operations of the contract, without the models of ``jsms_api``.

    Args:
        executor: What carries out the requests.
        store: What the app's processes share; None for nothing.
        once: The key of the one call that it is for; None for any number of calls.
    """

    __slots__ = ("_executor", "_sender", "_store")

    def __init__(self, executor: AsyncHTTPExecutor, store: Store | None = None, once: str | None = None) -> None:
        self._executor = executor
        self._store = store
        self._sender: AsyncHTTPExecutor | AsyncOnceExecutor = executor
        if once is not None:
            from jsms_client._async.once import AsyncOnceExecutor  # noqa: PLC0415 - a program loads what it uses

            self._sender = AsyncOnceExecutor(executor, store, once)

    def once(self, key: str) -> AsyncCarrier:
        """The same for one call, which is sent at most once for a key.

        Args:
            key: What the caller gave as ``once``.

        Raises:
            ConfigurationError: The client has no store.
        """
        return AsyncCarrier(self._executor, self._store, key)

    @property
    def clock_ahead(self) -> float:
        """How many seconds the service's clock is ahead of this machine's, by its last response; 0 where unknown."""
        return self._executor.clock_ahead

    @property
    def identity(self) -> tuple[str, str]:
        """Which service and which app the requests are for: the address, and a hash of the app's key."""
        return self._executor.identity

    async def request_json(self, operation: str, json: object = None, **parts: Unpack[Parts]) -> object:
        """Carry out an operation.

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


__all__ = ["AsyncCarrier"]
