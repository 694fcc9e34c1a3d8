"""Fixtures for tests that need an engine: started once for a worker, used where it is installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import provisioning

from .servers import ENGINES, Engine

SQLITE = "SQLite"
STORES = (SQLITE, *ENGINES)
SQL_STORES = (SQLITE, "PostgreSQL", "MariaDB")
SHARED = ("PostgreSQL", "MariaDB")


def require(name: str) -> None:
    """Skip the test where an engine is not installed; fail it where nothing may be left out."""
    if provisioning.engine_programs(name) is None:
        reason = f"{name} is not installed"
        if "JSMS_COMPLETE" in os.environ:
            pytest.fail(reason)
        pytest.skip(reason)


class Started:
    """The engines of one worker, each started when it is first asked for."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._running: dict[str, Engine] = {}

    def get(self, name: str) -> Engine:
        """Return a running engine."""
        require(name)
        if name not in self._running:
            self._running[name] = self._stack.enter_context(ENGINES[name]())
        return self._running[name]

    def address(self, name: str, folder: Path) -> str:
        """Return the address of an empty store."""
        return str(folder / "store.db") if name == SQLITE else self.get(name).database()

    def close(self) -> None:
        """End them all."""
        self._stack.close()


@pytest.fixture(scope="session")
def started_engines() -> Iterator[Started]:
    started = Started()
    yield started
    started.close()


@pytest.fixture(params=STORES)
def store_address(request: pytest.FixtureRequest, started_engines: Started, tmp_path: Path) -> str:
    """Provide an empty store, of every kind in turn."""
    return started_engines.address(request.param, tmp_path)


@pytest.fixture(params=SHARED)
def sql_address(request: pytest.FixtureRequest, started_engines: Started, tmp_path: Path) -> str:
    """Provide an empty database of an SQL server, of every kind in turn."""
    return started_engines.address(request.param, tmp_path)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Provide an engine of the test's own, which it may stop and kill; its name comes by an indirect parameter."""
    require(request.param)
    with ENGINES[request.param]() as running:
        yield running
