"""The checks of ``jsms doctor``, each with what to do where it fails."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from jsms_cli.client import APP, DEVELOPER
from jsms_cli.config import DOTENV, Settings, config_path, find_settings, variable
from jsms_cli.errors import SUCCESS, exit_code_of, explain
from jsms_client.errors import (
    APIError,
    AuthenticationError,
    ConfigurationError,
    DecodeError,
    JSMSError,
    LostResponseError,
    NoCreditError,
    PermissionDeniedError,
    RateLimitError,
    ServiceError,
)

if TYPE_CHECKING:
    from jsms_client import JSMS
    from jsms_client.results import ApplicationBalance, DeveloperBalance

MOST_SKEW = 60.0
"""Seconds that this machine's clock may differ from the service's: further off, callbacks are refused."""
PATIENCE = 10.0
"""Seconds for each phase of a request: a check-up should end soon."""

_BAD_CLOCK = exit_code_of(ConfigurationError(""))


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    FAILED = "failed"
    WARNING = "warning"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check.

    Attributes:
        check: What was looked at.
        state: How it ended.
        found: What was found.
        remedy: What to do; empty where there is nothing to do.
        exit_code: What the command ends with, if this is the first that failed.
    """

    check: str
    state: State
    found: str
    remedy: str = ""
    exit_code: int = SUCCESS


def examine(profile: str | None) -> Generator[Finding]:
    """Look at everything, one after the other."""
    try:
        settings = find_settings(profile)
    except ConfigurationError as error:
        yield _failed("configuration", error, "correct the file, or name another profile with --profile")
        return
    configured = _configuration(settings)
    yield configured
    for warning in settings.warnings:
        found, _, remedy = warning.partition("; ")
        yield Finding("permissions", State.WARNING, found, remedy)
    if configured.state is State.OK:
        yield from _service(settings)


def _configuration(settings: Settings) -> Finding:
    missing = [setting for setting in APP if setting not in settings.values]
    if missing:
        looked = f"the environment, {Path(DOTENV).absolute()} and {config_path()}"
        names = " and ".join(map(variable, missing))
        problem = ConfigurationError(f"{names} not found; looked in {looked}")
        return _failed("configuration", problem, f"set {names}, or write a profile")
    origins = dict.fromkeys(settings.origins[setting] for setting in APP)
    return Finding("configuration", State.OK, f"credentials from {' and '.join(origins)}")


def _service(settings: Settings) -> Generator[Finding]:
    from jsms_client import JSMS, CallEvent, RetryPolicy

    if _lacks("getAppBalance"):
        yield Finding("service", State.SKIPPED, "the installed contract has no operation getAppBalance")
        return
    events: list[CallEvent] = []
    try:
        jsms = JSMS(**settings.arguments(), timeout=PATIENCE, retry=RetryPolicy(attempts=1), on_event=events.append)
    except ConfigurationError as error:
        yield _failed("configuration", error, "correct it where it was found")
        return
    with jsms:
        started = datetime.now(UTC)
        balance, headers, failure = _app_balance(jsms)
        if isinstance(failure, ConfigurationError):
            yield _failed("configuration", failure, "correct it where it was found")
            return
        reached = any(event.http_status is not None for event in events)
        yield _reachability(settings, failure, reached=reached)
        if not reached:
            return
        yield _clock(headers.get("date"), started, datetime.now(UTC))
        yield _credentials(failure)
        yield _developer(jsms, settings)
        if balance is not None:
            yield _credit(balance)


def _app_balance(jsms: JSMS) -> tuple[ApplicationBalance | None, Mapping[str, str], JSMSError | None]:
    try:
        raw = jsms.with_raw_response(jsms.accounts.app)
    except (APIError, DecodeError) as error:
        return None, error.headers, error
    except JSMSError as error:
        return None, {}, error
    return raw.parsed, raw.headers, None


def _reachability(settings: Settings, error: JSMSError | None, *, reached: bool) -> Finding:
    url = settings.arguments()["base_url"]
    origin = settings.origins.get("base_url", "the default")
    where = f"{url} (from {origin})"
    if isinstance(error, LostResponseError):
        remedy = "try again; if it stays so, check the network and the proxy (HTTPS_PROXY, NO_PROXY)"
        return _failed("service", error, remedy, f"{where} was reached and sent no response: {error.message}")
    if not reached and error is not None:
        remedy = "check the address, the network and the proxy (HTTPS_PROXY, NO_PROXY)"
        return _failed("service", error, remedy, f"{where} was not reached: {error.message}")
    if error is not None and not isinstance(error, APIError):
        return _failed("service", error, "check the address: this is not JSMS", f"{where}: {error}")
    return Finding("service", State.OK, f"{where} responds")


def _clock(header: str | None, started: datetime, ended: datetime) -> Finding:
    try:
        theirs = parsedate_to_datetime(header or "")
    except ValueError:
        return Finding("clock", State.SKIPPED, "the service did not say what time it is")
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    # A header counts whole seconds, and was written at some time between the two.
    skew = started + (ended - started) / 2 - theirs
    seconds = skew.total_seconds()
    if abs(seconds) <= MOST_SKEW:
        return Finding("clock", State.OK, f"within {MOST_SKEW:.0f} s of the service's")
    side = "ahead of" if seconds > 0 else "behind"
    return Finding(
        "clock",
        State.FAILED,
        f"{abs(seconds):.0f} s {side} the service's",
        "set this machine's clock (NTP): with it, callbacks are refused as expired",
        _BAD_CLOCK,
    )


def _credentials(error: JSMSError | None) -> Finding:
    if isinstance(error, APIError) and not isinstance(error, NoCreditError):
        return _unaccepted("credentials", error)
    if error is not None and not isinstance(error, APIError):
        return Finding("credentials", State.SKIPPED, "could not be checked")
    return Finding("credentials", State.OK, "the app's key and secret are accepted")


def _developer(jsms: JSMS, settings: Settings) -> Finding:
    if not all(setting in settings.values for setting in DEVELOPER):
        names = " and ".join(map(variable, DEVELOPER))
        return Finding("developer", State.SKIPPED, "no developer credentials", f"only jsms balance --dev needs {names}")
    if _lacks("getDevBalance"):
        return Finding("developer", State.SKIPPED, "the installed contract has no operation getDevBalance")
    try:
        jsms.accounts.dev()
    except JSMSError as error:
        return _unaccepted("developer", error)
    return Finding("developer", State.OK, "the developer account's key and secret are accepted")


def _unaccepted(check: str, error: JSMSError) -> Finding:
    if not isinstance(error, APIError):
        return _failed(check, error, "try again later", f"could not be checked: {error.message}")
    if error.info is not None:
        remedy = error.info.remedy
    else:
        later = isinstance(error, (ServiceError, RateLimitError))
        remedy = "try again later" if later else "look at the app in the console"
    kind = "refused" if isinstance(error, (AuthenticationError, PermissionDeniedError)) else "could not be checked"
    return _failed(check, error, remedy, f"{kind}: {error.message} ({error.code or error.http_status})")


def _lacks(operation: str) -> bool:
    from jsms_client.contract import OPERATIONS

    return operation not in OPERATIONS


def _credit(balance: ApplicationBalance | DeveloperBalance) -> Finding:
    pools: dict[str, int | None] = {
        name: value
        for name in (field.name for field in fields(balance))
        if (value := getattr(balance, name)) is None or isinstance(value, int)
    }
    found = ", ".join(f"{name} {'-' if left is None else left}" for name, left in pools.items())
    if any(pools.values()):
        return Finding("balance", State.OK, found)
    return _failed("balance", NoCreditError(""), "buy credit, or allocate some to the app in the console", found)


def _failed(check: str, error: Exception, remedy: str, found: str | None = None) -> Finding:
    return Finding(check, State.FAILED, explain(error) if found is None else found, remedy, exit_code_of(error))
