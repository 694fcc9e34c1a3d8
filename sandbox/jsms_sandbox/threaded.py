"""A sandbox in a thread of this process, for tests and scripts; the pytest plugin runs one in a child process."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Self, TypeVar

from jsms_sandbox.server import Server, bind
from jsms_sandbox.settings import Settings
from jsms_sandbox.state.state import State
from jsms_sandbox.state.storage import Storage

HOST = "127.0.0.1"
TIMEOUT = 30.0
"""Real seconds to start, to stop, and for one call."""

T = TypeVar("T")


class ThreadedSandbox:
    """A running sandbox; a context manager that stops it.

    Attributes:
        url: Its address without a path.
        base_url: What clients take as their base URL.
        page_url: The inbox, to look at in a browser.
        port: Where it listens, on 127.0.0.1.
        state: Its state, for its own thread only: see ``call``.

    Args:
        settings: What it is started with; its defaults are those of ``jsms-sandbox``.
        port: Where to listen; 0 takes any free port.
        storage: Where it keeps its state; in memory only by default.

    Raises:
        OSError: The port is taken.
    """

    def __init__(self, settings: Settings | None = None, *, port: int = 0, storage: Storage | None = None) -> None:
        self.state = State(settings, storage=storage)
        listening = bind(HOST, port)
        self._server = Server(self.state, listening)
        self.port: int = listening.getsockname()[1]
        self.url = self._server.listening.http
        self.base_url, self.page_url = f"{self.url}/v1", f"{self.url}/_sandbox/"
        self._loop: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._run, name="jsms-sandbox", daemon=True)

    def __enter__(self) -> Self:
        """Start; returns when requests are served.

        Raises:
            OSError: It cannot serve.
            StorageError: What it kept cannot be read.
            TimeoutError: It did not start in time.
        """
        self._thread.start()
        self._loop.result(TIMEOUT)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop.

        Raises:
            TimeoutError: It did not stop in time.
        """
        self._server.stop()
        self._thread.join(TIMEOUT)
        if self._thread.is_alive():
            raise TimeoutError(f"The sandbox did not stop within {TIMEOUT:g} seconds.")

    def call(self, function: Callable[[State], T]) -> T:
        """Call a function with the state, in the sandbox's thread.

        Returns:
            What the function returns; its exception is raised here.
        """

        async def run() -> T:
            return function(self.state)

        return self.run(run)

    def run(self, function: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine function in the sandbox's event loop, such as ``state.clock.settle``.

        Returns:
            What the coroutine returns; its exception is raised here.
        """
        return asyncio.run_coroutine_threadsafe(function(), self._loop.result(TIMEOUT)).result(TIMEOUT)

    def _run(self) -> None:
        try:
            asyncio.run(self._server.run(lambda _: self._loop.set_result(asyncio.get_running_loop())))
        except BaseException as error:
            if self._loop.done():
                raise
            self._loop.set_exception(error)


def serve_parent(*, strict: bool) -> None:
    """Serve a parent process: print the port, and stop when the parent closes standard input or ends.

    Args:
        strict: Whether to refuse what existing clients send but the service does not document.
    """
    # Ctrl-C belongs to the tests: in a debugger it must not stop the sandbox too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with ThreadedSandbox(Settings(strict=strict)) as sandbox:
        print(sandbox.port, flush=True)  # noqa: T201 - the parent reads it
        sys.stdin.buffer.read()
