"""Drivers that send with the sync client, or with the async one on asyncio or trio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol, TypeVar

import trio

from jsms_client import JSMS, AsyncJSMS, RetryPolicy
from jsms_client.campaigns import Campaign

T = TypeVar("T")

TEMPLATE = 1250
"""A notice of the sandbox with one parameter, number."""
SETTINGS: Mapping[str, Any] = {"retry": RetryPolicy(attempts=1), "timeout": 60.0}


def settings_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a test client."""
    return {**SETTINGS, **settings}


def _with_template(options: Mapping[str, Any]) -> dict[str, Any]:
    return {"temp_id": TEMPLATE, **options}


class Driver(Protocol):
    """Sends campaigns with a client of its own for each."""

    def send(self, settings: Mapping[str, Any], recipients: Any, **options: Any) -> Any:
        """Send one; ``temp_id`` may be left out."""
        ...

    def settle(self, settings: Mapping[str, Any], journal: Any, *more: Any, **options: Any) -> Campaign:
        """Settle one, or several."""
        ...

    def cancel(self, settings: Mapping[str, Any], journal: Any) -> Campaign:
        """Take one back."""
        ...


class SyncDriver:
    """By a JSMS."""

    def send(self, settings: Mapping[str, Any], recipients: Any, **options: Any) -> Any:
        """Send one."""
        with JSMS(**settings_of(settings)) as jsms:
            send: Callable[..., Any] = jsms.campaigns.send
            return send(recipients, **_with_template(options))

    def settle(self, settings: Mapping[str, Any], journal: Any, *more: Any, **options: Any) -> Campaign:
        """Settle one, or several."""
        with JSMS(**settings_of(settings)) as jsms:
            return jsms.campaigns.settle(journal, *more, **options)

    def cancel(self, settings: Mapping[str, Any], journal: Any) -> Campaign:
        """Take one back."""
        with JSMS(**settings_of(settings)) as jsms:
            return jsms.campaigns.cancel(journal)


class AsyncDriver:
    """By an AsyncJSMS.

    Args:
        run: Runs an async function.
    """

    def __init__(self, run: Callable[[Callable[[], Coroutine[Any, Any, Any]]], Any]) -> None:
        self._run = run

    def send(self, settings: Mapping[str, Any], recipients: Any, **options: Any) -> Any:
        """Send one."""

        async def send() -> Any:
            async with AsyncJSMS(**settings_of(settings)) as jsms:
                campaign: Callable[..., Any] = jsms.campaigns.send
                return await campaign(recipients, **_with_template(options))

        return self._run(send)

    def settle(self, settings: Mapping[str, Any], journal: Any, *more: Any, **options: Any) -> Campaign:
        """Settle one, or several."""

        async def settle() -> Campaign:
            async with AsyncJSMS(**settings_of(settings)) as jsms:
                return await jsms.campaigns.settle(journal, *more, **options)

        campaign: Campaign = self._run(settle)
        return campaign

    def cancel(self, settings: Mapping[str, Any], journal: Any) -> Campaign:
        """Take one back."""

        async def cancel() -> Campaign:
            async with AsyncJSMS(**settings_of(settings)) as jsms:
                return await jsms.campaigns.cancel(journal)

        campaign: Campaign = self._run(cancel)
        return campaign


def run_on_asyncio(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it on asyncio."""
    return asyncio.run(work())


DRIVERS: Mapping[str, Driver] = {
    "sync": SyncDriver(),
    "asyncio": AsyncDriver(run_on_asyncio),
    "trio": AsyncDriver(trio.run),
}
