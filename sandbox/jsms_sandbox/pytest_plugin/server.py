"""A sandbox in a thread of the tests' process.

A thread, not a process: it starts in a fraction of the time, needs no output to be read, and is gone with the test run
however that ends. Tests still reach it over a socket, as they would reach the service.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Self

from ..http.test_api import apps
from ..server import Server, bind
from ..settings import Settings
from ..state.world import World
from .api import Api, SandboxCallError
from .clock import SandboxClock
from .sandbox import Sandbox

HOST = "127.0.0.1"
START_WITHIN = 60.0
STOP_WITHIN = 30.0


class SandboxServer:
    """A running sandbox; a context manager that stops it.

    Attributes:
        base_url: What clients take as their base URL.
        page_url: The inbox, to look at in a browser while a test stands still in a debugger.
        clock: Its time.

    Args:
        strict: Whether to refuse what existing clients send but the service does not document.
    """

    def __init__(self, *, strict: bool = False) -> None:
        socket = bind(HOST, 0)
        port = int(socket.getsockname()[1])
        self._server = Server(World(Settings(strict=strict)), socket)
        self._api = Api(HOST, port)
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="jsms-sandbox", daemon=True)
        self.base_url = f"http://{HOST}:{port}/v1"
        self.page_url = f"http://{HOST}:{port}/_sandbox/"
        self.clock = SandboxClock(self._api)

    def __enter__(self) -> Self:
        """Start; comes back when requests are answered.

        Raises:
            SandboxCallError: It did not start.
        """
        self._thread.start()
        if not self._ready.wait(START_WITHIN) or self._failure is not None:
            raise SandboxCallError("The sandbox did not start.") from self._failure
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.stop()
        self._thread.join(STOP_WITHIN)

    def new_app(self, name: str = "") -> Sandbox:
        """A JSMS of its own: credentials, templates, messages and balance that nobody else has.

        For fixtures that live longer than a test; a context manager that forgets it all.

        Args:
            name: What to call it on the page.
        """
        made = self._api.post("/apps", apps.App, {"name": name[: apps.LONGEST_NAME]})
        return Sandbox(self._api.of_app(made.app_key), made, self)

    def _run(self) -> None:
        try:
            asyncio.run(self._server.run(lambda _: self._ready.set()))
        except BaseException as error:  # noqa: BLE001  # whoever waits for the start raises it
            self._failure = error
            self._ready.set()
