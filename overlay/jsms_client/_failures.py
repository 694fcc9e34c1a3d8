"""Classify transport exceptions: ours or foreign, request sent or not, temporary or permanent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from traceback import walk_tb
from types import FrameType

from jsms_client._concurrency import DeadlineError
from jsms_runtime.errors import is_raised_by_handler

# Errors that httpx raises before it has written a byte of the request.
_NOT_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol")
# What aiohttp raises only then.
_NEVER_CONNECTED = frozenset(("ClientConnectorError", "ConnectionTimeoutError"))
# Whose exceptions a transport raises; httpx2 is the successor of httpx.
_FAMILIES = ("httpx", "httpx2")
# What a transport may let through from below.
_BELOW = ("anyio", "h11", "httpcore", "httpcore2", "trio")
_ENTRANCES = ("handle_request", "handle_async_request")
# Whose frames hold the request: headers and body as they are written.
_HOLDING_REQUESTS = frozenset((*_FAMILIES, *_BELOW, "asyncio", "jsms_client", "socket", "ssl", "trio"))


def foreign(error: BaseException, *, own: bool) -> BaseException | None:
    """Return what came through the transport and is not its own, to be passed through; None for a failure of it."""
    if is_named(error, "TransportError", "DecodingError") or isinstance(error, DeadlineError):
        return interruption(error)
    # Our own transports raise nothing but httpx's exceptions.
    if own or not isinstance(error, Exception):
        return error
    # A caller's hook may fail to write a file; a caller's transport may let an error of its socket through.
    failed = isinstance(error, OSError) or _module(type(error)) in _BELOW
    if failed and any(frame.f_code.co_name in _ENTRANCES for frame, _ in walk_tb(error.__traceback__)):
        return interruption(error)
    return error


def interruption(error: BaseException) -> BaseException | None:
    """Return the exception of a signal handler that was taken for one of a socket; None where it was the socket.

    A handler runs in the middle of a system call, and may raise any exception, a TimeoutError too.
    """
    for cause in _causes(error):
        frames = [frame for frame, _ in walk_tb(cause.__traceback__)]
        # Caught inside the transport: an older exception, which the caller is handling, was not.
        inside = any(_holds_requests(frame) for frame in frames[:1])
        if inside and isinstance(cause, OSError) and is_raised_by_handler(cause):
            return cause
    return None


def request_not_sent(error: BaseException) -> bool:
    """Whether a request failed before a byte of it was written, so that a retry is always safe."""
    if not is_named(error, *_NOT_SENT):
        return is_unwritable(error)
    # httpx-aiohttp reports a connection that broke after the request as one that was never made.
    causes = {kind.__name__ for kind in type(error.__cause__).__mro__ if _module(kind) == "aiohttp"}
    return not causes or bool(causes & _NEVER_CONNECTED)


def is_unwritable(error: BaseException) -> bool:
    """Whether a request has something in its head that HTTP cannot carry, such as a header of the caller's client."""
    # Only while h11 looks at the head, all of it, before a byte is written; other breaches come later.
    return is_named(error, "LocalProtocolError") and str(error).startswith("Illegal ")


def is_timeout(error: BaseException) -> bool:
    """Whether a timeout ran out."""
    return is_named(error, "TimeoutException") or isinstance(error, TimeoutError)


def is_permanent(error: BaseException) -> bool:
    """Whether trying again cannot help: a certificate, proxy credentials or our head will not be others."""
    if is_unwritable(error) or is_proxy_refusal(error):
        return True
    # By name: a program that never meets TLS need not load it.
    return any(type(cause).__name__ == "SSLCertVerificationError" for cause in _causes(error))


def clear_requests(error: BaseException) -> None:
    """Take the request out of the frames of an exception: error trackers send away what is in them.

    Frames of other code, such as a hook of the caller's, keep what they have.
    """
    for cause in _causes(error):
        for frame, _ in walk_tb(cause.__traceback__):
            if _holds_requests(frame):
                with suppress(RuntimeError):  # it is still running
                    frame.clear()


def _holds_requests(frame: FrameType) -> bool:
    return frame.f_globals.get("__name__", "").partition(".")[0] in _HOLDING_REQUESTS


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception and all that led to it."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        cause = left.pop()
        if cause is not None and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            left += (cause.__cause__, cause.__context__)


def is_proxy_refusal(error: BaseException) -> bool:
    """Whether a proxy asks for other credentials."""
    return is_named(error, "ProxyError") and str(error).startswith("407")


def is_named(error: BaseException, *names: str) -> bool:
    """Whether it is one of these exceptions of httpx or httpx2."""
    return any(kind.__name__ in names and _module(kind) in _FAMILIES for kind in type(error).__mro__)


def _module(kind: type) -> str:
    return kind.__module__.partition(".")[0]
