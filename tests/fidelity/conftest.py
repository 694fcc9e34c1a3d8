"""The environment of the tests."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _clean_environment(no_settings: None) -> None:
    """Use no credentials and proxies of the environment."""
