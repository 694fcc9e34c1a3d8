"""The tree of commands."""

from __future__ import annotations

from functools import cache
from typing import Annotated, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command

from jsms_cli.commands import (
    accounts,
    api,
    callbacks,
    campaigns,
    codes,
    contract,
    doctor,
    messages,
    receipts,
    sandbox,
    schedules,
    signs,
    templates,
)
from jsms_cli.config import PROGRAM, arguments_of_all, profile_of_all
from jsms_cli.errors import FAILURE, SUCCESS
from jsms_cli.options import ProfileOption

_EPILOG = "Credentials: JSMS_APP_KEY and JSMS_MASTER_SECRET, from the environment, a .env file or a profile."


@cache
def command() -> TyperGroup:
    """Build the command with its groups."""
    # Without Rich's help, which would take three times as long to appear.
    application = typer.Typer(
        name=PROGRAM,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        epilog=_EPILOG,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    application.callback()(_before)
    for name, group in (
        ("code", codes.group),
        ("voice", codes.voice),
        ("message", messages.group),
        ("batch", messages.batches),
        ("campaign", campaigns.group),
        ("schedule", schedules.group),
        ("template", templates.group),
        ("sign", signs.group),
        ("report", receipts.reports),
        ("reply", receipts.replies),
        ("callback", callbacks.group),
    ):
        application.add_typer(group, name=name)
    application.command("balance", short_help="How much credit is left.")(accounts.balance)
    application.command("error", short_help="What an error code means, and what to do.")(contract.error)
    application.command("spec", short_help="The contract, an OpenAPI document.")(contract.spec)
    application.command("doctor", short_help="Find out what is wrong, and what to fix.")(doctor.doctor)
    application.command("sandbox", short_help="A local JSMS to test against.", context_settings=sandbox.PASSED_ON)(
        sandbox.sandbox
    )
    tree = cast("TyperGroup", get_command(application))
    tree.add_command(api.group())
    return tree


# Parameters of commands that the client has other names for.
_ARGUMENTS = {"para": "temp_para", "language": "voice_lang", "name": "sign"}


def run_command(tree: object, arguments: list[str]) -> int:
    """Carry out one command.

    Returns:
        The exit code.
    """
    arguments_of_all.set(tuple(arguments))
    code: object = cast("TyperGroup", tree).main(args=arguments, prog_name=PROGRAM, standalone_mode=False)
    if code is None:
        return SUCCESS
    return code if isinstance(code, int) else FAILURE


def options_of(tree: object, arguments: list[str]) -> dict[str, str]:
    """Return the options and arguments of the command that was typed, by the names that the client has for them."""
    node = tree
    for word in arguments:
        node = getattr(node, "commands", {}).get(word, node)
    options: dict[str, str] = {}
    for parameter in getattr(node, "params", ()):
        option = next((each for each in parameter.opts if each.startswith("--")), None)
        shown = option or (parameter.metavar or "").strip("[].{}")
        name: str = parameter.name.removeprefix(api.PREFIX)
        if shown:
            options[_ARGUMENTS.get(name, name)] = shown
    return options


def _version(wanted: bool) -> None:
    if wanted:
        from jsms_cli.output import write
        from jsms_client import __version__

        write(f"{PROGRAM} {__version__}\n")
        raise typer.Exit


def _before(
    profile: ProfileOption = None,
    version: Annotated[  # noqa: ARG001 - Typer's callback has dealt with it
        bool, typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Jiguang SMS (JSMS) from a terminal: codes, messages, schedules, templates, signatures, receipts."""
    profile_of_all.set(profile)
