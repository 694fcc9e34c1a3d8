"""Whether something has replaced methods of httpx or httpcore: mocks in tests, and what traces requests.

They must see every request, whatever the transport. So what goes around the replaced methods otherwise goes through
them as long as they are replaced.
"""

from __future__ import annotations

from functools import cache
from types import FunctionType

import httpx

_ORIGINAL = frozenset(("httpcore", "httpx"))
_CLIENTS: tuple[tuple[type, str], ...] = ((httpx.Client, "send"), (httpx.AsyncClient, "send"))


def is_instrumented() -> bool:
    """Whether a client or transport of httpx, or a pool or connection of httpcore, is not what it was."""
    return _are_replaced(_transports()) or _are_replaced(_CLIENTS)


def clients_are_replaced() -> bool:
    """Whether a client of httpx is not what it was."""
    return _are_replaced(_CLIENTS)


@cache
def _transports() -> tuple[tuple[type, str], ...]:
    import httpcore  # noqa: PLC0415 - it loads trio where that is installed

    return (
        (httpx.HTTPTransport, "handle_request"),
        (httpx.AsyncHTTPTransport, "handle_async_request"),
        (httpcore.ConnectionPool, "handle_request"),
        (httpcore.AsyncConnectionPool, "handle_async_request"),
        (httpcore.HTTPConnection, "handle_request"),
        (httpcore.AsyncHTTPConnection, "handle_async_request"),
    )


def _are_replaced(methods: tuple[tuple[type, str], ...]) -> bool:
    for owner, name in methods:
        method = getattr(owner, name)
        # Wrappers copy the name of what they wrap and its module, but not its globals.
        if type(method) is not FunctionType or method.__globals__["__name__"].partition(".")[0] not in _ORIGINAL:
            return True
    return False
