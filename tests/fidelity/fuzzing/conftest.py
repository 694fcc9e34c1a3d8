"""A strict sandbox for generated cases: what the contract does not allow is refused, however often clients send it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jsms_sandbox.settings import Settings
from sandbox.threaded_sandbox import RunningSandbox


@pytest.fixture(scope="session")
def strict() -> Iterator[RunningSandbox]:
    with RunningSandbox(Settings(strict=True)) as running:
        yield running
