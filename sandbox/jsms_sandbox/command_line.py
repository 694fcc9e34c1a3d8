"""The command line: ``python -m jsms_sandbox``."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Sequence

from .server import Server, bind
from .settings import Settings
from .state.world import World


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sandbox until it is told to stop; the exit code."""
    parser = argparse.ArgumentParser(prog="jsms_sandbox")
    parser.add_argument("--port", type=int, default=8025)
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args(arguments)
    server = Server(World(Settings()), bind(options.host, options.port))
    asyncio.run(_serve(server))
    return 0


async def _serve(server: Server) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.run(lambda _: print(server.listening.http, flush=True))
