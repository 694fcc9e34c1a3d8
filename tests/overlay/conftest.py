"""The servers of the tests: the example server, started once for each module, and the raw socket server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from example_server import ExampleServer
from servers.contract import load_document
from servers.raw_socket_server import RawSocketServer


@pytest.fixture(scope="module")
def _running_example_server() -> Iterator[ExampleServer]:
    with ExampleServer(load_document()) as server:
        yield server


@pytest.fixture
def example_server(_running_example_server: ExampleServer) -> Iterator[ExampleServer]:
    _running_example_server.reset()
    yield _running_example_server
    _running_example_server.reset()


@pytest.fixture
def server() -> Iterator[RawSocketServer]:
    with RawSocketServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _clean_environment(no_settings: None) -> None:
    """Use no credentials and proxies of the environment."""
