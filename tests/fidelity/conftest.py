"""One sandbox for all tests of a process, and an app of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


@pytest.fixture
def app(sandbox: RunningSandbox) -> Iterator[AppUnderTest]:
    under_test = sandbox.app()
    with under_test.http:
        yield under_test


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the credentials and proxies of the environment."""
    for name in ("APP_KEY", "MASTER_SECRET", "DEV_KEY", "DEV_SECRET", "BASE_URL"):
        monkeypatch.delenv(f"JSMS_{name}", raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
