"""``jsms callback``."""

from __future__ import annotations

from typing import Annotated

import typer

from jsms_cli.client import complete_settings
from jsms_cli.options import JsonOption, ProfileOption
from jsms_cli.output import note

group = typer.Typer(help="What JSMS posts to an app.", no_args_is_help=True)


@group.command()
def listen(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65_535, help="Port, 0 for any free one.")
    ] = 5769,
    count: Annotated[
        int | None, typer.Option("--count", "-n", metavar="N", min=1, help="Stop after so many events.")
    ] = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Receive callbacks on this machine, verify them and show them as they come, until Ctrl-C.

    Every path is the callback URL. What is not signed with the app's key and secret is refused.
    """
    from jsms_cli.listen import listen as serve

    values = complete_settings(profile)
    serve((host, port), values["app_key"], values["master_secret"], count=count, as_json=as_json, ready=note)
