"""The databases that the tests of the store run against: Debian's packages, started by the tests themselves."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

PACKAGES: Mapping[str, str] = {"PostgreSQL": "postgresql", "MariaDB": "mariadb-server", "Redis": "redis-server"}
"""Engine to Debian package."""
_PROGRAMS = {
    "PostgreSQL": ("initdb", "postgres"),
    "MariaDB": ("mariadb-install-db", "mariadbd"),
    "Redis": ("redis-server",),
}
# Debian keeps these off the PATH; the newest PostgreSQL first.
_FOLDERS = (
    *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True),
    Path("/usr/sbin"),
)


def programs(engine: str) -> tuple[str, ...] | None:
    """The programs of an engine, in the order of `_PROGRAMS`; None where one is missing.

    Args:
        engine: Its name in `PACKAGES`.
    """
    found = tuple(_find(name) for name in _PROGRAMS[engine])
    return None if None in found else tuple(path for path in found if path is not None)


def missing() -> list[str]:
    """The engines that this machine does not have."""
    return [engine for engine in PACKAGES if programs(engine) is None]


def _find(name: str) -> str | None:
    beside = (shutil.which(name, path=str(folder)) for folder in _FOLDERS)
    return next((found for found in beside if found is not None), None) or shutil.which(name)
