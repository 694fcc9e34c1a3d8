"""What is another word in synchronous code. A rule that nothing needs any more is an error: none is left over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """How asynchronous source becomes synchronous.

    Attributes:
        names: Identifiers, each to what it becomes; replaced all at once, so that two may change places.
        prefix: What class names begin with, and lose.
        phrases: Pieces of docstrings and comments, each to what it becomes.
    """

    names: dict[str, str]
    prefix: str
    phrases: dict[str, str]


RULES = Rules(
    names={
        "_async": "_sync",
        "StopAsyncIteration": "StopIteration",
        "__aenter__": "__enter__",
        "__aexit__": "__exit__",
        "__aiter__": "__iter__",
        "__anext__": "__next__",
        "aclose": "close",
        "run_in_thread": "run_inline",
        "async_sleep": "sleep",
        "AsyncByteStream": "SyncByteStream",
        "async_backend": "backend",
        "async_close_now": "close_now",
        "async_fail_after": "fail_after",
        "async_trace": "trace",
        "open_async_sender": "open_sender",
        "asyncio_detailed": "sync_detailed",
        "get_async_httpx_client": "get_httpx_client",
        "get_httpx_client": "get_async_httpx_client",
        "handle_async_request": "handle_request",
    },
    prefix="Async",
    phrases={
        "may be shared by all of its tasks": "may be shared by all of its threads",
        "for each process and each event loop their own": "for each process its own",
        "written once, as async; `_sync` is made from this folder": "blocking; made from `_async`",
        "A call that is cancelled may": "A call that is interrupted may",
        "cancelling a send after it left": "interrupting a send after it left",
    },
)

__all__ = ["RULES", "Rules"]
