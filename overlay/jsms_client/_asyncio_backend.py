"""A network backend of httpcore for asyncio: its own goes through anyio, at twice the cost of a call."""

from __future__ import annotations

import asyncio
import math
import select
import socket
import time
from typing import TYPE_CHECKING, Any, cast

import httpcore

from jsms_client._concurrency import deadline, future_within, settle

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable


_MOST_UNREAD = 256 * 1024
"""Above so many bytes that were not asked for yet, the sender has to wait."""


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Opens connections on the running event loop."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[object] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect; raises `httpcore.ConnectTimeout` or `httpcore.ConnectError`."""
        del local_address, socket_options
        try:
            async with asyncio.timeout(timeout):
                return await _connect(host, port, deadline(timeout))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error) or "timed out") from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error


async def _connect(host: str, port: int, end: float) -> _AsyncioStream:
    """Connect to the first address that can be reached.

    Not `create_connection` with a host: a cancellation may leave sockets of its happy eyeballs open.
    """
    loop = asyncio.get_running_loop()
    addresses = await _resolve(host, port)
    while True:
        family, kind, protocol, _, address = addresses.pop(0)
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            # A silent address leaves time for the others.
            async with asyncio.timeout(None if end == math.inf else (end - time.monotonic()) / (1 + len(addresses))):
                await loop.sock_connect(sock, address)
        except OSError:
            sock.close()
            if not addresses:
                raise
        except BaseException:
            sock.close()
            raise
        else:
            return _AsyncioStream(*await loop.create_connection(_Protocol, sock=sock))


async def _resolve(host: str, port: int) -> list[tuple[Any, ...]]:
    try:
        return [*socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)]
    except socket.gaierror:
        return [*await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class _Protocol(asyncio.Protocol):
    """Collects what arrives until it is read."""

    __slots__ = ("closed", "data", "error", "transport", "waiter", "write_waiter")

    def __init__(self) -> None:
        self.data = bytearray()
        self.closed = False
        self.error: Exception | None = None
        self.waiter: asyncio.Future[bool] | None = None
        self.write_waiter: asyncio.Future[bool] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.data += data
        if len(self.data) > _MOST_UNREAD and self.transport is not None:
            self.transport.pause_reading()
        settle(self.waiter)

    def eof_received(self) -> None:
        self.closed = True
        settle(self.waiter)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self.error = exc
        settle(self.waiter)
        self.resume_writing()

    def pause_writing(self) -> None:
        self.write_waiter = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        waiter, self.write_waiter = self.write_waiter, None
        settle(waiter)


class _AsyncioStream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, transport: asyncio.Transport, protocol: _Protocol) -> None:
        self._transport = transport
        self._protocol = protocol

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        protocol = self._protocol
        if not protocol.data and not protocol.closed:
            protocol.waiter = asyncio.get_running_loop().create_future()
            try:
                if not await future_within(protocol.waiter, timeout):
                    raise httpcore.ReadTimeout("timed out")
            finally:
                protocol.waiter = None
        if not protocol.data and protocol.error is not None:
            raise httpcore.ReadError(str(protocol.error)) from protocol.error
        data = bytes(protocol.data[:max_bytes])
        del protocol.data[:max_bytes]
        if not self._transport.is_reading() and not self._transport.is_closing():
            self._transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # On a connection that was lost meanwhile this does nothing, and `read` says why.
        self._transport.write(buffer)
        waiter = self._protocol.write_waiter
        if waiter is not None and not await future_within(waiter, timeout):
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
        try:
            async with asyncio.timeout(timeout):
                transport = await loop.start_tls(
                    self._transport, self._protocol, ssl_context, server_hostname=server_hostname
                )
            if transport is None:
                raise ConnectionResetError("the connection was closed during the TLS handshake")
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error) or "timed out") from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        self._protocol.transport = transport
        return _AsyncioStream(transport, self._protocol)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            # The event loop may not have had the time to look.
            return bool(self._protocol.data) or self._protocol.closed or _is_readable(self.get_extra_info("socket"))
        return self._transport.get_extra_info(info)


def _is_readable(sock: socket.socket) -> bool:
    if (make_poll := getattr(select, "poll", None)) is None:
        return bool(select.select([sock], [], [], 0)[0])
    poll = make_poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
