"""Drivers that make a call with the sync or async client, on asyncio or trio, over each transport."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Literal, Protocol, TypedDict, TypeVar, Unpack

import trio

from example_server import EXAMPLE_CREDENTIALS
from jsms_client import JSMS, AsyncJSMS, RetryPolicy, Telemetry, Timeouts
from jsms_client._events import OnEvent

from .calls import Call

T = TypeVar("T")

APP_KEY, MASTER_SECRET = EXAMPLE_CREDENTIALS["appAuth"]
DEV_KEY, DEV_SECRET = EXAMPLE_CREDENTIALS["devAuth"]
SECRETS = (APP_KEY, MASTER_SECRET, DEV_KEY, DEV_SECRET)
ATTEMPTS = 2
QUICK = RetryPolicy(attempts=ATTEMPTS, backoff=0, max_backoff=0)
PATIENCE = 60.0
"""What tests wait for must come; how slow the machine is decides nothing."""


class Settings(TypedDict, total=False):
    """What a test may change of a client."""

    timeout: float | Timeouts
    retry: RetryPolicy
    on_event: OnEvent
    transport: Literal["httpx", "fast"]
    telemetry: bool | Telemetry


class Driver(Protocol):
    """Makes calls on a client of its own."""

    def make(self, call: Call) -> object:
        """Make a call through a resource."""
        ...

    def make_generated(self, call: Call) -> object:
        """Make a call through a generated function, and hand back what it parsed."""
        ...

    def close(self) -> None:
        """Close the client."""
        ...


def sync_client(base_url: str, **settings: Unpack[Settings]) -> JSMS:
    """Make a client with all credentials that retries without a pause."""
    settings.setdefault("retry", QUICK)
    settings.setdefault("timeout", PATIENCE)
    return JSMS(APP_KEY, MASTER_SECRET, dev_key=DEV_KEY, dev_secret=DEV_SECRET, base_url=base_url, **settings)


def async_client(base_url: str, **settings: Unpack[Settings]) -> AsyncJSMS:
    """Make an asynchronous client with all credentials that retries without a pause."""
    settings.setdefault("retry", QUICK)
    settings.setdefault("timeout", PATIENCE)
    return AsyncJSMS(APP_KEY, MASTER_SECRET, dev_key=DEV_KEY, dev_secret=DEV_SECRET, base_url=base_url, **settings)


class SyncDriver:
    """Calls on a JSMS."""

    def __init__(self, base_url: str, **settings: Unpack[Settings]) -> None:
        self.client = sync_client(base_url, **settings)

    def make(self, call: Call) -> object:
        """Make a call through a resource."""
        return call.on(self.client)

    def make_generated(self, call: Call) -> object:
        """Make a call through a generated function."""
        return call.generated_on(self.client).parsed

    def close(self) -> None:
        """Close the client."""
        self.client.close()


class AsyncioDriver:
    """Calls on an AsyncJSMS, one after the other in one event loop."""

    def __init__(self, base_url: str, **settings: Unpack[Settings]) -> None:
        self.client = async_client(base_url, **settings)
        self.runner = asyncio.Runner()

    def make(self, call: Call) -> object:
        """Make a call through a resource."""
        return self.runner.run(call.on_async(self.client))

    def make_generated(self, call: Call) -> object:
        """Make a call through a generated function."""
        return self.runner.run(call.generated_on_async(self.client)).parsed

    def close(self) -> None:
        """Close the client and the loop."""
        self.runner.run(self.client.aclose())
        self.runner.close()


class TrioDriver:
    """Calls on an AsyncJSMS, each with a client of its own, on trio."""

    def __init__(self, base_url: str, **settings: Unpack[Settings]) -> None:
        self.base_url = base_url
        self.settings = settings

    def make(self, call: Call) -> object:
        """Make a call through a resource."""
        return self._run(call.on_async)

    def make_generated(self, call: Call) -> object:
        """Make a call through a generated function."""
        return self._run(call.generated_on_async).parsed

    def close(self) -> None:
        """Close the client and its event loop."""

    def _run(self, make: Callable[[AsyncJSMS], Coroutine[object, object, T]]) -> T:
        async def once() -> T:
            async with async_client(self.base_url, **self.settings) as client:
                return await make(client)

        return trio.run(once)


DRIVERS: Mapping[str, Callable[..., Driver]] = {
    "sync": SyncDriver,
    "asyncio": AsyncioDriver,
    "trio": TrioDriver,
    "sync-fast": partial(SyncDriver, transport="fast"),
    "asyncio-fast": partial(AsyncioDriver, transport="fast"),
    "trio-fast": partial(TrioDriver, transport="fast"),
}
