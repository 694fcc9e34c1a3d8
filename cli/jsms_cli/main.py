"""Entry point of the command: every failure becomes one sentence on standard error and an exit code."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence

from jsms_cli.errors import CONFIGURATION, INTERRUPTED, USAGE

_MISSING = "the command needs {}; install it with: pip install 'jsms-client[cli]'"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What follows the command's name; None takes the process's own.

    Returns:
        The exit code: see ``jsms_cli.errors``.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese shows its code points, rather than nothing at all.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        from jsms_cli.tree import command
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("typer", "rich"):
            raise
        sentence = _MISSING.format(error.name)
        facts = {"error": {"type": "MissingDependencyError", "message": sentence, "exit_code": CONFIGURATION}}
        sys.stderr.write(json.dumps(facts) if _is_for_programs(given) else f"jsms: {sentence}")
        sys.stderr.write("\n")
        return CONFIGURATION
    return _run(command(), given)


def _is_for_programs(arguments: Sequence[str]) -> bool:
    """Whether ``--json`` was typed, in a place where it is no argument."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return "--json" in arguments[:end]


def _run(command: object, arguments: list[str]) -> int:
    from typer import TyperException

    from jsms_cli.errors import exit_code_of, explain, explain_usage, facts_of, in_options
    from jsms_cli.output import OutputClosedError, close_output, note_failure, notes_as_json
    from jsms_cli.tree import options_of, run_command

    was = notes_as_json.set(_is_for_programs(arguments))
    try:
        code = run_command(command, arguments)
        if code == INTERRUPTED:
            note_failure("interrupted.", {"type": "Interrupted", "message": "interrupted.", "exit_code": code})
    except TyperException as error:
        sentence = explain_usage(error)
        note_failure(sentence, {"type": "UsageError", "message": sentence, "exit_code": USAGE})
        return USAGE
    except OutputClosedError:
        close_output()
        return exit_code_of(OutputClosedError())
    except Exception as error:
        if os.environ.get("JSMS_TRACEBACK"):
            raise
        sentence = in_options(explain(error), options_of(command, arguments))
        note_failure(sentence, facts_of(error, sentence))
        return exit_code_of(error)
    finally:
        notes_as_json.reset(was)
    return code
