"""A receiver with a frozen clock."""

from __future__ import annotations

import pytest

from jsms_client.callbacks import CallbackReceiver

from .signed_posts import APP_KEY, MASTER_SECRET, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(1_800_000_000.0)


@pytest.fixture
def receiver(clock: Clock) -> CallbackReceiver:
    return CallbackReceiver(APP_KEY, MASTER_SECRET, clock=clock)
