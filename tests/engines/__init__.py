"""PostgreSQL, MariaDB and Redis on loopback, each with a data folder of its own."""

from __future__ import annotations

from .servers import ENGINES, Engine, MariaDB, PostgreSQL, Redis

__all__ = ["ENGINES", "Engine", "MariaDB", "PostgreSQL", "Redis"]
