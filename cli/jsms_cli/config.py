"""Settings and where they come from: the environment, a ``.env``, or a profile of the configuration file."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Required, TypedDict, cast
from urllib.parse import urlsplit

SETTINGS: Final = ("app_key", "master_secret", "dev_key", "dev_secret", "base_url")
"""What can be set, wherever that is done."""
DEFAULT_PROFILE: Final = "default"
PROGRAM: Final = "jsms"
DOTENV: Final = ".env"
_CREDENTIALS: Final = ("app_key", "master_secret", "dev_key", "dev_secret")

profile_of_all: ContextVar[str | None] = ContextVar("profile_of_all", default=None)
"""The profile that was named before the command."""
arguments_of_all: ContextVar[tuple[str, ...]] = ContextVar("arguments_of_all", default=())
"""What was typed, to show a person what to type to continue."""


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
        """Return them for a client; the real service where no address was found."""
        from jsms_client.contract import BASE_URL

        return cast("Arguments", {"base_url": BASE_URL, **self.values})


def variable(setting: str) -> str:
    """Return the environment variable of a setting."""
    return f"JSMS_{setting.upper()}"


def find_settings(profile: str | None = None) -> Settings:
    """Find the settings.

    A profile that is named is taken alone, so that two accounts are never mixed up; only the address may still come
    from the environment, where the profile has none. Otherwise the environment comes first, then ``.env``; and where
    neither has any credentials, the profile ``default``.

    Args:
        profile: The profile to take; else the one named before the command; else JSMS_PROFILE.

    Raises:
        ConfigurationError: The profile is not there, a file cannot be read, or ``.env`` has an address for credentials
            of another place.
    """
    from jsms_client.errors import ConfigurationError

    around = _Found()
    around.add(os.environ, "the environment")
    dotenv = Path(DOTENV).absolute()
    around.add(read_dotenv(dotenv), str(dotenv))
    named = profile or profile_of_all.get() or os.environ.get("JSMS_PROFILE")
    if named is None and any(setting in around.values for setting in _CREDENTIALS):
        from_file = any(around.origins.get(setting) == str(dotenv) for setting in _CREDENTIALS)
        return _safe(around.made(*_readable_by_others(dotenv if from_file else None)), dotenv)
    path = config_path()
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
    """Return the warning for a file with secrets that other users of the machine may read."""
    if path is None or not can_be_read_by_others(path):
        return []
    return [f"{path} holds secrets and can be read by others; run: chmod 600 {path}"]


def _safe(found: Settings, dotenv: Path) -> Settings:
    """Refuse to send credentials from elsewhere to an address that the current folder's ``.env`` sets.

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
        """Return the settings.

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


_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>JSMS_[A-Z_]+)\s*=\s*(?P<value>.*?)\s*", re.DOTALL)
_QUOTED = re.compile(r"""(?P<quote>['"])(?P<value>.*?)(?P=quote)\s*(?:#.*)?""")
_COMMENT = re.compile(r"(?:^|\s+)#.*")


def read_dotenv(path: Path) -> dict[str, str]:
    """Read the JSMS_* variables of a file; none where there is no such file.

    Raises:
        ConfigurationError: The file is there and cannot be read, or is a pipe.
    """
    from jsms_client.errors import ConfigurationError

    if path.is_fifo():
        # Reading would block until something writes into it.
        raise ConfigurationError(f"{path} is a pipe and not a file; put a file in its place, or remove it")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read ({_reason(error)})") from error
    found = (_LINE.fullmatch(line) for line in text.splitlines())
    return {each["name"]: _value(each["value"]) for each in found if each is not None}


def _value(written: str) -> str:
    quoted = _QUOTED.fullmatch(written)
    return quoted["value"] if quoted is not None else _COMMENT.sub("", written)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "it is not UTF-8"


def config_path() -> Path:
    """Where the file is: below ``XDG_CONFIG_HOME``, where that is set."""
    home = os.environ.get("XDG_CONFIG_HOME") or ""
    # The specification has relative ones ignored.
    folder = Path(home) if Path(home).is_absolute() else Path.home() / ".config"
    return folder / "jsms" / "config.toml"


def read_profiles(path: Path) -> dict[str, dict[str, str]]:
    """Every profile by its name; none where there is no file.

    Raises:
        ConfigurationError: It cannot be read, or holds something that is no setting.
    """
    import tomllib

    from jsms_client.errors import ConfigurationError

    try:
        document: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8") from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror})") from error
    profiles = document.pop("profiles", {})
    if document or not isinstance(profiles, dict):
        odd = next(iter(document), "profiles")
        raise ConfigurationError(f"{path} holds {odd!r}: it takes tables such as [profiles.default]")
    named = cast("dict[str, object]", profiles)
    return {name: _read(name, profile, path) for name, profile in named.items()}


def can_be_read_by_others(path: Path) -> bool:
    """Whether anybody but its owner may read a file."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return os.name == "posix" and bool(mode & (stat.S_IRGRP | stat.S_IROTH))


def _read(name: str, profile: object, path: Path) -> dict[str, str]:
    from jsms_client.errors import ConfigurationError

    where = f"{path}, profile {name!r}"
    if not isinstance(profile, dict):
        raise ConfigurationError(f"{where}: it is no table")
    settings: dict[str, str] = {}
    for setting, value in cast("dict[str, object]", profile).items():
        if setting not in SETTINGS:
            raise ConfigurationError(f"{where}: there is no setting {setting!r}; it takes {', '.join(SETTINGS)}")
        if not isinstance(value, str) or not value:
            raise ConfigurationError(f"{where}: {setting} must be a text in quotes")
        settings[setting] = value
    return settings
