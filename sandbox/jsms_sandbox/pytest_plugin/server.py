"""A sandbox in a child process of the tests.

A process, not a thread: what tests patch in their own (the time, ``asyncio.sleep``, sockets, HTTP transports) does not
reach it. It ends with the test run however that ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Self

from jsms_sandbox.admin.resources import apps
from jsms_sandbox.pytest_plugin.api import Api, SandboxCallError, SandboxClock
from jsms_sandbox.pytest_plugin.sandbox import Sandbox

HOST = "127.0.0.1"


class SandboxServer:
    """A running sandbox; a context manager that stops it.

    Attributes:
        base_url: What clients take as their base URL; set by entering the block, as are the next two.
        page_url: The inbox, to look at in a browser while a test is stopped in a debugger.
        clock: Its time.

    Args:
        strict: Whether to refuse what existing clients send but the service does not document.
    """

    base_url: str
    page_url: str
    clock: SandboxClock

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict

    def __enter__(self) -> Self:
        """Start; returns when requests are served.

        Raises:
            SandboxCallError: It did not start.
        """
        self._process = subprocess.Popen(  # noqa: S603 - our own code
            [
                sys.executable,
                "-P",
                "-c",
                f"from jsms_sandbox.threaded import serve_parent; serve_parent(strict={self._strict})",
            ],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        port = self._process.stdout.readline()
        if not port:
            self._stop()
            raise SandboxCallError("The sandbox did not start; its error output says why.")
        address = f"http://{HOST}:{int(port)}"
        self.base_url, self.page_url = f"{address}/v1", f"{address}/_sandbox/"
        self._api = Api(HOST, int(port))
        self.clock = SandboxClock(self._api)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._stop()

    def new_app(self, name: str = "") -> Sandbox:
        """Create an app with its own credentials, templates, messages and balance.

        For fixtures that live longer than a test; a context manager that forgets it all.

        Args:
            name: What to call it on the page.
        """
        made = self._api.post("/apps", apps.App, {"name": name[: apps.LONGEST_NAME]})
        return Sandbox(
            self._api.of_app(made.app_key), made, base_url=self.base_url, page_url=self.page_url, clock=self.clock
        )

    def _stop(self) -> None:
        """Kill the process: it keeps nothing."""
        with self._process:
            self._process.kill()
