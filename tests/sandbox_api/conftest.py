"""The test API of each test's own app, and of a sandbox of its own for tests that change all of it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from sandbox.threaded_sandbox import WITHOUT_TLS, AppUnderTest, RunningSandbox

from .api_client import API, API_PATH
from .document import Document


@pytest.fixture(scope="session")
def document(sandbox: RunningSandbox) -> Document:
    url = f"{sandbox.url}{API_PATH}/openapi.json"
    response = httpx.get(url, verify=WITHOUT_TLS, trust_env=False)
    assert response.headers["content-type"] == "application/json"
    return Document(response.json())


@pytest.fixture
def api(app: AppUnderTest, document: Document) -> Iterator[API]:
    """Provide the test API about the test's own app."""
    with API(app.sandbox.url, document, app.app.app_key) as api:
        yield api


@pytest.fixture
def whole_sandbox() -> Iterator[RunningSandbox]:
    """Provide a sandbox of the test's own."""
    with RunningSandbox() as running:
        yield running


@pytest.fixture
def alone(whole_sandbox: RunningSandbox, document: Document) -> Iterator[API]:
    """Provide the test API of a sandbox of the test's own, about all of it."""
    with API(whole_sandbox.url, document) as api:
        yield api
