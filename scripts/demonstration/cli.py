"""The command ``scripts/demo``."""

from __future__ import annotations

import argparse
import io
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

from contract_tools.cli import main as regenerate
from jsms_client import JSMS, JSMSError
from jsms_contract.operations import OPERATIONS

from .local import LocalSandbox
from .stage import Stage
from .tour import TOUR


def main(arguments: Sequence[str] | None = None) -> int:
    """Regenerate, start a sandbox, and call every operation.

    Returns:
        0 when every operation answered with a typed result, else 1.
    """
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Regenerate the client, start a sandbox on a free port, and call every operation of JSMS on it. "
        "Needs no account; nothing is sent to anybody.",
    )
    parser.add_argument("--stay", action="store_true", help="keep the sandbox until Ctrl-C, to look into its inbox")
    parser.add_argument("--port", type=int, default=0, help="where the sandbox listens; any free port by default")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese is no reason to stop
    try:
        if failed := regenerate([]):
            return failed
        with LocalSandbox(options.port) as sandbox:
            failed = tour(sandbox)
            print(f"\nThe inbox with all of it: {sandbox.page}", flush=True)
            if options.stay:
                _wait()
            else:
                print("It is gone with this command; scripts/demo --stay keeps it.")
            return failed
    except OSError as error:
        print(f"Port {options.port} cannot be had: {error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


def tour(sandbox: LocalSandbox) -> int:
    """Call every operation, and show each.

    Args:
        sandbox: Where, running.

    Returns:
        0 when every operation answered with a typed result and the sandbox had nothing to tolerate or refuse, else 1.
    """
    keys = sandbox.credentials
    with JSMS(
        keys.app_key,
        keys.master_secret,
        dev_key=keys.dev_key,
        dev_secret=keys.dev_secret,
        base_url=sandbox.base_url,
    ) as jsms:
        print(f"\nCalling every operation of a sandbox at {sandbox.base_url}\n")
        stage = Stage()
        for part in TOUR:
            with suppress(JSMSError):  # shown, and counted below
                part(jsms, stage, sandbox)
    requests = sandbox.requests()[::-1]
    called = {request["operation"] for request in requests}
    problems, notes = [*stage.failures], list[str]()
    for request in requests:
        for warning in request["warnings"]:
            # What is new in the contract is answered with its examples.
            found = notes if warning.startswith("The sandbox does not model") else problems
            found.append(f"{request['operation']}: {warning}")
        if request["refusal"]:
            problems.append(f"{request['operation']}: {request['refusal']['hint']}")
    problems += [f"{operation} was not called" for operation in OPERATIONS if operation not in called]
    answered = f"{stage.made} of {len(OPERATIONS)} operations answered"
    print(f"\n{answered}, {stage.seconds * 1000:.0f} ms together; the first call loads the HTTP library.")
    for note in notes:
        print(note)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _wait() -> None:
    print("Ctrl-C stops the sandbox.", flush=True)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
