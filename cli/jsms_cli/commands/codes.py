"""``jsms code`` and ``jsms voice``."""

from __future__ import annotations

from typing import Annotated

import typer

from jsms_cli.client import connect
from jsms_cli.errors import INVALID_CODE, SUCCESS
from jsms_cli.options import (
    LANGUAGES,
    JsonOption,
    MobileArgument,
    ProfileOption,
    SignIdOption,
    TempIdOption,
    beginning,
    word_or_number,
)
from jsms_cli.results import show

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
    msg_id: Annotated[str, typer.Argument(metavar="MSG_ID", help="The msg_id of the sent code.")],
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code as the user typed it.")],
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> int:
    """Check the code that a user typed; the exit code is 12 where it does not count."""
    with connect(profile, "verifyCode") as jsms:
        checked = jsms.codes.verify(msg_id, code)
    show(checked, as_json=as_json)
    return SUCCESS if checked else INVALID_CODE


voice = typer.Typer(help="Verification codes by voice.", no_args_is_help=True)

_Language = Annotated[
    int | None,
    typer.Option(
        "--language",
        metavar="|".join(LANGUAGES),
        help="Language; Chinese if left out.",
        parser=word_or_number(LANGUAGES),
        autocompletion=beginning(LANGUAGES),
    ),
]


@voice.command("send")
def send_voice(
    mobile: MobileArgument,
    code: Annotated[
        str | None,
        typer.Option("--code", metavar="DIGITS", help="Code to read out; the service makes one if left out."),
    ] = None,
    language: _Language = None,
    ttl: Annotated[int | None, typer.Option("--ttl", metavar="SECONDS", help="How long the code lives; 60.")] = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Call a number and read a verification code out."""
    with connect(profile, "sendVoiceCode") as jsms:
        sent = jsms.codes.send_voice(mobile, code=code, voice_lang=language, ttl=ttl)
    show(sent, as_json=as_json)
