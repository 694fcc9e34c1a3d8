"""``jsms code``."""

from __future__ import annotations

from typing import Annotated

import typer

from jsms_cli.connecting import connect
from jsms_cli.exit_codes import INVALID_CODE, SUCCESS
from jsms_cli.options import JsonOption, MobileArgument, ProfileOption, SignIdOption, TempIdOption
from jsms_cli.showing import show

group = typer.Typer(help="Verification codes.", no_args_is_help=True)


@group.command()
def send(
    mobile: MobileArgument,
    temp_id: TempIdOption = 1,
    sign_id: SignIdOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a verification code as a text message; template 1 exists in every app."""
    with connect(profile, "sendCode") as jsms:
        sent = jsms.codes.send(mobile, temp_id=temp_id, sign_id=sign_id)
    show(sent, as_json=as_json)


@group.command()
def verify(
    msg_id: Annotated[str, typer.Argument(metavar="MSG_ID", help="What sending the code answered.")],
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code as the user typed it.")],
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> int:
    """Check the code that a user typed; the exit code is 12 where it does not count."""
    with connect(profile, "verifyCode") as jsms:
        checked = jsms.codes.verify(msg_id, code)
    show(checked, as_json=as_json)
    return SUCCESS if checked else INVALID_CODE
