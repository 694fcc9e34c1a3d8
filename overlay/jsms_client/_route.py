"""The route to the service: direct or by proxy, TLS certificates, and the network."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from jsms_client._concurrency import asyncio_loop
from jsms_client.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    import httpcore

_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_PROXY_SCHEMES = frozenset(("http", "https", "socks5", "socks5h"))
_trusted: dict[tuple[object, ...], ssl.SSLContext] = {}


class Route(NamedTuple):
    """How the service is reached."""

    trust: ssl.SSLContext  # whose certificates are good
    proxy: httpx.Proxy | None
    handshakes: int  # how many TLS handshakes come before a request
    forwards: bool  # whether the proxy sees the requests and may respond itself
    fast: bool  # whether to use httptools, which knows no proxies


def find_route(base_url: str, *, fast: bool = False) -> Route:
    """Find how a service is reached: directly or by the environment's proxy, and whose certificates are good."""
    encrypted = urlsplit(base_url).scheme == "https"
    proxy_url = proxy_for(base_url)
    if proxy_url is None:
        return Route(_trust(needed=encrypted), None, int(encrypted), False, fast)
    scheme = _proxy_scheme(proxy_url)
    trust = _trust(needed=encrypted or scheme == "https")
    proxy = httpx.Proxy(proxy_url, ssl_context=trust if scheme == "https" else None)
    return Route(trust, proxy, encrypted + (scheme == "https"), not encrypted and scheme.startswith("http"), False)


def proxy_for(base_url: str) -> str | None:
    """Return the environment's proxy for an address, as every HTTP tool finds it; never for this machine itself."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if host in _LOOPBACK or proxy_bypass(host):
        return None
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    return found if found is None or "://" in found else f"http://{found}"


def _proxy_scheme(proxy_url: str) -> str:
    """Return the scheme of a proxy's address; raises `ConfigurationError` where the address cannot be used."""
    scheme = host = ""
    with suppress(ValueError, httpx.InvalidURL):
        parts = urlsplit(proxy_url)
        # Each raises for a port or a host that no socket takes.
        _ = httpx.URL(proxy_url), parts.port, (parts.hostname or "").encode("idna")
        scheme, host = parts.scheme, parts.hostname or ""
    if not host or proxy_url != proxy_url.strip() or not proxy_url.isprintable():
        raise _unusable_proxy("it is not a URL")
    if scheme not in _PROXY_SCHEMES:
        raise _unusable_proxy(f"its scheme is none of {', '.join(sorted(_PROXY_SCHEMES))}")
    if scheme.startswith("socks") and find_spec("socksio") is None:
        raise _unusable_proxy("a SOCKS proxy takes the package socksio: pip install 'httpx[socks]'")
    return scheme


def _trust(*, needed: bool) -> ssl.SSLContext:
    """Whose certificates are good: loaded once for all clients, threads and event loops of a process."""
    if not needed:
        import ssl  # noqa: PLC0415 - httpx loads it as late

        # Without TLS there is nothing to verify, and reading the certificates takes as long as sixty calls. Should this
        # ever be asked, it verifies, and trusts no certificate.
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
    """Return what the certificates were loaded from; another key when the settings or the file change."""
    file = os.environ.get("SSL_CERT_FILE")
    state = None
    with suppress(OSError, ValueError):
        found = Path(file).stat() if file else None
        state = found and (found.st_ino, found.st_mtime_ns, found.st_size)
    return file, state, os.environ.get("SSL_CERT_DIR")


def needs_trust(base_url: str) -> bool:
    return urlsplit(base_url).scheme == "https" and _trust_key() not in _trusted


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


def holds_more(encrypted: object) -> bool:
    """Whether more came over TLS than was read: on trio, and through a proxy with TLS, it has left the socket."""
    import ssl  # noqa: PLC0415 - httpcore has loaded it

    # A socket would wait; what has come for it is still there.
    if not isinstance(encrypted, ssl.SSLObject):
        return False
    try:
        encrypted.read(1)
    except ssl.SSLError as error:
        return not isinstance(error, ssl.SSLWantReadError)
    return True


async def async_connect_tcp(host: str, port: int, timeout: float | None) -> httpcore.AsyncNetworkStream:
    """Connect, on the running event loop."""
    if asyncio_loop() is None:
        import httpcore  # noqa: PLC0415 - it loads trio where that is installed

        backend = cast("httpcore.AsyncNetworkBackend", httpcore.TrioBackend())
        return await backend.connect_tcp(host, port, timeout)
    from jsms_client._asyncio_backend import connect_tcp  # noqa: PLC0415 - sync programs never load it

    return await connect_tcp(host, port, timeout)


def async_close_now(stream: httpcore.AsyncNetworkStream) -> None:
    """Close a connection without waiting, at any moment."""
    close: Callable[[], None] = getattr(stream, "abort", None) or stream.get_extra_info("socket").close
    with suppress(RuntimeError):  # its event loop has ended
        close()
