"""The ASGI app: ``/v1`` is the service, ``/_sandbox`` the page and the test API."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from jsms_sandbox.service.endpoint import Service
from jsms_sandbox.service.response import Receive, Scope, Send, json_response, send_response
from jsms_sandbox.settings import OWN
from jsms_sandbox.simulation.callbacks import Deliveries
from jsms_sandbox.state.state import State

if TYPE_CHECKING:
    from jsms_sandbox.admin.app import AdminApp


class Application:
    """Routes each request to the service, or to the page and the test API.

    Args:
        state: The state that both share.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.service = Service(state)
        self.deliveries = Deliveries(state)
        self._admin: AdminApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            return
        if not scope["path"].startswith("/"):
            _take_path_of_absolute_form(scope)
        path: str = scope["path"]
        if path == f"{OWN}/readyz":
            await send_response(send, json_response({"ready": True}))
        elif path == OWN or path.startswith(f"{OWN}/"):
            await self._admin_app()(scope, receive, send)
        else:
            await self.service(scope, receive, send)

    def _admin_app(self) -> AdminApp:
        """Create the app for the page and the test API at its first request: its imports take time."""
        if self._admin is None:
            from jsms_sandbox.admin.app import AdminApp  # noqa: PLC0415 - no part of starting up

            self._admin = AdminApp(self.service, self.deliveries)
        return self._admin


def _take_path_of_absolute_form(scope: Scope) -> None:
    """Route ``http://host/path``, the form that clients use behind a proxy, as ``/path``."""
    scheme, _, rest = scope["raw_path"].decode("latin-1").partition("://")
    if scheme.lower() in ("http", "https"):
        raw_path = "/" + rest.partition("/")[2]
        scope["raw_path"], scope["path"] = raw_path.encode("latin-1"), unquote(raw_path)
