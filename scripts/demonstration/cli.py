"""The command ``scripts/demo``."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from contract_tools.cli import main as regenerate
from example_server import EXAMPLE_CREDENTIALS, ExampleServer
from jsms_client import JSMS, JSMSError
from jsms_contract.operations import OPERATIONS

from .stage import Stage
from .tour import TOUR

_CONTRACT = Path(__file__).parents[2] / "generated" / "jsms_contract" / "openapi.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Regenerate, start a local server, and call every operation.

    Returns:
        0 when every operation answered with a typed result, else 1.
    """
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Regenerate the client, start a local server that answers with the contract's examples and checks "
        "each request against it, and call every operation. Needs no account; nothing is sent to anybody.",
    )
    parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese is no reason to stop
    try:
        if failed := regenerate([]):
            return failed
        with ExampleServer(json.loads(_CONTRACT.read_bytes())) as server:
            return tour(server)
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


def tour(server: ExampleServer) -> int:
    """Call every operation, and show each.

    Args:
        server: Where, running; it takes the example credentials.

    Returns:
        0 when every operation answered with a typed result and no request broke the contract, else 1.
    """
    app, developer = EXAMPLE_CREDENTIALS["appAuth"], EXAMPLE_CREDENTIALS["devAuth"]
    with JSMS(*app, dev_key=developer[0], dev_secret=developer[1], base_url=server.base_url) as jsms:
        print(f"\nCalling every operation at {server.base_url}, which checks each request against the contract.\n")
        stage = Stage()
        for part in TOUR:
            with suppress(JSMSError):  # shown, and counted below
                part(jsms, stage)
    called = {request.operation for request in server.requests}
    problems = [*stage.failures, *server.violations]
    problems += [f"{operation} was not called" for operation in OPERATIONS if operation not in called]
    answered = f"{stage.made} of {len(OPERATIONS)} operations answered"
    print(f"\n{answered}, {stage.seconds * 1000:.0f} ms together; the first call loads the HTTP library.")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0
