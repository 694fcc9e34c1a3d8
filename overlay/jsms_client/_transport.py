"""Choose and open the transport: an httpx transport for each process, or for each event loop.

A transport is a class with the interface of `httpx.BaseTransport` or `httpx.AsyncBaseTransport`. It sends a request at
most once and raises httpx's exceptions: those for a request of which nothing was sent (see `_retry.request_not_sent`)
only then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from jsms_client.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

    from jsms_client.aiohttp_transport import OnceTransport

# A connection that the service closes while it is idle costs a send its outcome: none is kept for long.
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=0.8)
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))


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


def _proxy(base_url: str) -> httpx.Proxy | None:
    found = proxy_for(base_url)
    # Before 0.26, a transport of httpx takes no text.
    return None if found is None else httpx.Proxy(found)


def open_transport(base_url: str) -> httpx.BaseTransport:
    """Connections for the threads of one process; TLS is always verified.

    Args:
        base_url: The service's address.

    Raises:
        ConfigurationError: The environment names a proxy or certificates that cannot be used.
    """
    try:
        return httpx.HTTPTransport(verify=_trust(base_url), proxy=_proxy(base_url), limits=_LIMITS, retries=0)
    except OSError as error:
        raise _unusable_certificates(error) from error
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise _unusable_proxy() from error


def open_async_transport(base_url: str) -> httpx.AsyncBaseTransport:
    """Connections for the tasks of one event loop; TLS is always verified.

    The one place that says which transport `AsyncJSMS` uses: aiohttp's where the extra ``fast`` is installed, on
    asyncio and without a proxy; otherwise httpx's own.

    Args:
        base_url: The service's address.

    Raises:
        ConfigurationError: The environment names a proxy or certificates that cannot be used.
    """
    try:
        proxy, trust = _proxy(base_url), _trust(base_url)
        if proxy is None and (fast := _fast_transport()) is not None:
            return fast(verify=trust)
        return httpx.AsyncHTTPTransport(verify=trust, proxy=proxy, limits=_LIMITS, retries=0)
    except OSError as error:
        raise _unusable_certificates(error) from error
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise _unusable_proxy() from error


def _fast_transport() -> type[OnceTransport] | None:
    import asyncio  # noqa: PLC0415 - sync programs never load it

    try:
        asyncio.get_running_loop()
        from jsms_client.aiohttp_transport import OnceTransport  # noqa: PLC0415 - an extra
    except (RuntimeError, ImportError):
        return None
    return OnceTransport


def _trust(base_url: str) -> ssl.SSLContext | bool:
    """Whose certificates are good, for httpx: everybody's that it trusts itself."""
    if urlsplit(base_url).scheme == "https":
        return True
    import ssl  # noqa: PLC0415 - httpx loads it as late

    # Without TLS there is nothing to verify, and reading the certificates takes as long as sixty calls. Should this
    # ever be asked, it verifies, and trusts nobody.
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _unusable_proxy() -> ConfigurationError:
    return ConfigurationError(
        "the proxy in the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY) cannot be used; "
        "correct it, name the service in NO_PROXY, or hand over an http_client of your own"
    )


def _unusable_certificates(error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"the certificates to trust cannot be read ({type(error).__name__}); "
        "correct SSL_CERT_FILE and SSL_CERT_DIR, or hand over an http_client of your own"
    )


__all__ = ["open_async_transport", "open_transport", "proxy_for"]
