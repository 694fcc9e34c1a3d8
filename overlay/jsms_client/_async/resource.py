"""What every resource shares: the client it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsms_client._async.api import AsyncAPIClient
    from jsms_client._async.client import AsyncJSMS


class AsyncResource:
    """A group of operations of one client.

    Args:
        client: The client whose credentials, time limits and connections are used.
    """

    __slots__ = ("_api", "_client")

    def __init__(self, client: AsyncJSMS) -> None:
        self._client = client
        self._api: AsyncAPIClient = client.api

    def __repr__(self) -> str:
        """The kind of resource, and nothing of the client."""
        return f"<{type(self).__name__}>"


__all__ = ["AsyncResource"]
