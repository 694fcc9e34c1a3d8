"""One real Chromium for all tests. Each test has its own sandbox and window; an error in the console fails it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from chromium_browser import chromium_browser
from sandbox.threaded_sandbox import PATIENCE, AppUnderTest, RunningSandbox

from .inbox_page import Inbox

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="package")  # it occupies the event loop of its thread, which other tests need
def browser() -> Iterator[Browser]:
    with chromium_browser("the inbox page was left out") as browser:
        yield browser


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
