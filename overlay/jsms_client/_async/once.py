"""Carry out a request at most once for a key, in all processes that share a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jsms_client._async.executor import AsyncHTTPExecutor
from jsms_client._concurrency import AsyncShieldedTask, run_in_thread
from jsms_client._response import ParsedResponse, ReceivedResponse
from jsms_client.errors import ConfigurationError, NotSentError
from jsms_client.store._once import Answer, Claim

if TYPE_CHECKING:
    from jsms_client._request import Files
    from jsms_client.store import Store


class AsyncOnceExecutor:
    """Takes the place of an `AsyncHTTPExecutor` for one call; all attempts of the call are one request to it.

    Args:
        executor: What carries the request out.
        store: Where the key is kept.
        key: What the caller gave as ``once``.

    Raises:
        ConfigurationError: There is no store.
    """

    __slots__ = ("_executor", "_key", "_store", "_writes")

    def __init__(self, executor: AsyncHTTPExecutor, store: Store | None, key: str) -> None:
        if store is None:
            raise ConfigurationError('once needs a store that remembers the key: give the client one, store="jsms.db"')
        self._executor = executor
        self._store = store
        self._key = key
        # A cancelled caller must not leave the store half written.
        self._writes = AsyncShieldedTask()

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
        """Carry out one operation, or give the response that it had before.

        Args:
            method: The HTTP method, in any case.
            url: The path below the base URL.
            json: The body.
            files: Handed on.
            params: The query.
            headers: Handed on.

        Raises:
            JSMSError: What the request raised, or the store.
        """
        self._executor.ensure_open()
        operation = self._executor.find(method, url).id
        claim = Claim(
            self._store, self._key, self._executor.once_scope, operation, [json, dict(params)] if params else json
        )
        earlier = await self._take(claim)
        if earlier is not None:
            return ParsedResponse(ReceivedResponse(earlier.status, {}, b"{}"), earlier.value)
        try:
            success = await self._executor.request(method, url, json=json, files=files, params=params, headers=headers)
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
