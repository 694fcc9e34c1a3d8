"""Where credentials and address come from: the environment, a ``.env``, or a profile of the configuration file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Required, TypedDict, cast
from urllib.parse import urlsplit

SETTINGS: Final = ("app_key", "master_secret", "dev_key", "dev_secret", "base_url")
"""What can be set, wherever that is done."""
DEFAULT_PROFILE: Final = "default"
DOTENV: Final = ".env"
_CREDENTIALS: Final = ("app_key", "master_secret", "dev_key", "dev_secret")

profile_of_all: ContextVar[str | None] = ContextVar("profile_of_all", default=None)
"""The profile that was named before the command."""


class Arguments(TypedDict, total=False):
    """What a client is made with: ``JSMS(**arguments)``."""

    app_key: Required[str]
    master_secret: Required[str]
    dev_key: str
    dev_secret: str
    base_url: Required[str]


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """What was found; without a repr, as it holds secrets.

    Attributes:
        values: Each setting that was found.
        origins: Where each was found, in words.
        warnings: What a person should know about it.
    """

    values: Mapping[str, str]
    origins: Mapping[str, str]
    warnings: tuple[str, ...] = ()

    def arguments(self) -> Arguments:
        """The same for a client; the real service where no address was found."""
        from jsms_client.contract import BASE_URL

        return cast("Arguments", {"base_url": BASE_URL, **self.values})


def variable(setting: str) -> str:
    """The environment variable of a setting.

    Args:
        setting: Its name.
    """
    return f"JSMS_{setting.upper()}"


def find_settings(
    profile: str | None = None, *, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Settings:
    """Find the settings.

    A profile that is named is taken alone, so that two accounts are never mixed up; only the address may still come
    from the environment, where the profile has none. Otherwise the environment comes first, then ``.env``; and where
    neither has any credentials, the profile ``default``.

    Args:
        profile: The profile to take; else the one named before the command; else JSMS_PROFILE.
        environment: The variables; the process's own if left out.
        folder: Where ``.env`` is; the working folder if left out.

    Raises:
        ConfigurationError: The profile is not there, a file cannot be read, or ``.env`` has an address for credentials
            of another place.
    """
    from jsms_cli.dotenv import read_dotenv
    from jsms_cli.profiles import config_path, read_profiles
    from jsms_client.errors import ConfigurationError

    variables = os.environ if environment is None else environment
    around = _Found()
    around.add(variables, "the environment")
    dotenv = ((folder or Path()) / DOTENV).absolute()
    around.add(read_dotenv(dotenv), str(dotenv))
    named = profile or profile_of_all.get() or variables.get("JSMS_PROFILE")
    if named is None and any(setting in around.values for setting in _CREDENTIALS):
        from_file = any(around.origins.get(setting) == str(dotenv) for setting in _CREDENTIALS)
        return _safe(around.made(*_readable_by_others(dotenv if from_file else None)), dotenv)
    path = config_path(variables)
    profiles = read_profiles(path)
    if named is not None and named not in profiles:
        there = ", ".join(profiles) or ("none" if path.exists() else "no such file")
        raise ConfigurationError(f"there is no profile {named!r} in {path} (there: {there})")
    chosen = profiles.get(named or DEFAULT_PROFILE)
    if chosen is None:
        return _safe(around.made(), dotenv)
    found = _Found()
    if named is None:
        found.add(around.variables("base_url"), around.origins.get("base_url", ""))
    profile_variables = {variable(setting): value for setting, value in chosen.items()}
    found.add(profile_variables, f"{path}, profile {named or DEFAULT_PROFILE}")
    found.add(around.variables("base_url"), around.origins.get("base_url", ""))
    return _safe(found.made(*_readable_by_others(path)), dotenv)


def _readable_by_others(path: Path | None) -> list[str]:
    """The warning for a file with secrets that other users of the machine may read."""
    from jsms_cli.profiles import can_be_read_by_others

    if path is None or not can_be_read_by_others(path):
        return []
    return [f"{path} holds secrets and can be read by others; run: chmod 600 {path}"]


def _safe(found: Settings, dotenv: Path) -> Settings:
    """Let no folder that somebody happens to stand in send credentials of another place to an address of its own.

    Raises:
        ConfigurationError: It would.
    """
    places = {found.origins[setting] for setting in _CREDENTIALS if setting in found.values}
    if found.origins.get("base_url") == str(dotenv) and places - {str(dotenv)} and not _here(found.values["base_url"]):
        from jsms_client.errors import ConfigurationError

        raise ConfigurationError(
            f"{dotenv} has the address {found.values['base_url']}, but the credentials are from "
            f"{' and '.join(sorted(places))}: put both into one place, or set JSMS_BASE_URL in the environment"
        )
    return found


def _here(url: str) -> bool:
    """Whether an address is that of this machine."""
    try:
        return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
    except ValueError:
        return False


class _Found:
    """Settings, the first of each."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.origins: dict[str, str] = {}

    def add(self, variables: Mapping[str, str], origin: str) -> None:
        for setting in SETTINGS:
            value = variables.get(variable(setting))
            # An empty variable says "not set", except for the address: an empty one must not lead to the real service.
            if setting not in self.values and (value or (value is not None and setting == "base_url")):
                self.values[setting], self.origins[setting] = value, origin

    def variables(self, setting: str) -> dict[str, str]:
        return {variable(setting): self.values[setting]} if setting in self.values else {}

    def made(self, *warnings: str) -> Settings:
        """The settings.

        Raises:
            ConfigurationError: The two halves of a pair of credentials are from different places.
        """
        for key, secret in (("app_key", "master_secret"), ("dev_key", "dev_secret")):
            places = {self.origins[setting] for setting in (key, secret) if setting in self.values}
            if len(places) > 1:
                from jsms_client.errors import ConfigurationError

                raise ConfigurationError(
                    f"{variable(key)} is from {self.origins[key]}, {variable(secret)} from {self.origins[secret]}: "
                    "put both into one place, as they belong together"
                )
        return Settings(self.values, self.origins, warnings)


__all__ = [
    "DEFAULT_PROFILE",
    "DOTENV",
    "SETTINGS",
    "Arguments",
    "Settings",
    "find_settings",
    "profile_of_all",
    "variable",
]
