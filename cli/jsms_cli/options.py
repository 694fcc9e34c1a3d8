"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

TEMPLATE_TYPES = {"code": 1, "notice": 2, "marketing": 3}
SIGN_TYPES = {"company": 1, "app": 3, "brand": 6, "other": 7}
LANGUAGES = {"chinese": 0, "english": 1, "both": 2}


def word_or_number(words: Mapping[str, int]) -> Callable[[str], int]:
    """Return a parser for one of some words, or the service's number for it."""

    def read(given: str) -> int:
        if given.isascii() and given.isdigit():
            return int(given)
        if given.casefold() not in words:
            raise typer.BadParameter(f"{given!r} is none of {', '.join(words)}")
        return words[given.casefold()]

    return read


def beginning(words: Mapping[str, int]) -> Callable[[str], list[str]]:
    """Return what a shell completes."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete


def _profiles(incomplete: str) -> list[str]:

    from jsms_cli.config import config_path, read_profiles

    try:
        return [name for name in read_profiles(config_path()) if name.startswith(incomplete)]
    except Exception:  # noqa: BLE001 - completion in a shell shows no errors
        return []


ProfileOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME", help="Profile of the configuration file.", autocompletion=_profiles),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Write JSON, one object a line.")]
YesOption: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before sending to many.")]
MobileArgument: TypeAlias = Annotated[str, typer.Argument(metavar="MOBILE", help="Number in mainland China.")]
MobilesArgument: TypeAlias = Annotated[
    list[str] | None, typer.Argument(metavar="[MOBILE]...", help="Numbers in mainland China.", show_default=False)
]
ListOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--from", metavar="FILE", help="Recipients of a CSV, TSV or JSON-lines file, with their own parameters."
    ),
]
TempIdOption: TypeAlias = Annotated[int, typer.Option("--temp-id", metavar="ID", help="Template that passed review.")]
SignIdOption: TypeAlias = Annotated[
    int | None, typer.Option("--sign-id", metavar="ID", help="Signature; the app's default one if left out.")
]
ParametersOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--para", "-p", metavar="NAME=VALUE", help="Value of a template's variable; may be given again."),
]
TagOption: TypeAlias = Annotated[
    str | None, typer.Option("--tag", metavar="TAG", help="Label for your statistics, at most 10 characters.")
]
SendTimeOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--send-time",
        "--at",
        metavar="TIME",
        help="When to send: '2030-07-01 09:00:00' in Beijing time, or with a zone, 2030-07-01T09:00+08:00.",
    ),
]
TempIdArgument: TypeAlias = Annotated[int, typer.Argument(metavar="TEMP_ID")]
SignIdArgument: TypeAlias = Annotated[int, typer.Argument(metavar="SIGN_ID")]
ScheduleIdArgument: TypeAlias = Annotated[str, typer.Argument(metavar="SCHEDULE_ID")]
