"""Make the client of a command: find its settings and ask for what is missing."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from getpass import GetPassWarning, getpass
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

from jsms_cli.config import Arguments, Settings, find_settings, variable
from jsms_cli.errors import StoppedByHandError, UsageProblemError, unknown
from jsms_cli.output import note

if TYPE_CHECKING:
    from jsms_client import JSMS

_NAMES = {"app_key": "appKey", "master_secret": "masterSecret", "dev_key": "devKey", "dev_secret": "devSecret"}
APP = ("app_key", "master_secret")
DEVELOPER = ("dev_key", "dev_secret")


@contextmanager
def connect(profile: str | None, operation: str | None = None, *, developer: bool = False) -> Generator[JSMS]:
    """Open a client, and close it in the end.

    Args:
        profile: The profile that was named.
        operation: The operation in the contract; None where it is not one alone.
        developer: Whether the developer account's credentials are needed too.

    Raises:
        UsageProblemError: The contract has no such operation.
        ConfigurationError: Something is missing, or cannot work.
        StoppedByHandError: Ctrl-C, after the request may have left.
    """
    from jsms_client.contract import OPERATIONS

    if operation is not None and operation not in OPERATIONS:
        raise UsageProblemError(
            f"the installed contract has no operation {operation}; jsms api lists those that it has"
        )
    values = complete_settings(profile, (*APP, *DEVELOPER) if developer else APP)
    from jsms_client import JSMS

    with JSMS(**values) as jsms:
        try:
            yield jsms
        except KeyboardInterrupt as stop:
            if operation is None or OPERATIONS[operation].effect == "reads":
                raise
            raise StoppedByHandError(f"interrupted. {unknown(operation)}") from stop


def complete_settings(profile: str | None, needed: tuple[str, ...] = APP) -> Arguments:
    """Return the arguments of a client.

    Args:
        profile: The profile that was named.
        needed: What must be there; asked for on a terminal.

    Raises:
        ConfigurationError: Something is missing, and there is no terminal to ask on.
    """
    found = find_settings(profile)
    for warning in found.warnings:
        note(warning)
    missing = [setting for setting in needed if setting not in found.values]
    if missing and not (sys.stdin.isatty() and sys.stderr.isatty()):
        from jsms_cli.config import config_path
        from jsms_client.errors import ConfigurationError

        names = " and ".join(map(variable, missing))
        raise ConfigurationError(
            f"{names} {'is' if len(missing) == 1 else 'are'} missing: set them in the environment, in .env, or in a "
            f"profile in {config_path()}"
        )
    if missing and "base_url" in found.values:
        note(f"credentials for {found.values['base_url']}")
    asked = {setting: _ask(_NAMES[setting]) for setting in missing}
    return Settings({**found.values, **asked}, found.origins).arguments()


def _ask(name: str) -> str:
    with catch_warnings():
        # Rather nothing than a secret that everybody in the room can read.
        simplefilter("error", GetPassWarning)
        try:
            given = getpass(f"{name}: ", stream=sys.stderr).strip()
        except (EOFError, GetPassWarning) as error:
            raise UsageProblemError(f"{name} was not given") from error
    if not given:
        raise UsageProblemError(f"{name} was not given")
    return given
