"""One real Chromium for all tests. Each test has its own sandbox and window; an error in the console fails it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from provisioning import CHROMIUM_FLAGS, CHROMIUM_PACKAGES, chromium
from sandbox.threaded_sandbox import PATIENCE, AppUnderTest, RunningSandbox

from .inbox_page import Inbox

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="package")  # it occupies the event loop of its thread, which other tests need
def browser() -> Iterator[Browser]:
    found = chromium()
    if found is None:
        missing = f"Chromium is not installed ({', '.join(CHROMIUM_PACKAGES)} on Debian): the inbox page was left out."
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS, timeout=PATIENCE * 1000)
        yield browser
        browser.close()


@pytest.fixture
def sandbox(browser: Browser) -> Iterator[RunningSandbox]:
    """Start a sandbox for the test; after the browser, so that nothing is started in vain."""
    with RunningSandbox() as running:
        yield running


@pytest.fixture
def app(sandbox: RunningSandbox) -> Iterator[AppUnderTest]:
    """Provide the sandbox's first app."""
    first = AppUnderTest(sandbox, sandbox.look(lambda state: next(iter(state.apps.values()))))
    with first.http:
        yield first


@pytest.fixture
def inbox(browser: Browser, sandbox: RunningSandbox) -> Iterator[Inbox]:
    """Open the page. At the end it must have no errors, and have sent no request elsewhere."""
    with Inbox(browser, sandbox.url) as opened:
        yield opened
        opened.must_have_behaved()
