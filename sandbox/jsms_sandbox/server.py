"""Run the sandbox with uvicorn: HTTP and HTTPS in one event loop, which also drives the clock."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import uvicorn

from jsms_sandbox.asgi import Application
from jsms_sandbox.simulation.scheduler import register_handlers
from jsms_sandbox.state.startup import start
from jsms_sandbox.state.state import State

IPV4 = 4
BACKLOG = 2048
LARGEST_HEAD = 64 * 1024
"""Bytes of a request line and its headers; a larger request is refused with 400."""
STOP_WITHIN = 1
"""Real seconds that open requests get to finish once the sandbox stops."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the sandbox can be reached.

    Attributes:
        http: The base URL without ``/v1``.
        https: The same over TLS; None without it.
        everywhere: Whether it listens on every address of the machine, of which the URLs name but one.
    """

    http: str
    https: str | None = None
    everywhere: bool = False


class Server:
    """One sandbox on one or two sockets.

    Args:
        state: What it serves. Started by ``run``.
        http: A bound socket for HTTP.
        https: A bound socket for HTTPS, with its TLS context.
    """

    def __init__(
        self,
        state: State,
        http: socket.socket,
        https: tuple[socket.socket, ssl.SSLContext] | None = None,
    ) -> None:
        self.state = state
        self.application = Application(state)
        self._http = http
        self._https = https
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._asked_to_stop = False
        self.listening = Listening(
            _url("http", http), _url("https", https[0]) if https else None, _address(http).is_unspecified
        )

    async def run(self, ready: Callable[[Server], None] | None = None) -> None:
        """Serve until ``stop``.

        Args:
            ready: Called once requests are served.

        Raises:
            OSError: A socket cannot be served on.
        """
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        if self._asked_to_stop:
            self._stopping.set()
        state = self.state
        register_handlers(state, self.application.deliveries)
        start(state)
        servers = [_Uvicorn(_config(self.application), self._http)]
        if self._https is not None:
            servers.append(_Uvicorn(_config(self.application, self._https[1]), self._https[0]))
        timer = asyncio.create_task(self._drive_clock())
        serving = [asyncio.create_task(server.serve_socket()) for server in servers]
        up = asyncio.create_task(_all_up(servers))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            ended: set[asyncio.Future[Any]] = {stopping, *serving}
            await asyncio.wait({up, *ended}, return_when=asyncio.FIRST_COMPLETED)
            if up.done() and ready is not None:
                ready(self)
            await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
            for task in serving:
                if task.done():
                    task.result()  # raises what kept it from serving
        finally:
            up.cancel()
            stopping.cancel()
            state.events.close()
            for server in servers:
                server.should_exit = True
            await asyncio.gather(*serving, return_exceptions=True)
            timer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await timer
            state.commit()
            state.storage.close()

    def stop(self) -> None:
        """Stop serving, or not begin at all. Can be called from any thread and from a signal."""
        self._asked_to_stop = True
        if self._loop is not None and self._stopping is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)

    async def _drive_clock(self) -> None:
        """Do due work in time even when no request comes."""
        clock = self.state.clock
        changed = asyncio.Event()
        clock.on_change = changed.set
        while True:
            due = clock.next_due()
            wait = None if due is None or clock.frozen else max(due - clock.now(), 0.0)
            changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), wait)
            if not clock.frozen:
                clock.run_due()


class _Uvicorn(uvicorn.Server):
    """uvicorn on our socket, without its signal handlers."""

    def __init__(self, config: uvicorn.Config, listen: socket.socket) -> None:
        super().__init__(config)
        self._listen = listen
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and set ``up``."""
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Install no signal handlers."""
        yield

    async def serve_socket(self) -> None:
        """Serve until ``should_exit``."""
        await self.serve(sockets=[self._listen])


async def _all_up(servers: list[_Uvicorn]) -> None:
    for server in servers:
        await server.up.wait()


def bind(host: str, port: int) -> socket.socket:
    """Open a listening socket: connections wait until they are served.

    It listens at once to find out whether the address is taken: two sockets may be bound to one address, but only one
    can listen.

    Raises:
        OSError: The address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small writes at once only where the protocol is named; else each response waits 40 ms for the
    # acknowledgement of its head.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(BACKLOG)
    except BaseException:
        bound.close()
        raise
    bound.set_inheritable(False)
    return bound


def _config(application: Application, tls: ssl.SSLContext | None = None) -> uvicorn.Config:
    config = uvicorn.Config(
        application,
        http="h11",  # httptools drops the body of a request with an Upgrade header, which Java's HttpClient sends
        h11_max_incomplete_event_size=LARGEST_HEAD,
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=STOP_WITHIN,
    )
    config.load()
    logging.getLogger("uvicorn.error").addFilter(_is_no_upgrade_notice)
    if tls is not None:
        config.ssl = tls
    return config


def _is_no_upgrade_notice(record: logging.LogRecord) -> bool:
    """Filter what uvicorn logs for each request that offers an upgrade: the request is served without one."""
    return not record.getMessage().startswith(("Unsupported upgrade request", "No supported WebSocket library"))


def _url(scheme: str, bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    address = _address(bound)
    if address.is_unspecified:
        host = "127.0.0.1" if address.version == IPV4 else "::1"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _address(bound: socket.socket) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(bound.getsockname()[0])
