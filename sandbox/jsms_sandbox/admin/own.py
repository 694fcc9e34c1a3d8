"""The sandbox's own side, below ``/_sandbox``: guarded, then the page or the test API."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from jsms_sandbox.admin.api import TestAPI, problem_answer
from jsms_sandbox.admin.call import Sandbox
from jsms_sandbox.admin.guards import guard
from jsms_sandbox.admin.own_contract import CONTRACT, contract_answer
from jsms_sandbox.admin.page import page_answer, to_page
from jsms_sandbox.admin.problems import Problem
from jsms_sandbox.asgi import OWN
from jsms_sandbox.service.endpoint import Service
from jsms_sandbox.simulation.callbacks import Deliveries
from jsms_sandbox.simulation.faults import FaultList

API = f"{OWN}/api"
RUN_BYTES = 4


class OwnSide:
    """Answers everything below ``/_sandbox``.

    Args:
        service: The service that it looks into.
        faults: The faults of its requests.
        deliveries: Who delivers its callbacks.
    """

    def __init__(self, service: Service, faults: FaultList, deliveries: Deliveries) -> None:
        self._hosts = service.world.settings.hosts
        self._api = TestAPI(Sandbox(service, faults, deliveries, secrets.token_hex(RUN_BYTES)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        path: str = scope["path"]
        refused = guard(scope, self._hosts)
        if refused is not None:
            await problem_answer(refused)(scope, receive, send)
        elif path == API or path.startswith(f"{API}/"):
            await self._api(path.removeprefix(API), scope, receive, send)
        elif path == CONTRACT and scope["method"] == "GET":
            await contract_answer(scope)(scope, receive, send)
        else:
            await _page(path, scope["method"])(scope, receive, send)


def _page(path: str, method: str) -> Response:
    if method not in ("GET", "HEAD"):
        return problem_answer(
            Problem("wrong_method", f"{method[:20]} is not for the page.", "Use GET.", "method", {"allow": "GET, HEAD"})
        )
    if path == OWN:
        return to_page()
    response = page_answer(path.removeprefix(f"{OWN}/"))
    if method == "HEAD":
        response.body = b""
        if response.status_code == HTTPStatus.OK:
            del response.headers["content-length"]
    return response
