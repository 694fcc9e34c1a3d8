"""A strict sandbox for all tests of a process, and an app of it for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jsms_sandbox.settings import Settings

from .threaded_sandbox import AppUnderTest, RunningSandbox


@pytest.fixture(scope="session")
def strict_sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox(Settings(strict=True)) as running:
        yield running


@pytest.fixture
def strict_app(strict_sandbox: RunningSandbox) -> Iterator[AppUnderTest]:
    under_test = strict_sandbox.app()
    with under_test.http:
        yield under_test
