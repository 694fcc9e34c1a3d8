"""Drivers that make a call with ``once``, with either client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import trio

from jsms_client import JSMS, AsyncJSMS, RetryPolicy

QUICK = RetryPolicy(attempts=2, backoff=0.0)
MOBILE = "13800138000"
PARAMETERS = {"number": "5"}
LATER = "2099-07-01 09:00:00"
# Resource, method, arguments, and the operation they ask for.
SENDS: Mapping[str, tuple[str, str, tuple[Any, ...], Mapping[str, Any]]] = {
    "sendCode": ("codes", "send", (MOBILE,), {"temp_id": 1}),
    "sendVoiceCode": ("codes", "send_voice", (MOBILE,), {"code": "4711", "ttl": 90}),
    "sendMessage": ("messages", "send", (MOBILE,), {"temp_id": 1250, "temp_para": PARAMETERS}),
    "sendMessageBatch": ("messages", "send_batch", ([(MOBILE, PARAMETERS), "13800138001"],), {"temp_id": 1250}),
    "createSchedule": (
        "schedules", "create", (MOBILE,), {"temp_id": 1250, "temp_para": PARAMETERS, "send_time": LATER}
    ),
    "createScheduleBatch": (
        "schedules", "create_batch", ([(MOBILE, PARAMETERS), "13800138001"],), {"temp_id": 1250, "send_time": LATER}
    ),
}  # fmt: skip


def _client_options(settings: Mapping[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return those of the options that are the client's."""
    given: dict[str, Any] = {
        name: more.pop(name) for name in ("store", "retry", "timeout", "http_client") if name in more
    }
    return {"retry": QUICK, **settings, **given}


Send = Callable[..., object]


def by_threads(operation: str, settings: Mapping[str, Any], **more: Any) -> object:
    """Make the call with a JSMS of its own."""
    resource, method, arguments, options = SENDS[operation]
    client_options = _client_options(settings, more)
    with JSMS(**client_options) as jsms:
        call: Callable[..., object] = getattr(getattr(jsms, resource), method)
        return call(*arguments, **{**options, **more})


async def by_tasks(operation: str, settings: Mapping[str, Any], **more: Any) -> object:
    """Make the call with an AsyncJSMS of its own."""
    resource, method, arguments, options = SENDS[operation]
    client_options = _client_options(settings, more)
    async with AsyncJSMS(**client_options) as jsms:
        call: Callable[..., Any] = getattr(getattr(jsms, resource), method)
        result: object = await call(*arguments, **{**options, **more})
        return result


def on_asyncio(operation: str, settings: Mapping[str, Any], **more: Any) -> object:
    """Run the same on asyncio."""
    return asyncio.run(by_tasks(operation, settings, **more))


def on_trio(operation: str, settings: Mapping[str, Any], **more: Any) -> object:
    """Run the same on trio."""

    async def run() -> object:
        return await by_tasks(operation, settings, **more)

    return trio.run(run)


DRIVERS: Mapping[str, Send] = {"sync": by_threads, "asyncio": on_asyncio, "trio": on_trio}
