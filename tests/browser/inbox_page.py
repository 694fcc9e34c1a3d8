"""The inbox page as a user sees and uses it."""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Locator, Page, Request, expect

from sandbox.threaded_sandbox import PATIENCE


class Inbox:
    """One window with the page in it; a context manager that closes it.

    Args:
        browser: Who shows it.
        url: The sandbox's address.
        options: Of the window, such as its locale.
    """

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        settings: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US"} | options
        self._context = browser.new_context(**settings)
        self._context.set_default_timeout(PATIENCE * 1000)
        self._context.grant_permissions(["clipboard-read", "clipboard-write"], origin=url)
        self._context.on("request", self._asked)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", self._failed)
        self.page.on("dialog", self._interrupted)
        self.complaints: list[str] = []
        self.hosts: set[str] = set()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def open(self, fragment: str = "") -> None:
        """Open the page, and wait until it is live."""
        self.page.goto(f"{self.url}/_sandbox/{fragment}")
        expect(self.page.locator("#state")).to_have_class("state live")

    # --- what is on it -----------------------------------------------------------------------------------------------

    @property
    def rows(self) -> Locator:
        """The rows of the list that are drawn."""
        return self.page.locator(".row")

    @property
    def detail(self) -> Locator:
        """The right column."""
        return self.page.locator("#detail")

    @property
    def count(self) -> Locator:
        """How many there are, in words."""
        return self.page.locator("#bar small")

    @property
    def toast(self) -> Locator:
        """The newest notice."""
        return self.page.locator("#toast")

    def row(self, text: str) -> Locator:
        """Return the row with some text in it."""
        return self.rows.filter(has_text=text)

    def view(self, name: str) -> None:
        """Go to one of the views on the left."""
        self.page.locator("#views").get_by_role("button", name=name).click()

    def button(self, name: str) -> Locator:
        """Return a button of the right column."""
        return self.detail.get_by_role("button", name=name, exact=True)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        self.drawn()

    def search(self, query: str) -> None:
        """Search for something, and wait until what was found is drawn."""
        self.page.locator("#search").fill(query)
        self.drawn()

    def drawn(self) -> None:
        """Wait until what was done is drawn: what was there before must not be taken for it."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def clipboard(self) -> str:
        """Return the text of the clipboard."""
        text: str = self.page.evaluate("navigator.clipboard.readText()")
        return text

    # --- what it did -------------------------------------------------------------------------------------------------

    def must_have_behaved(self) -> None:
        """Check that there was no error and no request elsewhere."""
        assert self.complaints == []
        assert self.hosts <= {urlsplit(self.url).netloc}

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _failed(self, error: Error) -> None:
        self.complaints.append(f"uncaught: {error}")

    def _interrupted(self, dialog: Dialog) -> None:
        self.complaints.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith("data:"):
            self.hosts.add(urlsplit(request.url).netloc)
