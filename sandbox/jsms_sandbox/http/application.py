"""The whole sandbox as one ASGI app: the service, and the sandbox's own pages beside it."""

from __future__ import annotations

from ..answer import json_answer
from ..state.world import World
from .sending import Receive, Scope, Send, send_answer
from .service import Service

OWN = "/_sandbox"


class Application:
    """Sends each request to the service or to the sandbox's own side.

    Args:
        world: The state that both share.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.service = Service(world)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path == f"{OWN}/readyz":
            await send_answer(send, json_answer({"ready": True}))
        else:
            await self.service(scope, receive, send)
