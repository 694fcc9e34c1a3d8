"""The whole sandbox as one ASGI app: the service, and the sandbox's own pages beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from jsms_sandbox.service.endpoint import Service
from jsms_sandbox.service.response import Receive, Scope, Send, json_answer, send_answer
from jsms_sandbox.settings import OWN
from jsms_sandbox.simulation.callbacks import Deliveries
from jsms_sandbox.state.state import State

if TYPE_CHECKING:
    from jsms_sandbox.admin.app import AdminApp


class Application:
    """Sends each request to the service or to the sandbox's own side.

    Args:
        state: The state that both share.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.service = Service(state)
        self.deliveries = Deliveries(state)
        self._own: AdminApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        if not scope["path"].startswith("/"):
            _take_path_of_absolute_form(scope)
        path: str = scope["path"]
        if path == f"{OWN}/readyz":
            await send_answer(send, json_answer({"ready": True}))
        elif path == OWN or path.startswith(f"{OWN}/"):
            await self._admin_app()(scope, receive, send)
        else:
            await self.service(scope, receive, send)

    def _admin_app(self) -> AdminApp:
        """The page and the test API, made when they are first asked for: what they import takes time to load."""
        if self._own is None:
            from jsms_sandbox.admin.app import AdminApp  # noqa: PLC0415 - no part of starting up

            self._own = AdminApp(self.service, self.deliveries)
        return self._own


def _take_path_of_absolute_form(scope: Scope) -> None:
    """Route ``http://host/path``, the form that clients use behind a proxy, as ``/path``."""
    scheme, _, rest = scope["raw_path"].decode("latin-1").partition("://")
    if scheme.lower() in ("http", "https"):
        raw_path = "/" + rest.partition("/")[2]
        scope["raw_path"], scope["path"] = raw_path.encode("latin-1"), unquote(raw_path)
