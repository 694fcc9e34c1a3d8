"""``jsms message``."""

from __future__ import annotations

import typer

from jsms_cli.client import connect
from jsms_cli.inputs import read_parameters
from jsms_cli.options import (
    JsonOption,
    MobileArgument,
    ParametersOption,
    ProfileOption,
    SignIdOption,
    TempIdOption,
)
from jsms_cli.results import show

group = typer.Typer(help="Messages from templates.", no_args_is_help=True)


@group.command()
def send(
    mobile: MobileArgument,
    temp_id: TempIdOption,
    sign_id: SignIdOption = None,
    para: ParametersOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a message made from a template to one number."""
    parameters = read_parameters(para)
    with connect(profile, "sendMessage") as jsms:
        sent = jsms.messages.send(mobile, temp_id=temp_id, sign_id=sign_id, temp_para=parameters)
    show(sent, as_json=as_json)
