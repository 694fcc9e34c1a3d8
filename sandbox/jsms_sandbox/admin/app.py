"""The ASGI app of ``/_sandbox``: the page, the test API, the contract, and the check of Host and Origin."""

from __future__ import annotations

import functools
import ipaddress
import json
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from http import HTTPStatus
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from jsms_sandbox.admin.models import Problem
from jsms_sandbox.admin.request import AdminContext
from jsms_sandbox.admin.router import Router, problem_response
from jsms_sandbox.service.endpoint import Service
from jsms_sandbox.settings import OWN
from jsms_sandbox.simulation.callbacks import Deliveries

API = f"{OWN}/api"
RUN_BYTES = 4


class AdminApp:
    """Handles everything below ``/_sandbox``.

    Args:
        service: The service that it inspects.
        deliveries: Delivers its callbacks.
    """

    def __init__(self, service: Service, deliveries: Deliveries) -> None:
        self._hosts = service.state.settings.hosts
        self._api = Router(AdminContext(service, deliveries, secrets.token_hex(RUN_BYTES)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        path: str = scope["path"]
        refused = guard(scope, self._hosts)
        if refused is not None:
            await problem_response(refused)(scope, receive, send)
        elif path == API or path.startswith(f"{API}/"):
            await self._api(path.removeprefix(API), scope, receive, send)
        elif path == CONTRACT and scope["method"] == "GET":
            await contract_response(scope)(scope, receive, send)
        else:
            await _page(path, scope["method"])(scope, receive, send)


def _page(path: str, method: str) -> Response:
    if method not in ("GET", "HEAD"):
        return problem_response(
            Problem("wrong_method", f"{method[:20]} is not for the page.", "Use GET.", "method", {"allow": "GET, HEAD"})
        )
    if path == OWN:
        return to_page()
    response = page_response(path.removeprefix(f"{OWN}/"))
    if method == "HEAD":
        response.body = b""
        if response.status_code == HTTPStatus.OK:
            del response.headers["content-length"]
    return response


CONTRACT = f"{OWN}/openapi.json"


def contract_response(scope: Scope) -> Response:
    """Serve the contract with this sandbox as its first server, so that "try it" never reaches the real service."""
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
"""The placeholder of the nonce in the page."""

NO_PAGE = "This sandbox was built without its page. The test API works: GET /_sandbox/api/openapi.json describes it.\n"


def page_response(name: str) -> Response:
    """Serve one file of the page, by its name; the empty name is the page itself."""
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
    """Index the page's files by their path: no other name is looked up on the disk."""
    folder = resources.files("jsms_sandbox") / "page"
    return dict(_below(folder, "")) if folder.is_dir() else {}


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{prefix}{entry.name}/")
        elif entry.name.rpartition(".")[2] in TYPES:
            yield f"{prefix}{entry.name}", entry


def to_page() -> Response:
    """Redirect to the page's path with a slash at its end."""
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


LOCAL_NAME = "localhost"
# Reserved for private networks and for tests: names below them cannot be registered. host.docker.internal is one.
PRIVATE_DOMAINS = (f".{LOCAL_NAME}", ".internal", ".test")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
LABELS = re.compile(rf"{LABEL.pattern}(?:\.{LABEL.pattern})*")


def guard(scope: Mapping[str, Any], hosts: Collection[str]) -> Problem | None:
    """Check Host and Origin.

    Args:
        scope: The request's ASGI scope.
        hosts: The names, in lower case, that the sandbox may be reached under in addition to this machine's own.

    Returns:
        Why the request is refused; None where it may pass.
    """
    named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    host = named[0].strip().lower() if len(named) == 1 else ""
    name = host_name(host)
    if name is None or not _is_ours(name, scope, hosts):
        return Problem(
            "refused_host",
            f"The Host {host[:100]!r} is not the sandbox's.",
            _remedy(name),
            "header.host",
        )
    for key, value in scope["headers"]:
        origin = value.decode("latin-1").strip().lower() if key == b"origin" else None
        if origin is not None and origin != f"{scope['scheme']}://{host}":
            return Problem(
                "refused_origin",
                f"The Origin {origin[:100]!r} is not the sandbox's: pages of other sites may not use it.",
                "Call it from your tests or your server, or open its own page.",
                "header.origin",
            )
    return None


def host_name(host: str) -> str | None:
    """Parse the name or address in a Host header, without port and brackets; None if it is malformed."""
    if host.startswith("["):
        name, bracket, port = host[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            return None
        port = port[1:]
    else:
        name, _, port = host.partition(":")
    if not name or (port and not (port.isascii() and port.isdigit())):
        return None
    return name.removesuffix(".")


def _remedy(name: str | None) -> str:
    if name is None or not LABELS.fullmatch(name):
        return "Use 127.0.0.1 or localhost, or start it with --allow-host and the name you use."
    return (
        f"Start the sandbox with --allow-host {name} or JSMS_SANDBOX_ALLOW_HOST={name}, or use 127.0.0.1 or localhost."
    )


def _is_ours(name: str, scope: Mapping[str, Any], hosts: Collection[str]) -> bool:
    if name in hosts or "*" in hosts or name == LOCAL_NAME or name.endswith(PRIVATE_DOMAINS):
        return True
    if any(each.startswith(".") and name.endswith(each) for each in hosts):
        return True
    reached_at = _address((scope.get("server") or ("",))[0])
    address = _address(name)
    if address is None:
        # A name without a dot is one of a private network, such as a container's: no public name server resolves it.
        # On the loopback address nothing needs it.
        return reached_at is not None and not reached_at.is_loopback and LABEL.fullmatch(name) is not None
    # The address that the connection came in on: it cannot be made to point elsewhere.
    return address.is_loopback or address == reached_at


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
