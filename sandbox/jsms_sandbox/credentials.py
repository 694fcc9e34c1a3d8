"""What makes a well-formed key, and the magic keys that answer with an error of your choice."""

from __future__ import annotations

import functools
import re

from .contract import contract
from .request import Request
from .settings import Credentials
from .state.entities import App
from .state.world import World

SUCCESS = 50000
KEY = re.compile(r"[0-9A-Za-z_.-]{1,64}", re.ASCII)
MAGIC_KEY = re.compile(r"sandboxapp[0-9]{9}([0-9]{5})", re.ASCII)


@functools.cache
def refusing_codes() -> frozenset[int]:
    """Every code that a refusal can have: all but that of success."""
    return frozenset(contract().errors) - {SUCCESS}


def magic_code(app_key: str) -> int | None:
    """The error code that a magic key asks for; None for any other key."""
    match = MAGIC_KEY.fullmatch(app_key)
    code = int(match[1]) if match else 0
    return code if code in refusing_codes() else None


def claimed_app(world: World, request: Request) -> App | None:
    """The app that a request names in its credentials, right or wrong; None where there is no such app."""
    claimed = request.claimed()
    if claimed is None:
        return None
    return world.apps.get(claimed[0]) or world.apps_by_dev_key.get(claimed[0])


def magic_app(world: World, key: str) -> App | None:
    """The app of a magic key, made at its first use; None for any other key.

    A magic key is its own secret, and its own developer key.
    """
    if magic_code(key) is None:
        return None
    try:
        return world.create_app(Credentials(key, key, key, key), name="magic")
    except ValueError:
        return None
