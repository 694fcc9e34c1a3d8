"""The example server, started once for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from example_server import ExampleServer
from servers.contract import load_document


@pytest.fixture(scope="module")
def _running_example_server() -> Iterator[ExampleServer]:
    with ExampleServer(load_document()) as server:
        yield server


@pytest.fixture
def example_server(_running_example_server: ExampleServer) -> Iterator[ExampleServer]:
    _running_example_server.reset()
    yield _running_example_server
    _running_example_server.reset()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the credentials and proxies of the environment."""
    for name in ("APP_KEY", "MASTER_SECRET", "DEV_KEY", "DEV_SECRET", "BASE_URL"):
        monkeypatch.delenv(f"JSMS_{name}", raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
