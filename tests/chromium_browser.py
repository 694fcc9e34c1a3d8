"""A real Chromium for tests of pages."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from provisioning import CHROMIUM_FLAGS, CHROMIUM_PACKAGES, chromium

START_TIMEOUT = 30_000
"""Milliseconds that a busy machine may need to start it."""


@contextmanager
def chromium_browser(left_out: str) -> Generator[Browser]:
    """Start Chromium. Where it is not installed, skip the test, or fail it in CI.

    Args:
        left_out: What is not tested without it.
    """
    found = chromium()
    if found is None:
        missing = f"Chromium is not installed ({', '.join(CHROMIUM_PACKAGES)} on Debian): {left_out}."
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS, timeout=START_TIMEOUT)
        yield browser
        browser.close()
