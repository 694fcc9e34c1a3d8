"""What the generated functions take as their client, apart from how it sends."""

from __future__ import annotations

from typing import NoReturn

from jsms_api.client import AuthenticatedClient
from jsms_client.errors import ConfigurationError


class APIClientBase(AuthenticatedClient):
    """A generated client that leaves credentials, timeouts and connections to the client it belongs to.

    Args:
        base_url: The service's address, for show.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url=base_url, token="")

    def __repr__(self) -> str:
        """Return the address, and nothing that opens an account."""
        return f"<{type(self).__name__} {self._base_url}>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, as the client does.

        Raises:
            TypeError: Always.
        """
        raise TypeError("the api of a client belongs to its connections and cannot be pickled; make a client there")

    # The names of the arguments are the generator's.
    # ruff: noqa: ARG002

    def with_headers(self, headers: object) -> NoReturn:
        """Not here: hand an http_client with these headers to the client instead."""
        raise _elsewhere("headers")

    def with_cookies(self, cookies: object) -> NoReturn:
        """Not here: hand an http_client with these cookies to the client instead."""
        raise _elsewhere("cookies")

    def with_timeout(self, timeout: object) -> NoReturn:
        """Not here: the client takes a timeout."""
        raise _elsewhere("timeouts")

    def set_httpx_client(self, client: object) -> NoReturn:
        """Not here: the client takes an http_client."""
        raise _elsewhere("connections")

    def set_async_httpx_client(self, async_client: object) -> NoReturn:
        """Not here: the client takes an http_client."""
        raise _elsewhere("connections")


def wrong_kind() -> ConfigurationError:
    """Return the error for a generated function of the other kind."""
    return ConfigurationError(
        "functions named sync… take the api of a JSMS, functions named asyncio… that of an AsyncJSMS"
    )


def _elsewhere(what: str) -> ConfigurationError:
    return ConfigurationError(f"{what} belong to the client: give timeout or http_client when making it")
