"""``jsms error`` and ``jsms spec``: what the contract says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from jsms_cli.errors import UsageProblemError
from jsms_cli.options import JsonOption
from jsms_cli.output import write, write_json
from jsms_cli.tables import write_card, write_table

if TYPE_CHECKING:
    from jsms_client.contract import ErrorInfo

_REPEAT = {
    "never": "no: the same request fails again",
    "later": "yes, later",
    "after_change": "yes, once something was changed",
}


def _codes(incomplete: str) -> list[str]:
    return [str(info.code) for info in _catalogue() if str(info.code).startswith(incomplete)]


def error(
    code: Annotated[
        str | None,
        typer.Argument(metavar="[CODE]", help="Such as 50014 or NO_MONEY; all if left out.", autocompletion=_codes),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what an error code means, in English and Chinese, and what to do about it."""
    if code is not None:
        _show_one(_find(code), as_json=as_json)
    elif as_json:
        for info in _catalogue():
            write_json(info._asdict())
    else:
        write_table(
            ("code", "name", "meaning", "含义"),
            [(info.code, info.name, info.meaning, info.meaning_zh) for info in _catalogue()],
        )


def _show_one(info: ErrorInfo, *, as_json: bool) -> None:
    if as_json:
        write_json(info._asdict())
        return
    write_card(
        (
            ("code", f"{info.code} {info.name}"),
            ("HTTP status", info.http_status),
            ("the service says", info.message),
            ("meaning", info.meaning),
            ("含义", info.meaning_zh),
            ("what to do", info.remedy),
            ("处理办法", info.remedy_zh),
            ("send again?", _REPEAT[info.repeat]),
        )
    )


def _catalogue() -> list[ErrorInfo]:
    from jsms_client.contract import ERRORS

    return [kind.info for kind in ERRORS.values() if kind.info is not None]


def _find(given: str) -> ErrorInfo:
    wanted = given.strip().upper()
    for info in _catalogue():
        if wanted in (str(info.code), info.name):
            return info
    raise UsageProblemError(_unknown(given.strip()))


def _unknown(given: str) -> str:
    from jsms_client.results import DeliveryStatus

    status = next((each for each in DeliveryStatus if str(each.value) == given), None)
    if status is not None:
        words = status.name.lower().replace("_", " ")
        return f"{given} is no error code but a status of delivery reports: {words}"
    return f"the contract knows no error code {given[:40]!r}; jsms error lists those that it knows"


def spec(as_json: JsonOption = False) -> None:
    """Print the contract, an OpenAPI 3.1 document, as YAML or as JSON."""
    from jsms_client.contract import openapi

    write(openapi("json" if as_json else "yaml"))
