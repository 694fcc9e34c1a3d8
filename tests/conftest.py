"""Plugins, settings and fixtures for all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

pytest_plugins = ("engines.fixtures", "sandbox.fixtures")

# Times are measured elsewhere: on a busy machine any example may be slow.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the credentials and proxies of the environment."""
    for name in ("APP_KEY", "MASTER_SECRET", "DEV_KEY", "DEV_SECRET", "BASE_URL"):
        monkeypatch.delenv(f"JSMS_{name}", raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
