"""Navigation: the browser's history, wrong addresses, and a phone's screen."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

from .inbox_page import Inbox

MOBILE, OTHER = "13912345678", "13800138000"
VIEWS = ("messages", "refused", "scheduled", "callbacks", "templates", "balances", "faults")
OVER_THE_EDGE = """() => [...document.querySelectorAll("main *, header *")]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().width)
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)
  .map((each) => `${each.tagName} ${each.className} ${each.textContent.slice(0, 40)}`)"""


@pytest.fixture(params=[("en-US", 390), ("zh-CN", 390), ("en-US", 320)], ids=lambda each: f"{each[0]}-{each[1]}")
def phone(request: pytest.FixtureRequest, browser: Browser, sandbox: RunningSandbox) -> Iterator[Inbox]:
    locale, width = request.param
    with Inbox(browser, sandbox.url, viewport={"width": width, "height": 800}, locale=locale) as opened:
        yield opened
        opened.must_have_behaved()


def fill(app: AppUnderTest) -> None:
    """Have something in every view, long names included."""
    app.sent_code(OTHER)
    app.ok("POST", "/voice_codes", {"mobile": OTHER})
    app.ok("POST", "/schedule", {"send_time": "2099-01-01 00:00:00", "temp_id": 1251, "mobile": OTHER})
    app.switch(callback_url=f"http://127.0.0.1:9/{'callback' * 20}")
    app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": 1252, "temp_para": {"name": "长" * 200}})
    for fault in ({"kind": "code", "code": 50103}, {"kind": "code", "code": 50014, "operation": "deleteSchedule"}):
        httpx.post(f"{app.sandbox.url}/_sandbox/api/faults", json=fault, trust_env=False).raise_for_status()
    assert app.code_of("POST", "/codes", {"mobile": OTHER, "temp_id": 1}) == 50103
    app.sandbox.advance(2)


def test_nothing_runs_off_the_screen_of_a_phone(phone: Inbox, app: AppUnderTest) -> None:
    fill(app)
    expect(phone.page.locator("#views button[data-view=callbacks] b")).to_have_text("3")
    for view in VIEWS:
        phone.page.locator(f"#views button[data-view={view}]").click()
        phone.drawn()
        assert phone.page.evaluate(OVER_THE_EDGE) == [], view
        for index in range(min(phone.rows.count(), 3)):
            phone.rows.nth(index).click()
            expect(phone.detail.locator(".back")).to_be_visible()
            if view == "messages":
                expect(phone.detail.locator(".raw").first).to_be_visible()
            assert phone.page.evaluate(OVER_THE_EDGE) == [], f"{view} {index}"
            phone.detail.locator(".back").click()
            phone.drawn()


def test_on_a_phone_the_views_keep_their_names(phone: Inbox, app: AppUnderTest) -> None:
    app.sent_code(MOBILE)
    expect(phone.rows).to_have_count(1)
    names = {"en": ["Messages 1", "Refused requests"], "zh-CN": ["短信 1", "被拒请求"]}
    for name in names[phone.page.locator("html").get_attribute("lang") or ""]:
        expect(phone.page.locator("#views").get_by_role("button", name=name, exact=True)).to_be_visible()


def test_back_returns_to_where_one_was_and_stays_in_the_page(inbox: Inbox, app: AppUnderTest) -> None:
    app.sent_code(OTHER)
    app.sent_code(MOBILE)
    heading, selected = inbox.page.locator("#bar h2"), inbox.page.locator(".row[aria-selected=true]")
    inbox.row(OTHER).click()
    inbox.view("Refused requests")
    inbox.view("Balances")
    inbox.page.go_back()
    expect(heading).to_have_text("Refused requests")
    inbox.page.go_back()
    expect(heading).to_have_text("Messages")
    expect(selected).to_contain_text(OTHER)
    inbox.page.go_back()
    expect(selected).to_contain_text(MOBILE)
    inbox.page.go_forward()
    expect(selected).to_contain_text(OTHER)
    assert inbox.page.url.startswith(f"{inbox.url}/_sandbox/")


def test_on_a_phone_back_closes_what_was_opened(phone: Inbox, app: AppUnderTest) -> None:
    app.sent_code(MOBILE)
    phone.row(MOBILE).click()
    expect(phone.detail).to_be_visible()
    phone.page.go_back()
    expect(phone.detail).to_be_hidden()
    expect(phone.row(MOBILE)).to_be_visible()
    phone.page.go_forward()
    expect(phone.detail).to_be_visible()
    phone.detail.locator(".back").click()
    expect(phone.detail).to_be_hidden()


def test_walking_with_the_keyboard_leaves_one_place_to_go_back_to(inbox: Inbox, app: AppUnderTest) -> None:
    for number in range(4):
        app.sent_code(f"1380013800{number}")
    expect(inbox.rows).to_have_count(4)
    inbox.view("Refused requests")
    inbox.view("Messages")
    inbox.press("j", "j", "j")
    inbox.page.go_back()
    expect(inbox.page.locator("#bar h2")).to_have_text("Refused requests")


@pytest.mark.parametrize(
    "address",
    [
        "#__proto__", "#constructor", "#toString/x", "#%E0%A4%A", "#messages/%", "#messages/__proto__", "#nothing/1",
        "#refused/constructor", "#templates/__proto__", "#balances/%00", "#/", "#//",
    ],
)  # fmt: skip
def test_a_wrong_address_shows_the_page_all_the_same(inbox: Inbox, app: AppUnderTest, address: str) -> None:
    inbox.page.goto("about:blank")
    inbox.open(address)
    inbox.view("Messages")
    app.sent_code(MOBILE)
    expect(inbox.row(MOBILE)).to_have_count(1)
    inbox.page.evaluate("(address) => { location.hash = address; }", address)
    inbox.drawn()
    inbox.view("Balances")
    expect(inbox.page.locator("#bar h2")).to_have_text("Balances")
