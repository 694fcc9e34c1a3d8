"""One app of a running sandbox: what a test works with."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack

from pydantic import BaseModel, ConfigDict

from ..http.test_api import apps, callbacks, faults, messages, replies, requests, reviewed, seeding
from ..state.entities import MessageKind
from .account import Account, Wanted
from .api import LONGEST_WAIT, Api, SandboxCallError
from .clock import SandboxClock
from .switches import ClientSettings, Switches

if TYPE_CHECKING:
    from .server import SandboxServer

ANSWERS_WITHIN = 20.0
PAGE = 1_000
NO_CHANGE = -1
T = TypeVar("T", bound=BaseModel)
L = TypeVar("L", bound=BaseModel)


class Sandbox:
    """A JSMS for one test: an app of its own on a running sandbox.

    Calls block until the sandbox answers. In an async test whose app runs in the same event loop, let what waits for the
    app run beside it: ``await asyncio.to_thread(sandbox.wait_code, mobile)``.

    Attributes:
        settings: What a client is made with: ``JSMS(**sandbox.settings)``.
        environment: The same as JSMS_* variables, for a process of its own.
        url: The base URL.
        page_url: The inbox, to look at in a browser.
        clock: The sandbox's time.
    """

    def __init__(self, api: Api, app: apps.App, server: SandboxServer) -> None:
        self._api = api
        self._path = f"/apps/{app.app_key}"
        self._first_request = api.everywhere().get("/requests", requests.Requests, limit=1)
        self.settings = ClientSettings(
            app_key=app.app_key,
            master_secret=app.master_secret,
            dev_key=app.dev_key,
            dev_secret=app.dev_secret,
            base_url=server.base_url,
        )
        self.environment: Mapping[str, str] = {f"JSMS_{name.upper()}": str(value) for name, value in self.settings.items()}
        self.url = server.base_url
        self.page_url = server.page_url
        self.clock: SandboxClock = server.clock
