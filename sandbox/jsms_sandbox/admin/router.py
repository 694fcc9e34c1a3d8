"""Route the calls of the test API to its endpoints, and make the responses."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send

from jsms_sandbox.admin import openapi
from jsms_sandbox.admin.endpoint import Endpoint, run
from jsms_sandbox.admin.models import Problem, ProblemResponse
from jsms_sandbox.admin.request import AdminContext, AdminRequest
from jsms_sandbox.admin.resources import (
    apps,
    blocked,
    callbacks,
    clock,
    event_stream,
    faults,
    general,
    message_details,
    messages,
    replies,
    requests,
    reviews,
    schedules,
    seeding,
)
from jsms_sandbox.state.storage import StorageError

log = logging.getLogger("jsms_sandbox")

ENDPOINTS: tuple[Endpoint, ...] = (
    *general.ENDPOINTS,
    *seeding.ENDPOINTS,
    *messages.ENDPOINTS,
    *message_details.ENDPOINTS,
    *replies.ENDPOINTS,
    *requests.ENDPOINTS,
    *schedules.ENDPOINTS,
    *reviews.ENDPOINTS,
    *clock.ENDPOINTS,
    *apps.ENDPOINTS,
    *blocked.ENDPOINTS,
    *faults.ENDPOINTS,
    *callbacks.ENDPOINTS,
    *event_stream.ENDPOINTS,
)
DOCUMENT = "/openapi.json"
HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


class Router:
    """Everything below ``/_sandbox/api``.

    Args:
        sandbox: What it works on.
    """

    def __init__(self, sandbox: AdminContext) -> None:
        self._sandbox = sandbox
        self._routes: dict[str, tuple[re.Pattern[str], dict[str, Endpoint]]] = {}
        for endpoint in ENDPOINTS:
            # A blocked word may hold line breaks.
            pattern = re.compile(compile_path(endpoint.path)[0].pattern, re.DOTALL)
            self._routes.setdefault(endpoint.path, (pattern, {}))[1][endpoint.method] = endpoint
        self._document: Response | None = None

    async def __call__(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one call, whose path below ``/_sandbox/api`` is given."""
        response = await self._respond(path, Request(scope, receive))
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        await response(scope, receive, send)

    async def _respond(self, path: str, request: Request) -> Response:
        try:
            if path == DOCUMENT and request.method == "GET":
                return self._described()
            endpoint, parts = self._find(path, request.method)
            self._sandbox.state.clock.run_due()
            result = await run(endpoint, AdminRequest(self._sandbox, request, parts))
            self._sandbox.state.commit()
        except Problem as problem:
            return problem_response(problem)
        except StorageError as error:
            return problem_response(Problem("storage", str(error), "Free the file, or start the sandbox without --db."))
        except Exception:
            log.exception("The sandbox itself failed at %s %s", request.method, request.url.path)
            return problem_response(
                Problem("internal", "The sandbox itself failed.", "This is a bug; its log says more.")
            )
        if isinstance(result, Response):
            return result
        if isinstance(result, BaseModel):
            return Response(result.model_dump_json(), endpoint.status, media_type="application/json")
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _find(self, path: str, method: str) -> tuple[Endpoint, Mapping[str, str]]:
        allowed: set[str] = set()
        for pattern, endpoints in self._routes.values():
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if method in endpoints:
                return endpoints[method], match.groupdict()
            allowed |= endpoints.keys()
        if path == DOCUMENT:
            allowed.add("GET")
        if allowed:
            names = ", ".join(sorted(allowed))
            raise Problem(
                "wrong_method", f"{method[:20]} is not for {path[:100]!r}.", f"Use {names}.", "method", {"allow": names}
            )
        raise Problem(
            "not_found",
            f"There is nothing at {f'/_sandbox/api{path[:100]}'!r}.",
            "GET /_sandbox/api/openapi.json lists every path.",
            "path",
        )

    def _described(self) -> Response:
        if self._document is None:
            self._document = JSONResponse(openapi.document(ENDPOINTS))
        return self._document


def problem_response(problem: Problem) -> Response:
    """Make the response of a problem."""
    body = ProblemResponse(type=problem.type, error=problem.error, where=problem.where, remedy=problem.remedy)
    return Response(_text(body), problem.status, {**HEADERS, **problem.headers}, media_type="application/json")


def _text(body: ProblemResponse) -> bytes:
    return body.model_dump_json().encode("utf-8", "replace")
