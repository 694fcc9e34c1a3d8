"""One sandbox for all tests of a process; each test gets an app, and so credentials, of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .threaded_sandbox import AppUnderTest, RunningSandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    from .threaded_sandbox import RunningSandbox

    with RunningSandbox() as running:
        yield running


@pytest.fixture
def app(sandbox: RunningSandbox) -> Iterator[AppUnderTest]:
    under_test = sandbox.app()
    with under_test.http:
        yield under_test
