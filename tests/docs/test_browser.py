"""The site in a real Chromium, opened from the disk."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chromium_browser import chromium_browser
from website import CHINESE, ENGLISH

PATIENCE = 20_000
LOCAL = ("file:", "data:", "blob:")
FAINT = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
PHONE, DESKTOP = (390, 844), (1280, 900)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium_browser("the site was not opened") as browser:
        yield browser


@contextmanager
def opened(browser: Browser, path: Path, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> Generator[Page]:
    """Provide a page that must log no error and send no request elsewhere."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    said: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(LOCAL) else said.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    yield page
    context.close()
    assert said == []


def search(page: Page, words: str) -> str:
    """Return the first search result for some words."""
    page.locator(".md-search__button").click()
    page.get_by_placeholder("").first.wait_for()
    page.keyboard.type(words)
    first = page.locator("ol li a").first
    expect(first).to_be_visible(timeout=PATIENCE)
    return first.inner_text()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (CHINESE, "模板审核"),
        (CHINESE, "验证码"),
        (CHINESE, "签名"),
        (CHINESE, "UnknownOutcomeError"),
        (ENGLISH, "signature"),
        (ENGLISH, "NoCreditError"),
        (ENGLISH, "balance"),
    ],
)
def test_search_finds_words_of_both_languages(browser: Browser, folder: Path, language: str, words: str) -> None:
    with opened(browser, folder / ("" if language == ENGLISH else language) / "index.html") as page:
        assert search(page, words)
        result = page.locator("ol").first.inner_text()
        assert any(part in result.lower() for part in (words.lower(), words[:2].lower()))


def test_a_search_result_leads_to_its_page(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "index.html") as page:
        search(page, "NoMoneyError")
        # Until then the results are those of the first letters.
        expect(page.locator("ol li a").first).to_contain_text("NoMoneyError")
        page.keyboard.press("Enter")
        page.wait_for_url("**/*.html*")
        expect(page.locator("article")).to_contain_text("NoMoneyError")


def test_the_language_switch_leads_to_the_same_page(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "errors.html") as page:
        page.locator(".md-select button").hover()
        page.get_by_role("link", name="简体中文").click()
        page.wait_for_url(f"**/{CHINESE}/errors.html")
        page.locator(".md-select button").hover()
        page.get_by_role("link", name="English").click()
        page.wait_for_url("**/errors.html")
        assert CHINESE not in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_page_is_wider_than_the_window(browser: Browser, folder: Path, size: tuple[int, int], scheme: str) -> None:
    names = ("errors", "api", "campaigns", "reference/client", f"{CHINESE}/index", f"{CHINESE}/sandbox")
    with opened(browser, folder / "index.html", size, scheme) as page:
        for name in names:
            page.goto((folder / f"{name}.html").as_uri(), wait_until="domcontentloaded")
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(browser: Browser, folder: Path, scheme: str) -> None:
    names = ("index", "campaigns", "errors", "openapi", f"{CHINESE}/reference/client")
    with opened(browser, folder / "index.html", scheme=scheme) as page:
        for name in names:
            page.goto((folder / f"{name}.html").as_uri())
            if name == "openapi":
                page.get_by_text("/codes").first.wait_for()
            assert page.evaluate(FAINT) == [], name


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_the_contract_is_rendered(browser: Browser, folder: Path, language: str) -> None:
    with opened(browser, folder / ("" if language == ENGLISH else language) / "openapi.html") as page:
        expect(page.locator("h2", has_text="codes").first).to_be_visible()
        expect(page.get_by_text("/codes").first).to_be_visible()
