"""The sandbox as a child process of a test run: it prints its port, and ends when its standard input does."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading

from jsms_sandbox.server import Server, bind
from jsms_sandbox.settings import Settings
from jsms_sandbox.state.world import World

HOST = "127.0.0.1"


def main(*, strict: bool) -> None:
    """Serve until the parent closes standard input, or dies.

    Args:
        strict: Whether to refuse what existing clients send but the service does not document.
    """
    # Ctrl-C belongs to the tests: in a debugger it must not stop the sandbox too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listening = bind(HOST, 0)
    server = Server(World(Settings(strict=strict)), listening)
    threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
    asyncio.run(server.run(lambda _: print(listening.getsockname()[1], flush=True)))  # noqa: T201 - the parent reads it


def _stop_with_parent(server: Server) -> None:
    sys.stdin.buffer.read()
    server.stop()
