"""Connections on asyncio, as httpcore has them: its own go through anyio, at twice the cost of a call."""

from __future__ import annotations

import asyncio
import math
import select
import socket
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator


_MOST_UNREAD = 256 * 1024
"""Above so many bytes that were not asked for yet, the sender has to wait."""


async def connect_tcp(host: str, port: int, timeout: float | None = None) -> httpcore.AsyncNetworkStream:
    """Connect to the first address that can be reached; raises `httpcore.ConnectTimeout` or `httpcore.ConnectError`.

    Not `create_connection` with a host: a cancellation may leave sockets of its happy eyeballs open.
    """
    loop = asyncio.get_running_loop()
    end = math.inf if timeout is None else time.monotonic() + timeout
    async with _within(timeout):
        addresses = await _resolve(host, port)
        while True:
            *_, address = addresses.pop(0)
            # A silent address leaves time for the others.
            share = None if end == math.inf else (end - time.monotonic()) / (1 + len(addresses))
            try:
                # With the interface that a link-local address is for.
                numeric, _ = socket.getnameinfo(address, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)
                async with asyncio.timeout(share):
                    _, stream = await loop.create_connection(_AsyncioStream, numeric, address[1])
            except OSError:
                if not addresses:
                    raise
            else:
                return stream


@asynccontextmanager
async def _within(timeout: float | None) -> AsyncGenerator[None]:
    """Connect, and raise httpcore's exceptions."""
    try:
        async with asyncio.timeout(timeout):
            yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error) or "timed out") from error
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error


async def _resolve(host: str, port: int) -> list[tuple[Any, ...]]:
    try:
        return [*socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)]
    except socket.gaierror:
        return [*await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class _AsyncioStream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One connection: collects what arrives until it is read."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._data = bytearray()
        self._closed = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[bool] | None = None
        self._writer: asyncio.Future[bool] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._data += data
        if len(self._data) > _MOST_UNREAD:
            self._transport.pause_reading()
        _settle(self._reader)

    def eof_received(self) -> None:
        self._closed = True
        _settle(self._reader)

    def connection_lost(self, exc: Exception | None) -> None:
        self._error = exc
        self.eof_received()
        self.resume_writing()

    def pause_writing(self) -> None:
        self._writer = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        writer, self._writer = self._writer, None
        _settle(writer)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if not self._data and not self._closed:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                if not await _came_within(timeout, self._reader):
                    raise httpcore.ReadTimeout("timed out")
            finally:
                self._reader = None
        if not self._data and self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        data = bytes(self._data[:max_bytes])
        del self._data[:max_bytes]
        if not self._transport.is_reading() and not self._transport.is_closing():
            self._transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # On a connection that was lost meanwhile this does nothing, and `read` says why.
        self._transport.write(buffer)
        if self._writer is not None and not await _came_within(timeout, self._writer):
            raise httpcore.WriteTimeout("timed out")

    async def aclose(self) -> None:
        self.abort()

    def abort(self) -> None:
        """Close at once, without waiting."""
        self._transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        async with _within(timeout):
            transport = await loop.start_tls(self._transport, self, ssl_context, server_hostname=server_hostname)
            if transport is None:
                raise ConnectionResetError("the connection was closed during the TLS handshake")
            self._transport = transport
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            # The event loop may not have had the time to look.
            return bool(self._data) or self._closed or _is_readable(self.get_extra_info("socket"))
        return self._transport.get_extra_info(info)


async def _came_within(seconds: float | None, future: asyncio.Future[bool]) -> bool:
    """Wait for a future; False when that took too long. In a third of the time of `asyncio.timeout`."""
    if seconds is None:
        return await future
    timer = future.get_loop().call_later(seconds, _settle, future, False)
    try:
        return await future
    finally:
        timer.cancel()


def _settle(future: asyncio.Future[bool] | None, came: bool = True) -> None:
    if future is not None and not future.done():
        future.set_result(came)


def _is_readable(sock: socket.socket) -> bool:
    if (make_poll := getattr(select, "poll", None)) is None:
        return bool(select.select([sock], [], [], 0)[0])
    poll = make_poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
