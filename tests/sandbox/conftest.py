"""One sandbox for all tests of a process; each test gets an app, and so credentials, of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jsms_sandbox.settings import Settings

from .threaded_sandbox import AppUnderTest, RunningSandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


@pytest.fixture(scope="session")
def strict_sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox(Settings(strict=True)) as running:
        yield running


@pytest.fixture
def app(sandbox: RunningSandbox) -> Iterator[AppUnderTest]:
    under_test = sandbox.app()
    with under_test.http:
        yield under_test


@pytest.fixture
def strict_app(strict_sandbox: RunningSandbox) -> Iterator[AppUnderTest]:
    under_test = strict_sandbox.app()
    with under_test.http:
        yield under_test
