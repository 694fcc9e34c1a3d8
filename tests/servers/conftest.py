"""The contract as data, and the example server made from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx
import pytest

from example_server import EXAMPLE_CREDENTIALS, ExampleServer

from .contract import load_document


@pytest.fixture(scope="session")
def document() -> Mapping[str, object]:
    return load_document()


@pytest.fixture(scope="module")
def running(document: Mapping[str, object]) -> Iterator[ExampleServer]:
    with ExampleServer(document) as server:
        yield server


@pytest.fixture
def example_server(running: ExampleServer) -> Iterator[ExampleServer]:
    running.reset()
    yield running
    running.reset()


@pytest.fixture
def http(example_server: ExampleServer) -> Iterator[httpx.Client]:
    auth = httpx.BasicAuth(*EXAMPLE_CREDENTIALS["appAuth"])
    with httpx.Client(base_url=example_server.base_url, auth=auth, trust_env=False) as client:
        yield client
