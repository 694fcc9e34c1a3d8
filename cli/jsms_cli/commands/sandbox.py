"""``jsms sandbox``."""

from __future__ import annotations

import typer

from jsms_cli.errors import UsageProblemError

PASSED_ON: dict[str, object] = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""Every flag is the sandbox's own, ``--help`` among them."""


def sandbox(context: typer.Context) -> int:
    """Run a local JSMS to develop and test against; jsms sandbox --help lists its arguments."""
    try:
        from jsms_sandbox.cli import main
    except ModuleNotFoundError as error:
        raise UsageProblemError(
            f"the sandbox needs the package {error.name}; install it with: pip install 'jsms-client[sandbox]'"
        ) from error
    return main(context.args, program="jsms sandbox")
