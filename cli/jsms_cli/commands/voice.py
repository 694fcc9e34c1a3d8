"""``jsms voice``."""

from __future__ import annotations

from typing import Annotated

import typer

from jsms_cli.connecting import connect
from jsms_cli.options import LANGUAGES, JsonOption, MobileArgument, ProfileOption, beginning, word_or_number
from jsms_cli.showing import show

group = typer.Typer(help="Verification codes by voice.", no_args_is_help=True)

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


@group.command()
def send(
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
