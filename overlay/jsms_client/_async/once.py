"""Carry out a request at most once for a key, in all processes that share a store."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from jsms_client._concurrency import AsyncShieldedTask
from jsms_client._response import ParsedResponse, ReceivedResponse
from jsms_client.errors import ConfigurationError, NotSentError
from jsms_client.store._once import Answer, Claim
from jsms_runtime.resource import run_in_thread

if TYPE_CHECKING:
    from jsms_client._request import Content
    from jsms_client.store import Store
    from jsms_runtime.operation import Operation


class AsyncExecutor(Protocol):
    """What carries the request out."""

    @property
    def once_scope(self) -> tuple[str, str, str]:
        """Service, app and secret."""
        ...

    def ensure_open(self) -> None:
        """Refuse to go on with a closed client."""
        ...

    async def send(self, operation: Operation, path: str, content: Content) -> ParsedResponse:
        """Send a request, as often as that is safe."""
        ...


class AsyncOnceExecutor:
    """Takes the place of an executor for one call; all attempts of the call are one request to it.

    Args:
        executor: What carries the request out.
        store: Where the key is kept.
        key: What the caller gave as ``once``.

    Raises:
        ConfigurationError: There is no store.
    """

    __slots__ = ("_executor", "_key", "_store", "_writes")

    def __init__(self, executor: AsyncExecutor, store: Store | None, key: str) -> None:
        if store is None:
            raise ConfigurationError('once needs a store that remembers the key: give the client one, store="jsms.db"')
        self._executor = executor
        self._store = store
        self._key = key
        # A cancelled caller must not leave the store half written.
        self._writes = AsyncShieldedTask()

    async def send(self, operation: Operation, path: str, content: Content) -> ParsedResponse:
        """Send a request, or give the response that it had before.

        Args:
            operation: What is asked for.
            path: Its path below the base URL.
            content: What it carries.

        Raises:
            JSMSError: What the request raised, or the store.
        """
        self._executor.ensure_open()
        json, _, params = content
        claim = Claim(
            self._store, self._key, self._executor.once_scope, operation.id, [json, dict(params)] if params else json
        )
        earlier = await self._take(claim)
        if earlier is not None:
            return ParsedResponse(ReceivedResponse(earlier.status, {}, b"{}"), earlier.value)
        try:
            success = await self._executor.send(operation, path, content)
        except NotSentError:
            await self._write(claim.give_back)
            raise
        await self._write(lambda: claim.accept(Answer(success.status_code, success.json())))
        return success

    async def _write(self, work: Callable[[], None]) -> None:
        async def write() -> None:
            await run_in_thread(work)

        await self._writes.run(write)

    async def _take(self, claim: Claim) -> Answer | None:
        taken: list[Answer | None] = []
        gone = False

        async def take() -> None:
            taken.append(await run_in_thread(claim.take))
            if gone and taken == [None]:  # pragma: no cover - a blocking call is not cancelled
                # The caller was cancelled meanwhile, and will send nothing.
                await run_in_thread(claim.give_back)

        try:
            await self._writes.run(take)
        except BaseException:
            gone = True
            raise
        return taken[0]
