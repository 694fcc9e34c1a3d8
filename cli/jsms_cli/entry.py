"""Where the command begins and ends: every failure becomes one sentence on standard error and an exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from jsms_cli.exit_codes import CONFIGURATION, INTERRUPTED, USAGE

_MISSING = "jsms: the command needs {}; install it with: pip install 'jsms-client[cli]'\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What follows the command's name; None takes the process's own.

    Returns:
        The exit code: see ``jsms_cli.exit_codes``.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese shows its code points, rather than nothing at all.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        from jsms_cli.application import command
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("typer", "rich"):
            raise
        sys.stderr.write(_MISSING.format(error.name))
        return CONFIGURATION
    return _run(command(), sys.argv[1:] if arguments is None else list(arguments))


def _run(command: object, arguments: list[str]) -> int:
    from jsms_cli.application import TyperException, carry_out, options_of
    from jsms_cli.failures import exit_code_of, explain, explain_usage, in_options
    from jsms_cli.writing import OutputClosedError, close_output, note

    try:
        code = carry_out(command, arguments)
    except TyperException as error:
        note(explain_usage(error))
        return USAGE
    except OutputClosedError:
        close_output()
        return exit_code_of(OutputClosedError())
    except Exception as error:
        if os.environ.get("JSMS_TRACEBACK"):
            raise
        note(in_options(explain(error), options_of(command, arguments)))
        return exit_code_of(error)
    if code == INTERRUPTED:
        note("interrupted.")
    return code


__all__ = ["main"]
