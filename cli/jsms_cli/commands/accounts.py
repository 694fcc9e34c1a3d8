"""``jsms balance``."""

from __future__ import annotations

from typing import Annotated

import typer

from jsms_cli.client import connect
from jsms_cli.options import JsonOption, ProfileOption
from jsms_cli.results import show


def balance(
    dev: Annotated[
        bool, typer.Option("--dev", help="Of the developer account, with its own credentials, instead of the app.")
    ] = False,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """How much credit is left, counted in SMS; '-' where none was ever allocated."""
    with connect(profile, "getDevBalance" if dev else "getAppBalance", developer=dev) as jsms:
        left = jsms.accounts.dev() if dev else jsms.accounts.app()
    show(left, as_json=as_json)
