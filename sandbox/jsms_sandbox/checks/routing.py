"""Which operation a path and method name: 50016, 50018."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from urllib.parse import unquote

from ..contract import Operation, contract
from ..leniency import Leniency, tolerate
from ..refusal import Refusal
from ..request import Request

PREFIX = "/v1"
NO_SUCH_PATH, NO_SUCH_METHOD = 50016, 50018


@dataclass(frozen=True, slots=True)
class Routes:
    """Operations by path, then method: whole paths first, then those with an id by the parts around it."""

    literal: dict[str, dict[str, Operation]]
    templated: dict[tuple[str, str], dict[str, Operation]]


@functools.cache
def routes() -> Routes:
    """All routes, out of the contract."""
    found = Routes({}, {})
    for (method, path), operation in contract().operations.items():
        before, brace, rest = path.partition("{")
        if brace:
            found.templated.setdefault((before, rest.partition("}")[2]), {})[method] = operation
        else:
            found.literal.setdefault(path, {})[method] = operation
    return found


def route(request: Request) -> None:
    """Find the operation and the id in the path.

    Raises:
        Refusal: There is no such path (50016), or not with this method (50018).
    """
    if not request.path.startswith(f"{PREFIX}/"):
        raise Refusal(NO_SUCH_PATH, "path", "Every path of the API begins with %s/.", PREFIX)
    path = request.path[len(PREFIX) :]
    if path == "/sign/":
        tolerate(request, Leniency.SIGN_SLASH, NO_SUCH_PATH, "path")
        path = "/sign"
    methods = routes().literal.get(path)
    if methods is None:
        methods, request.path_id = _with_id(path)
    if methods is None:
        raise Refusal(NO_SUCH_PATH, "path", "Compare the path with the API's; ids must not be empty or hold a slash.")
    request.operation, request.allowed = methods.get(request.method), tuple(sorted(methods))
    if request.operation is None:
        allowed = ", ".join(request.allowed)
        raise Refusal(NO_SUCH_METHOD, "method", "This path takes %s.", allowed, allow=request.allowed)


def _with_id(path: str) -> tuple[dict[str, Operation] | None, str | None]:
    for before, after in _longest_first():
        if path.startswith(before) and path.endswith(after):
            raw = path[len(before) : len(path) - len(after)] if after else path[len(before) :]
            if raw and "/" not in raw:
                return routes().templated[before, after], unquote(raw)
    return None, None


@functools.cache
def _longest_first() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(routes().templated, key=lambda around: -len(around[0]) - len(around[1])))
