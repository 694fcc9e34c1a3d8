"""A sandbox app for each test, and the drivers that send to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jsms_client.campaigns import CampaignSettings, _throttle
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import DRIVERS, Driver


@pytest.fixture
def app(jsms_sandbox: Sandbox) -> Iterator[Sandbox]:
    """Provide an app with credit for every recipient."""
    jsms_sandbox.set_credit(industry=100_000, market=100_000)
    yield jsms_sandbox
    jsms_sandbox.clear_faults()


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> Driver:
    return DRIVERS[request.param]


@pytest.fixture
def sync() -> Driver:
    """For what does not depend on how requests are carried out."""
    return DRIVERS["sync"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pauses."""
    monkeypatch.setattr(_throttle, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(_throttle, "LONGEST_PAUSE", 0.02)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> int:
    """Ten recipients in a request, so that short lists take many; gives that number."""
    monkeypatch.setattr(CampaignSettings, "largest_batch", 10)
    return 10
