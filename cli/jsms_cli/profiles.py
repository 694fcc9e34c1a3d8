"""The configuration file: named profiles, each with credentials and an address."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from jsms_cli.settings import SETTINGS
from jsms_client.errors import ConfigurationError


def config_path(environment: Mapping[str, str]) -> Path:
    """Where the file is.

    Args:
        environment: The variables; ``XDG_CONFIG_HOME`` is honoured.
    """
    home = environment.get("XDG_CONFIG_HOME") or ""
    # The specification has relative ones ignored.
    folder = Path(home) if Path(home).is_absolute() else Path.home() / ".config"
    return folder / "jsms" / "config.toml"


def read_profiles(path: Path) -> dict[str, dict[str, str]]:
    """Every profile by its name; none where there is no file.

    Args:
        path: The file.

    Raises:
        ConfigurationError: It cannot be read, or holds something that is no setting.
    """
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
    """Whether anybody but its owner may read a file.

    Args:
        path: The file.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return os.name == "posix" and bool(mode & (stat.S_IRGRP | stat.S_IROTH))


def _read(name: str, profile: object, path: Path) -> dict[str, str]:
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


__all__ = ["can_be_read_by_others", "config_path", "read_profiles"]
