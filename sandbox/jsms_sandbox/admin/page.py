"""The inbox page: a few files out of the package, with a policy that lets nothing else run."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Iterator
from http import HTTPStatus
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from starlette.responses import Response

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
