"""Fill a state beyond its limits without HTTP, to measure its memory."""

from __future__ import annotations

import base64
import json

from jsms_sandbox.service.endpoint import Service
from jsms_sandbox.service.request import Request
from jsms_sandbox.simulation.callbacks import Deliveries
from jsms_sandbox.simulation.scheduler import register_handlers
from jsms_sandbox.state.entities import Credit
from jsms_sandbox.state.startup import start
from jsms_sandbox.state.state import State

PLENTY = 2**31 - 1


class Filler:
    """Sends messages to a state of its own, whose clock is frozen."""

    def __init__(self) -> None:
        self.state = State()
        register_handlers(self.state, Deliveries(self.state))
        start(self.state)
        self.state.clock.freeze()
        app = next(iter(self.state.apps.values()))
        app.credit = Credit(PLENTY, PLENTY, PLENTY, PLENTY)
        basic = base64.b64encode(f"{app.app_key}:{app.master_secret}".encode()).decode()
        self._headers = [("authorization", f"Basic {basic}"), ("content-type", "application/json")]
        self._service = Service(self.state)
        self._sent = 0

    def send(self, messages: int) -> None:
        """Send so many, each to another number."""
        for _ in range(messages):
            self._sent += 1
            order = {"mobile": f"139{self._sent:08d}", "temp_id": 1250, "temp_para": {"number": str(self._sent)}}
            request = Request("POST", "/v1/messages", list(self._headers), json.dumps(order).encode(), "127.0.0.1")
            response = self._service.respond(request)
            assert response.status == 200, response.body
