"""Carry out a request at most once for a key, in all processes that share a store."""

from __future__ import annotations

from collections.abc import Callable

from jsms_client._concurrency import AsyncShieldedTask
from jsms_client._response import AsyncMethod, ParsedResponse, ReceivedResponse
from jsms_client.errors import NotSentError
from jsms_client.store._once import Claim, KeptResponse
from jsms_runtime.resource import run_in_thread


async def send_once(claim: Claim, send: AsyncMethod[[], ParsedResponse]) -> ParsedResponse:
    """Send the request of a claim, or give the response that it had before; all attempts of a call are one request.

    Raises:
        JSMSError: What the request raised, or the store.
    """
    earlier = await _take(claim)
    if earlier is not None:
        return ParsedResponse(ReceivedResponse(earlier.status, {}, b"{}"), earlier.value)
    try:
        success = await send()
    except NotSentError:
        await _write(claim.give_back)
        raise
    await _write(lambda: claim.accept(KeptResponse(success.status_code, success.json())))
    return success


async def _write(work: Callable[[], None]) -> None:
    async def write() -> None:
        await run_in_thread(work)

    # A cancelled caller must not leave the store half written.
    await AsyncShieldedTask().run(write)


async def _take(claim: Claim) -> KeptResponse | None:
    taken: list[KeptResponse | None] = []
    gone = False

    async def take() -> None:
        taken.append(await run_in_thread(claim.take))
        if gone and taken == [None]:  # pragma: no cover - a blocking call is not cancelled
            # The caller was cancelled meanwhile, and will send nothing.
            await run_in_thread(claim.give_back)

    try:
        await AsyncShieldedTask().run(take)
    except BaseException:
        gone = True
        raise
    return taken[0]
