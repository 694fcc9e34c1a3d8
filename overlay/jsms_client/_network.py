"""The network backends of httpcore for new connections, and closing one at any moment."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

import httpcore

from jsms_client._concurrency import asyncio_loop

if TYPE_CHECKING:
    from collections.abc import Callable


def async_backend() -> httpcore.AsyncNetworkBackend:
    """Return the network backend of the running event loop."""
    if asyncio_loop() is None:
        return cast("httpcore.AsyncNetworkBackend", httpcore.TrioBackend())
    from jsms_client._asyncio_backend import AsyncioBackend  # noqa: PLC0415 - sync programs never load it

    return AsyncioBackend()


def backend() -> httpcore.NetworkBackend:
    """Return the network backend of threads."""
    return httpcore.SyncBackend()


def async_close_now(stream: httpcore.AsyncNetworkStream) -> None:
    """Close a connection without waiting, at any moment."""
    close: Callable[[], None] = getattr(stream, "abort", None) or stream.get_extra_info("socket").close
    with suppress(RuntimeError):  # its event loop has ended
        close()


def close_now(stream: httpcore.NetworkStream) -> None:
    """Close a connection."""
    stream.close()
