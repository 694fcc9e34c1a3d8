"""Routing, authentication, and the access rules of an app."""

from __future__ import annotations

import functools
import hmac
import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import unquote

from jsms_contract.codes import (
    API_NOT_FOUND,
    APP_IN_BLACK,
    AUTH_FAILED,
    ILLEGAL_IP,
    MISSING_AUTH,
    NO_SMS_CODE_AUTH,
    REQUEST_METHOD_NOT_SUPPORT,
)
from jsms_contract.errors import ERRORS
from jsms_sandbox.contract import Operation, operations
from jsms_sandbox.service.request import AuthorizedRequest, Leniency, Refusal, Request, RoutedRequest
from jsms_sandbox.settings import Credentials
from jsms_sandbox.state.entities import App
from jsms_sandbox.state.state import State

PREFIX = "/v1"


@dataclass(frozen=True, slots=True)
class Routes:
    """Operations by path, then method: whole paths first, then those with ids, the one with the most text first."""

    literal: dict[str, dict[str, Operation]]
    templated: dict[re.Pattern[str], dict[str, Operation]]


@functools.cache
def routes() -> Routes:
    """Make the routes from the contract."""
    literal: dict[str, dict[str, Operation]] = {}
    templated: dict[str, dict[str, Operation]] = {}
    for (method, path), operation in operations().items():
        (templated if "{" in path else literal).setdefault(path, {})[method] = operation
    longest_first = sorted(templated, key=lambda path: -len(ID_IN_PATH.sub("", path)))
    return Routes(literal, {_pattern(path): templated[path] for path in longest_first})


ID_IN_PATH = re.compile(r"\{([^{}]+)\}")


def _pattern(path: str) -> re.Pattern[str]:
    """Compile a path to a pattern, each id in a group."""
    parts = ID_IN_PATH.split(path)
    return re.compile("".join("([^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)))


def route(request: Request) -> RoutedRequest:
    """Find the operation and the ids in the path.

    Raises:
        Refusal: There is no such path (50016), or not with this method (50018).
    """
    if not request.path.startswith(f"{PREFIX}/"):
        raise Refusal(API_NOT_FOUND, "path", "Every path of the API begins with %s/.", PREFIX)
    path = request.path[len(PREFIX) :]
    methods = routes().literal.get(path)
    if methods is None and path == "/sign/":
        request.tolerate(Leniency.SIGN_SLASH, API_NOT_FOUND, "path")
        methods = routes().literal.get("/sign")
    ids: tuple[str, ...] = ()
    if methods is None:
        methods, ids = _with_ids(path)
    if methods is None:
        raise Refusal(API_NOT_FOUND, "path", "Compare the path with the API's; ids must not be empty or hold a slash.")
    request.operation, request.allowed = methods.get(request.method), tuple(sorted(methods))
    if request.operation is None:
        allowed = ", ".join(request.allowed)
        raise Refusal(REQUEST_METHOD_NOT_SUPPORT, "method", "This path takes %s.", allowed, allow=request.allowed)
    request.path_values = dict(zip(ID_IN_PATH.findall(request.operation.path), ids, strict=True))
    return RoutedRequest(request, request.operation)


def _with_ids(path: str) -> tuple[dict[str, Operation] | None, tuple[str, ...]]:
    for pattern, methods in routes().templated.items():
        if match := pattern.fullmatch(path):
            return methods, tuple(unquote(each) for each in match.groups())
    return None, ()


def authenticate(state: State, routed: RoutedRequest) -> AuthorizedRequest:
    """Find the app that the credentials belong to.

    Raises:
        Refusal: There are none (50001), or they are not right (50002).
    """
    request = routed.raw
    if not (request.header("authorization") or "").strip():
        raise Refusal(MISSING_AUTH, "authentication", "Send HTTP Basic credentials in the Authorization header.")
    claimed = request.claimed()
    if claimed is None:
        raise Refusal(
            AUTH_FAILED, "authentication", "The Authorization header must be Basic, with key:secret in Base64."
        )
    key, secret = claimed
    dev = routed.operation.credentials == "dev"
    app = (state.apps_by_dev_key if dev else state.apps).get(key) or magic_app(state, key)
    if app is None:
        raise Refusal(AUTH_FAILED, "authentication", _unknown_key(state, key, dev=dev))
    if not hmac.compare_digest(secret.encode(), (app.dev_secret if dev else app.master_secret).encode()):
        raise Refusal(AUTH_FAILED, "authentication", "The key is right, the secret is not.")
    request.app = app
    return AuthorizedRequest(request, routed.operation, app)


def _unknown_key(state: State, key: str, *, dev: bool) -> str:
    if dev and key in state.apps:
        return "This operation takes devKey and devSecret; these are an app's."
    if not dev and key in state.apps_by_dev_key:
        return "This operation takes appKey and masterSecret; these are a developer account's."
    return "The sandbox does not know this key; it prints its keys when it starts."


def check_access(request: AuthorizedRequest) -> None:
    """Check the app's switches.

    Raises:
        Refusal: The address is not allowed (50035), the app is blacklisted (50036) or not enabled (50008), or its magic
            key asks for an error.
    """
    app, operation, client = request.app, request.operation, request.raw.client
    if app.allowed_ips and not any(_covers(allowed, client) for allowed in app.allowed_ips):
        raise Refusal(ILLEGAL_IP, "access", "The app allows %s, not %s.", ", ".join(app.allowed_ips), client)
    if app.blacklisted and APP_IN_BLACK in operation.codes:
        raise Refusal(APP_IN_BLACK, "access", "The app is switched to blacklisted.")
    if not app.sms_enabled and NO_SMS_CODE_AUTH in operation.codes:
        raise Refusal(NO_SMS_CODE_AUTH, "access", "The app's SMS service is switched off.")
    code = magic_code(app.app_key)
    if code is None:
        return
    if code in operation.codes:
        raise Refusal(code, "magic app key", "The key %s asks for code %s.", app.app_key, code)
    request.warn("%s has no error %s, which the key %s asks for.", operation.id, code, app.app_key)


def _covers(allowed: str, client: str) -> bool:
    try:
        return ipaddress.ip_address(client) in ipaddress.ip_network(allowed, strict=False)
    except ValueError:
        return allowed == client


KEY = re.compile(r"[0-9A-Za-z_.-]{1,64}", re.ASCII)
MAGIC_KEY = re.compile(r"sandboxapp[0-9]{9}([0-9]{5})", re.ASCII)


def magic_code(app_key: str) -> int | None:
    """Find the error code that a magic key asks for; None for any other key."""
    match = MAGIC_KEY.fullmatch(app_key)
    code = int(match[1]) if match else 0
    return code if code in ERRORS else None


def claimed_app(state: State, request: Request) -> App | None:
    """Find the app that a request names in its credentials, right or wrong; None if there is no such app."""
    claimed = request.claimed()
    if claimed is None:
        return None
    return state.apps.get(claimed[0]) or state.apps_by_dev_key.get(claimed[0])


def magic_app(state: State, key: str) -> App | None:
    """Find the app of a magic key, created at the first use; None for any other key.

    A magic key is its own secret, and its own developer key.
    """
    if magic_code(key) is None:
        return None
    try:
        return state.create_app(Credentials(key, key, key, key), name="magic")
    except ValueError:
        return None
