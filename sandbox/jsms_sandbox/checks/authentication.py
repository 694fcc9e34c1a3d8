"""Who is calling: 50001, 50002."""

from __future__ import annotations

import hmac

from ..credentials import magic_app
from ..refusal import Refusal
from ..request import Request
from ..state.entities import App
from ..state.world import World

MISSING_AUTH, AUTH_FAILED = 50001, 50002


def authenticate(world: World, request: Request) -> App:
    """Find the app that the credentials belong to.

    Raises:
        Refusal: There are none (50001), or they are not right (50002).
    """
    if not (request.header("authorization") or "").strip():
        raise Refusal(MISSING_AUTH, "authentication", "Send HTTP Basic credentials in the Authorization header.")
    claimed = request.claimed()
    if claimed is None:
        raise Refusal(
            AUTH_FAILED, "authentication", "The Authorization header must be Basic, with key:secret in Base64."
        )
    key, secret = claimed
    dev = request.known_operation.credentials == "dev"
    app = (world.apps_by_dev_key if dev else world.apps).get(key) or magic_app(world, key)
    if app is None:
        raise Refusal(AUTH_FAILED, "authentication", _unknown_key(world, key, dev=dev))
    if not hmac.compare_digest(secret.encode(), (app.dev_secret if dev else app.master_secret).encode()):
        raise Refusal(AUTH_FAILED, "authentication", "The key is right, the secret is not.")
    return app


def _unknown_key(world: World, key: str, *, dev: bool) -> str:
    if dev and key in world.apps:
        return "This operation takes devKey and devSecret; these are an app's."
    if not dev and key in world.apps_by_dev_key:
        return "This operation takes appKey and masterSecret; these are a developer account's."
    return "The sandbox does not know this key; it prints its keys when it starts."
