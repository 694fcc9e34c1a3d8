"""What a failure of httpx means: whether anything left, whether time ran out, whether trying again can help."""

from __future__ import annotations

import httpx

# Errors that httpx raises before it has written a byte of the request.
_NOTHING_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# What aiohttp raises only then.
_NEVER_CONNECTED = frozenset(("ClientConnectorError", "ConnectionTimeoutError"))


def nothing_left(error: Exception) -> bool:
    """Whether a request failed before a byte of it was written, so that repeating it is always safe.

    Args:
        error: What the transport raised.
    """
    if not isinstance(error, _NOTHING_LEFT):
        return is_unwritable(error)
    # httpx-aiohttp reports a connection that broke after the request as one that was never made.
    causes = {kind.__name__ for kind in type(error.__cause__).__mro__ if kind.__module__.startswith("aiohttp")}
    return not causes or bool(causes & _NEVER_CONNECTED)


def is_unwritable(error: BaseException) -> bool:
    """Whether a request has something in its head that HTTP cannot carry, such as a header of the caller's client.

    Args:
        error: What the transport raised.
    """
    # Only while h11 looks at the head, all of it, before a byte is written; other breaches come later.
    return isinstance(error, httpx.LocalProtocolError) and str(error).startswith("Illegal ")


def is_timeout(error: Exception) -> bool:
    """Whether a time limit ran out.

    Args:
        error: What the transport raised.
    """
    return isinstance(error, (httpx.TimeoutException, TimeoutError))


def is_lasting(error: Exception) -> bool:
    """Whether trying again cannot help: neither the other side's certificate nor our head will be another one.

    Args:
        error: What the transport raised.
    """
    if is_unwritable(error):
        return True
    cause: BaseException | None = error
    while cause is not None:
        # By name: a program that never meets TLS need not load it.
        if type(cause).__name__ == "SSLCertVerificationError":
            return True
        cause = cause.__cause__ or cause.__context__
    return False


__all__ = ["is_lasting", "is_timeout", "is_unwritable", "nothing_left"]
