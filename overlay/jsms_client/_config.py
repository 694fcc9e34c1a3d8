"""Settings: from an argument, else from the environment, else a default; checked before anything is sent."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from jsms_client._events import OnEvent, check_hook, switch_on_logging
from jsms_client._options import RetryPolicy, Telemetry, Timeouts, parse_headers, read_retry, read_timeouts
from jsms_client.errors import ConfigurationError, MissingDependencyError
from jsms_contract.limits import SERVER_URL
from jsms_runtime.redaction import MASK

if TYPE_CHECKING:
    import httpx

    from jsms_client._telemetry import Recorder

APP_KEY = ("app_key", "JSMS_APP_KEY")
MASTER_SECRET = ("master_secret", "JSMS_MASTER_SECRET")
DEV_KEY = ("dev_key", "JSMS_DEV_KEY")
DEV_SECRET = ("dev_secret", "JSMS_DEV_SECRET")
BASE_URL = ("base_url", "JSMS_BASE_URL")
TRANSPORT = ("transport", "JSMS_TRANSPORT")


class Credentials(NamedTuple):
    """One pair of key and secret, the user and password of HTTP Basic; its repr shows neither."""

    key: str
    secret: str

    @property
    def token(self) -> str:
        """Key and secret as HTTP Basic writes them."""
        return b64encode(f"{self.key}:{self.secret}".encode()).decode("ascii")

    def __repr__(self) -> str:
        """Stars."""
        return f"Credentials({MASK})"


class Config(NamedTuple):
    """All settings of a client, validated."""

    app: Credentials
    dev: Credentials | None
    base_url: str  # without a slash at the end
    identity: tuple[str, str]  # which service and app: the address, in one spelling, and a hash of the app's key
    timeouts: Timeouts
    timeouts_given: bool  # if not, a client of the caller's keeps its own
    retry: RetryPolicy
    headers: tuple[tuple[bytes, bytes], ...] = ()
    on_event: OnEvent | None = None
    fast: bool = False
    recorder: Recorder | None = None


def read_config(
    app_key: str | None,
    master_secret: str | None,
    *,
    dev_key: str | None,
    dev_secret: str | None,
    base_url: str | None,
    timeout: float | Timeouts | httpx.Timeout | None,
    retry: RetryPolicy | None,
    on_event: OnEvent | None = None,
    transport: str | None = None,
    telemetry: bool | Telemetry = False,
    environment: Mapping[str, str] | None = None,
) -> Config:
    """Put the settings together: argument, then environment, then default. Errors name both, and show no secret."""
    variables = os.environ if environment is None else environment
    switch_on_logging(variables)
    check_hook(on_event)
    app = read_app_credentials(app_key, master_secret, variables)
    _check_pair(DEV_KEY, dev_key, DEV_SECRET, dev_secret, variables)
    key = _optional(DEV_KEY, dev_key, variables, user=True)
    secret = _optional(DEV_SECRET, dev_secret, variables)
    address = _base_url(base_url, variables)
    return Config(
        app=app,
        dev=Credentials(key, secret) if key is not None and secret is not None else None,
        base_url=address,
        identity=(_in_one_spelling(address), sha256(f"jsms {app.key}".encode()).hexdigest()),
        timeouts=read_timeouts(timeout),
        timeouts_given=timeout is not None,
        retry=read_retry(retry),
        on_event=on_event,
        fast=_is_fast(transport, variables),
        recorder=_recorder(telemetry, address),
    )


def read_app_credentials(
    app_key: str | None, master_secret: str | None, environment: Mapping[str, str] | None = None
) -> Credentials:
    """Return the application's credentials, for the client and for what receives its callbacks."""
    variables = os.environ if environment is None else environment
    _check_pair(APP_KEY, app_key, MASTER_SECRET, master_secret, variables)
    return Credentials(
        _required(APP_KEY, app_key, variables, user=True), _required(MASTER_SECRET, master_secret, variables)
    )


def missing_developer_credentials(operation: str) -> ConfigurationError:
    """Return the error for an operation of the developer account on a client without its credentials."""
    return ConfigurationError(
        f"the developer account's credentials are missing: give {_name(DEV_KEY)} and {_name(DEV_SECRET)}",
        operation=operation,
    )


def _name(setting: tuple[str, str]) -> str:
    argument, variable = setting
    return f"the argument {argument} or the environment variable {variable}"


def _check_pair(
    key: tuple[str, str],
    given_key: object,
    secret: tuple[str, str],
    given_secret: object,
    variables: Mapping[str, str],
) -> None:
    """Refuse to complete half a pair from the environment: that half may belong to another application."""
    if (given_key is None) is (given_secret is None):
        return
    given, missing = (key, secret) if given_secret is None else (secret, key)
    if variables.get(missing[1]):
        raise ConfigurationError(
            f"{given[0]} was given without {missing[0]}, and {missing[1]} in the environment may be of another pair: "
            f"give both as arguments, or set both {key[1]} and {secret[1]}"
        )


def _required(setting: tuple[str, str], given: str | None, variables: Mapping[str, str], *, user: bool = False) -> str:
    value = _optional(setting, given, variables, user=user)
    if value is None:
        raise ConfigurationError(f"{setting[0]} is missing: give {_name(setting)}")
    return value


def _optional(
    setting: tuple[str, str], given: object, variables: Mapping[str, str], *, user: bool = False
) -> str | None:
    # An empty variable is how shells and compose files say "not set"; an empty argument is a mistake.
    value = given if given is not None else variables.get(setting[1]) or None
    if value is None:
        return None
    if not isinstance(value, str):
        problem = f"is of type {type(value).__name__}, not a text"
    elif not value:
        problem = "is empty"
    elif not (value.isascii() and value.isprintable()) or " " in value:
        problem = "has a space, a line break or a character outside ASCII in it"
    elif user and ":" in value:
        problem = "has a colon in it, which HTTP Basic cannot carry"
    else:
        return value
    raise ConfigurationError(f"{setting[0]} {problem}: check {_name(setting)}")


def _base_url(given: object, variables: Mapping[str, str]) -> str:
    # Not "or": a variable that was meant to name a test server but is empty must not lead to the real service.
    value = given if given is not None else variables.get(BASE_URL[1], SERVER_URL)
    if not isinstance(value, str):
        problem = f"is of type {type(value).__name__}, not a text"
    elif not value:
        problem = "is empty"
    elif not (value.isascii() and value.isprintable()) or any(character in value for character in ' "<>\\^`{|}'):
        problem = "has a character in it that a URL cannot have"
    elif not (problem := _problem_with(value)):
        return value.rstrip("/")
    raise ConfigurationError(f"base_url {problem}: check {_name(BASE_URL)}; the default is {SERVER_URL}")


def _problem_with(url: str) -> str:
    try:
        parts = urlsplit(url)
        # Raises ValueError for a port or a host that no resolver takes.
        _ = parts.port, (parts.hostname or "").encode("idna")
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "does not begin with http:// or https:// and a host"
    if "@" in parts.netloc:
        return "has credentials in it; give those as arguments of their own"
    if "?" in url or "#" in url:
        return "has a query or a fragment in it"
    if any(piece in (".", "..") for piece in parts.path.split("/")):
        return "has . or .. in its path"
    return ""


def _in_one_spelling(url: str) -> str:
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port not in (None, {"http": 80, "https": 443}[parts.scheme]) else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path}"


def change_config(
    config: Config,
    *,
    timeout: float | Timeouts | httpx.Timeout | None,
    retry: RetryPolicy | None,
    headers: Mapping[str, str] | None,
    others: Mapping[str, object],
) -> Config:
    """Return the settings of a client with some of them changed; what is left out stays."""
    if others:
        raise ConfigurationError(
            f"with_options cannot change {', '.join(others)}: it takes timeout, retry and headers; "
            "make another client for the rest"
        )
    if timeout is not None:
        config = config._replace(timeouts=read_timeouts(timeout), timeouts_given=True)
    if retry is not None:
        config = config._replace(retry=read_retry(retry))
    if headers is not None:
        given = parse_headers(headers)
        names = {name.lower() for name, _ in given}
        kept = tuple(header for header in config.headers if header[0].lower() not in names)
        config = config._replace(headers=kept + given)
    return config


def _is_fast(given: object, variables: Mapping[str, str]) -> bool:
    value = given if given is not None else variables.get(TRANSPORT[1]) or "httpx"
    if value not in ("httpx", "fast"):
        raise ConfigurationError(f'transport is neither "httpx" nor "fast": check {_name(TRANSPORT)}')
    if value == "httpx":
        return False
    from importlib.util import find_spec  # noqa: PLC0415 - most clients use httpx

    if not all(map(find_spec, ("httptools", "msgspec"))):
        raise MissingDependencyError(
            f"{_name(TRANSPORT)} asks for \"fast\", which takes httptools and msgspec: pip install 'jsms-client[fast]'"
        )
    return True


def _recorder(given: object, base_url: str) -> Recorder | None:
    if given is None or given is False:
        return None
    settings = Telemetry() if given is True else given
    if not isinstance(settings, Telemetry):
        raise ConfigurationError(f"telemetry is of type {type(given).__name__}: give True or a Telemetry")
    try:
        from jsms_client._telemetry import Recorder  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise MissingDependencyError("telemetry takes opentelemetry-api: pip install 'jsms-client[otel]'") from error
    return Recorder(base_url, settings.tracer_provider, settings.meter_provider)
