"""The sandbox's own side: the page, the test API, and their document."""

from __future__ import annotations

import functools
import json
import secrets
from collections.abc import Iterator
from http import HTTPStatus
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from jsms_sandbox.admin.api import TestAPI, problem_answer
from jsms_sandbox.admin.call import AdminContext
from jsms_sandbox.admin.problems import Problem, guard
from jsms_sandbox.service.endpoint import Service
from jsms_sandbox.settings import OWN
from jsms_sandbox.simulation.callbacks import Deliveries

API = f"{OWN}/api"
RUN_BYTES = 4


class OwnSide:
    """Answers everything below ``/_sandbox``.

    Args:
        service: The service that it looks into.
        deliveries: Who delivers its callbacks.
    """

    def __init__(self, service: Service, deliveries: Deliveries) -> None:
        self._hosts = service.state.settings.hosts
        self._api = TestAPI(AdminContext(service, deliveries, secrets.token_hex(RUN_BYTES)))

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


CONTRACT = f"{OWN}/openapi.json"


def contract_answer(scope: Scope) -> Response:
    """The contract with this sandbox as its first server, so that "try it" never reaches the real service."""
    document: dict[str, Any] = json.loads(resources.files("jsms_contract").joinpath("openapi.json").read_bytes())
    root = str(Request(scope).base_url).rstrip("/")
    document["servers"] = [{"url": f"{root}/v1", "description": "Sandbox"}]
    return JSONResponse(document, headers={"cache-control": "no-store", "x-content-type-options": "nosniff"})


TYPES: Final = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
    "ico": "image/x-icon",
}
INDEX = "index.html"
NONCE = b"{{nonce}}"
"""Stands in the page where the nonce of the answer belongs."""

NO_PAGE = "This sandbox was built without its page. The test API works: GET /_sandbox/api/openapi.json describes it.\n"


def page_answer(name: str) -> Response:
    """One file of the page, by its name; the empty name is the page itself."""
    name = name or INDEX
    ending = name.rpartition(".")[2]
    file = _files().get(name)
    if file is None:
        if name == INDEX:
            return Response(NO_PAGE, HTTPStatus.SERVICE_UNAVAILABLE, _headers("none"), "text/plain")
        return Response("There is no such file.\n", HTTPStatus.NOT_FOUND, _headers("none"), "text/plain")
    nonce = secrets.token_urlsafe(16)
    content = file.read_bytes()
    if ending == "html":
        content = content.replace(NONCE, nonce.encode())
    return Response(content, HTTPStatus.OK, _headers(f"nonce-{nonce}"), TYPES[ending])


@functools.cache
def _files() -> dict[str, Traversable]:
    """The page's files by their path: no other name is looked up on the disk."""
    folder = resources.files("jsms_sandbox") / "page"
    return dict(_below(folder, "")) if folder.is_dir() else {}


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{prefix}{entry.name}/")
        elif entry.name.rpartition(".")[2] in TYPES:
            yield f"{prefix}{entry.name}", entry


def to_page() -> Response:
    """The answer where the slash at the end is missing."""
    return Response(status_code=HTTPStatus.PERMANENT_REDIRECT, headers={**_headers("none"), "location": "/_sandbox/"})


def _headers(source: str) -> dict[str, str]:
    policy = (
        f"default-src 'none'; script-src '{source}'; style-src '{source}'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "content-security-policy": policy,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
