"""Choose and open the transport: one for each process, or for each event loop of each process.

A transport has the interface of `httpx.BaseTransport` or `httpx.AsyncBaseTransport`. It sends a request at most once,
keeps the timeouts in ``request.extensions["timeout"]``, raises httpx's exceptions, and sets ``may_have_left`` of
``request.extensions["departure"]`` as soon as it knows (see `_request.Departure`).
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass
from weakref import WeakKeyDictionary, ref

import httpx

from jsms_client._concurrency import PerProcess, asyncio_loop
from jsms_client._timeouts import async_sleep
from jsms_client.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Callable

_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_PROXY_SCHEMES = frozenset(("http", "https", "socks5", "socks5h"))
_trusted: dict[tuple[object, ...], ssl.SSLContext] = {}


class Route(NamedTuple):
    """How the service is reached.

    Attributes:
        trust: Whose certificates are good.
        proxy: The proxy; None for none.
        layers: How many TLS handshakes come before a request.
        forwards: Whether the proxy sees the requests and may respond itself.
        fast: Whether to use httptools, which knows no proxies.
    """

    trust: ssl.SSLContext
    proxy: httpx.Proxy | None
    layers: int
    forwards: bool
    fast: bool


class Transports(PerProcess["httpx.BaseTransport"]):
    """The transports of one client: one for each process.

    Args:
        base_url: The service's address.
        fast: Whether to use the extra ``fast``.
    """

    __slots__ = ()

    def __init__(self, base_url: str, *, fast: bool) -> None:
        super().__init__(partial(open_transport, base_url, fast=fast))

    def close(self) -> None:
        """Close this process's transport."""
        found = self.pop()
        if found is not None:
            found.close()


class AsyncTransports:
    """The transports of one client: one for each event loop of each process.

    Args:
        base_url: The service's address.
        fast: Whether to use the extra ``fast``.
    """

    __slots__ = ("_base_url", "_fast", "_loops")

    def __init__(self, base_url: str, *, fast: bool) -> None:
        self._base_url = base_url
        self._fast = fast
        self._loops: WeakKeyDictionary[object, dict[int, _Opened]] = WeakKeyDictionary()

    async def get(self) -> httpx.AsyncBaseTransport:
        """This event loop's transport.

        Raises:
            ConfigurationError: The environment names a proxy or certificates that cannot be used.
        """
        loop, pid = _event_loop(), os.getpid()
        processes = self._loops.get(loop)
        if processes is not None and pid in processes:
            return processes[pid].transport
        opened = _Opened(await open_async_transport(self._base_url, fast=self._fast))
        self._remove_closed()
        kept = self._loops.setdefault(loop, {}).setdefault(pid, opened)
        # When two tasks open one, the first to store it wins, and the other's is dropped unused.
        if kept is opened:
            await opened.watch()
        return kept.transport

    async def aclose(self) -> None:
        """Close this event loop's transport."""
        opened = self._loops.get(_event_loop(), {}).pop(os.getpid(), None)
        if opened is not None:
            await opened.aclose()
            # asyncio closes a socket in its next round.
            await async_sleep(0)

    def _remove_closed(self) -> None:
        """Drop the transports of event loops that were closed: a program may run one loop for each piece of work."""
        for loop in list(self._loops):
            # A loop of trio cannot be asked; nothing that was opened there keeps it alive.
            is_closed: Callable[[], bool] | None = getattr(loop, "is_closed", None)
            if is_closed is not None and is_closed():
                self._loops.pop(loop, None)


class _Opened:
    """A transport, and what closes its idle connections when its event loop ends before `aclose` was called.

    An event loop closes its asynchronous generators before it ends: there is no other way to be called then.
    """

    __slots__ = ("__weakref__", "_watch", "transport")

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self.transport = transport
        self._watch = _at_the_end(ref(transport))

    async def watch(self) -> None:
        """Begin to wait for the end of the event loop."""
        await anext(self._watch)

    async def aclose(self) -> None:
        """Close the transport."""
        await self.transport.aclose()
        await self._watch.aclose()


async def _at_the_end(transport: ref[httpx.AsyncBaseTransport]) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        found = transport()
        if found is not None:
            await found.aclose()


def open_transport(base_url: str, *, fast: bool = False) -> httpx.BaseTransport:
    """Connections for the threads of one process; TLS is always verified.

    Args:
        base_url: The service's address.
        fast: Whether to use the extra ``fast``.

    Raises:
        ConfigurationError: The environment names a proxy or certificates that cannot be used.
    """
    route = find_route(base_url, fast=fast)
    from jsms_client._sync.pool import ConnectionPool  # noqa: PLC0415 - a program loads what it uses

    if not route.fast:
        return ConnectionPool(route)
    from jsms_client._sync.fast import FastConnection  # noqa: PLC0415 - an extra

    return ConnectionPool(route, FastConnection)


async def open_async_transport(base_url: str, *, fast: bool = False) -> httpx.AsyncBaseTransport:
    """Connections for the tasks of one event loop; TLS is always verified.

    Args:
        base_url: The service's address.
        fast: Whether to use the extra ``fast``.

    Raises:
        ConfigurationError: The environment names a proxy or certificates that cannot be used.
    """
    modules = _modules(fast=fast)
    if not modules <= sys.modules.keys() or _needs_trust(base_url):
        # Imports and certificates take tenths of a second, in which no other task would run.
        await _in_thread(lambda: _prepare(base_url, modules))
    from jsms_client._async.pool import AsyncConnectionPool  # noqa: PLC0415 - a program loads what it uses

    route = find_route(base_url, fast=fast)
    if not route.fast:
        return AsyncConnectionPool(route)
    from jsms_client._async.fast import AsyncFastConnection  # noqa: PLC0415 - an extra

    return AsyncConnectionPool(route, AsyncFastConnection)


def find_route(base_url: str, *, fast: bool = False) -> Route:
    """How a service is reached: directly or by the environment's proxy, and whose certificates are good.

    Args:
        base_url: The service's address.
        fast: Whether to use the extra ``fast``.

    Raises:
        ConfigurationError: The environment names a proxy or certificates that cannot be used.
    """
    proxy_url = proxy_for(base_url)
    proxy_scheme = "" if proxy_url is None else _proxy_scheme(proxy_url)
    encrypted = urlsplit(base_url).scheme == "https"
    trust = _trust(needed=encrypted or proxy_scheme == "https")
    proxy = None
    if proxy_url is not None:
        try:
            proxy = httpx.Proxy(proxy_url, ssl_context=trust if proxy_scheme == "https" else None)
        except (ValueError, httpx.InvalidURL):
            proxy_scheme = ""
        if not proxy_scheme:
            raise _unusable_proxy("it is not a URL")
    return Route(
        trust,
        proxy,
        encrypted + (proxy_scheme == "https"),
        not encrypted and proxy_scheme.startswith("http"),
        fast and proxy is None,
    )


def proxy_for(base_url: str) -> str | None:
    """The proxy of the environment for an address, as every HTTP tool finds it; never for this machine itself.

    Args:
        base_url: The service's address.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if host in _LOOPBACK or proxy_bypass(host):
        return None
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    return found if found is None or "://" in found else f"http://{found}"


def _proxy_scheme(proxy_url: str) -> str:
    """The scheme of a proxy's address; empty where the address cannot be used."""
    if proxy_url != proxy_url.strip() or not proxy_url.isprintable():
        return ""
    try:
        parts = urlsplit(proxy_url)
        # Raises ValueError for a port or a host that no socket takes.
        _ = parts.port
        host = (parts.hostname or "").encode("idna")
    except ValueError:
        return ""
    if parts.scheme not in _PROXY_SCHEMES:
        raise _unusable_proxy(f"its scheme is none of {', '.join(sorted(_PROXY_SCHEMES))}")
    if parts.scheme.startswith("socks") and find_spec("socksio") is None:
        raise _unusable_proxy("a SOCKS proxy takes the package socksio: pip install 'httpx[socks]'")
    return parts.scheme if host else ""


def _trust(*, needed: bool) -> ssl.SSLContext:
    """Whose certificates are good: loaded once for all clients, threads and event loops of a process."""
    if not needed:
        import ssl  # noqa: PLC0415 - httpx loads it as late

        # Without TLS there is nothing to verify, and reading the certificates takes as long as sixty calls. Should this
        # ever be asked, it verifies, and trusts nobody.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    key = _trust_key()
    found = _trusted.get(key)
    if found is None:
        try:
            found = httpx.create_ssl_context()
        except OSError as error:
            raise _unusable_certificates(error) from error
        _trusted.clear()
        _trusted[key] = found
    return found


def _trust_key() -> tuple[object, ...]:
    """What the certificates were loaded from; another key when the settings or the file change."""
    file = os.environ.get("SSL_CERT_FILE")
    state = None
    with suppress(OSError, ValueError):
        found = Path(file).stat() if file else None
        state = found and (found.st_ino, found.st_mtime_ns, found.st_size)
    return file, state, os.environ.get("SSL_CERT_DIR")


def _needs_trust(base_url: str) -> bool:
    return urlsplit(base_url).scheme == "https" and _trust_key() not in _trusted


def _modules(*, fast: bool) -> set[str]:
    """What the first request of this event loop imports."""
    needed = {"jsms_client._async.pool"}
    if asyncio_loop() is not None:
        needed.add("jsms_client._asyncio_backend")
    if fast:
        needed.add("jsms_client._async.fast")
    elif asyncio_loop() is not None:
        # httpcore's locks load it, at the first request.
        needed.add("anyio._backends._asyncio")
    return needed


def _prepare(base_url: str, modules: set[str]) -> None:
    """Load what takes long, for whoever calls `find_route` next."""
    for name in modules:
        with suppress(ModuleNotFoundError):
            import_module(name)
    find_route(base_url)


async def _in_thread(work: Callable[[], None]) -> None:
    # Not through anyio: loading that takes long itself.
    if asyncio_loop() is None:
        import trio  # noqa: PLC0415 - it must be running, as asyncio is not

        await trio.to_thread.run_sync(work)
    else:
        from asyncio import to_thread  # noqa: PLC0415 - sync programs never load it

        await to_thread(work)


def _event_loop() -> object:
    loop = asyncio_loop()
    if loop is not None:
        return loop
    import trio  # noqa: PLC0415 - it must be running, as asyncio is not

    return trio.lowlevel.current_trio_token()


def _unusable_proxy(problem: str) -> ConfigurationError:
    return ConfigurationError(
        f"the proxy in the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY) cannot be used: {problem}; "
        "correct it, name the service in NO_PROXY, or give an http_client of your own"
    )


def _unusable_certificates(error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"the certificates to trust cannot be read ({type(error).__name__}); "
        "correct SSL_CERT_FILE and SSL_CERT_DIR, or give an http_client of your own"
    )


__all__ = ["AsyncTransports", "Route", "Transports", "open_async_transport", "open_transport", "proxy_for"]
