"""The other views of the inbox page: refused requests, schedules, callbacks, and switches."""

from __future__ import annotations

import json
import socket
from typing import cast

import httpx
import pytest
from playwright.sync_api import Browser, expect

from jsms_sandbox.contract import operations
from jsms_sandbox.service.operations import OPERATIONS
from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

from .inbox_page import Inbox

MOBILE = "13912345678"


def test_a_refused_request_says_which_check_failed_what_that_means_and_what_to_change(
    inbox: Inbox, app: AppUnderTest
) -> None:
    assert app.code_of("POST", "/codes", {"mobile": MOBILE, "temp_id": 999_999}) == 50013
    expect(inbox.page.locator("#views button[data-view=refused] b")).to_have_text("1")
    inbox.view("Refused requests")
    expect(inbox.row("sendCode")).to_contain_text("50013")
    detail = inbox.detail
    for text in (
        "INVALID_TEMP_ID",
        "The check that failed",
        "template",
        "Meaning",
        "含义",
        "The app has no template 999999",
        "What to change",
        '"temp_id":999999',
        '{"error":{"code":50013',
    ):
        expect(detail).to_contain_text(text)
    errors = httpx.get(f"{inbox.url}/_sandbox/api/errors", trust_env=False).json()["errors"]
    (error,) = (each for each in errors if each["code"] == 50013)
    for text in (error["meaning"], error["meaning_zh"], error["remedy"], error["remedy_zh"]):
        expect(detail).to_contain_text(text)


def test_in_chinese_the_reason_is_chinese_too(browser: Browser, sandbox: RunningSandbox, app: AppUnderTest) -> None:
    assert app.code_of("POST", "/codes", {"mobile": MOBILE, "temp_id": 999_999}) == 50013
    app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": "1251"})
    with Inbox(browser, sandbox.url, locale="zh-CN") as inbox:
        inbox.view("被拒请求")
        expect(inbox.row("sendCode")).to_contain_text("应用没有模板 999999；现有模板：")
        expect(inbox.detail.locator(".hint")).to_contain_text("应用没有模板 999999；现有模板：")
        expect(inbox.detail).not_to_contain_text("The app has no template")
        inbox.page.locator("#views button[data-view=messages]").click()
        expect(inbox.detail.locator(".warning")).to_have_text("整数（例如 temp_id、ttl）应为 JSON 数字，而不是字符串。")
        inbox.must_have_behaved()


def test_what_is_assumed_says_so_and_shows_all_assumptions(inbox: Inbox, app: AppUnderTest) -> None:
    app.code_of("POST", "/codes", {"mobile": MOBILE, "temp_id": 999_999})
    inbox.view("Refused requests")
    inbox.detail.get_by_role("button", name="assumed").click()
    dialog = inbox.page.locator("#assumptions")
    expect(dialog.locator("dt.lit").first).to_have_text("order of checks")
    assert dialog.locator("dt").count() == len(
        httpx.get(f"{inbox.url}/_sandbox/api/info", trust_env=False).json()["assumptions"]
    )
    inbox.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_scheduled_message_is_sent_when_the_clock_reaches_it(inbox: Inbox, app: AppUnderTest) -> None:
    body = {"mobile": MOBILE, "temp_id": 1250, "temp_para": {"number": "S1"}, "send_time": "2099-01-01 09:00:00"}
    app.ok("POST", "/schedule", body)
    inbox.view("Scheduled")
    expect(inbox.row(MOBILE)).to_contain_text("2099-01-01 09:00:00")
    inbox.button("Advance the clock to then").click()
    expect(inbox.row(MOBILE)).to_contain_text("sent")
    inbox.detail.locator(".table .link").click()
    expect(inbox.page.locator("#views button[data-view=messages]")).to_have_attribute("aria-current", "page")
    expect(inbox.detail.locator(".bubble")).to_contain_text("您的订单S1已发货")
    expect(inbox.detail).to_contain_text("Scheduled for 2099-01-01 09:00:00")


def test_each_attempt_of_a_callback_is_shown(inbox: Inbox, app: AppUnderTest) -> None:
    with socket.socket() as unreachable:  # bound, but not listening: connections are refused
        unreachable.bind(("127.0.0.1", 0))
        app.switch(callback_url=f"http://127.0.0.1:{unreachable.getsockname()[1]}/", report_delay=0.0)
        msg_id, _ = app.sent_code(MOBILE)
        inbox.view("Callbacks")
        expect(inbox.row("SMS_REPORT")).to_contain_text("attempts: 1")
        inbox.button("Retry now").click()
        expect(inbox.row("SMS_REPORT")).to_contain_text("attempts: 2")
        expect(inbox.detail.locator(".timeline")).to_contain_text("by hand")
        expect(inbox.detail.locator(".raw")).to_contain_text(msg_id)


def test_a_template_in_review_is_rejected_with_a_reason(inbox: Inbox, app: AppUnderTest) -> None:
    app.sandbox.look(lambda _: setattr(app.app.review, "mode", "by_hand"))
    app.ok("POST", "/templates", {"template": "您好{{name}}", "type": 2, "remark": "问候"})
    inbox.view("Templates & signatures")
    expect(inbox.page.locator("#views button[data-view=templates] b")).to_have_text("1")
    expect(inbox.row("您好{{name}}")).to_contain_text("IN_REVIEW")
    inbox.row("您好{{name}}").click()
    inbox.detail.get_by_label("Reason").fill("太短")
    inbox.button("Reject").click()
    expect(inbox.row("您好{{name}}")).to_contain_text("REJECTED")
    expect(inbox.detail).to_contain_text("太短")
    inbox.button("Pass").click()
    expect(inbox.row("您好{{name}}")).to_contain_text("PASSED")


def test_credit_and_switches_are_set(inbox: Inbox, app: AppUnderTest) -> None:
    inbox.view("Balances")
    for pool in ("balance", "industry"):
        inbox.detail.locator(f"#app-{pool}").fill("0")
    inbox.detail.locator("#fixed_code").fill("246810")
    inbox.button("Save").click()
    expect(inbox.toast).to_have_text("Saved.")
    assert app.code_of("POST", "/codes", {"mobile": MOBILE, "temp_id": 1}) == 50014
    assert app.app.fixed_code == "246810"


def test_a_fault_is_added_hits_and_is_deleted(inbox: Inbox, app: AppUnderTest) -> None:
    inbox.view("Faults")
    inbox.detail.get_by_label("Error code").fill("50009")
    inbox.detail.get_by_label("Operation").select_option("sendCode")
    inbox.button("Add the fault").click()
    expect(inbox.row("sendCode")).to_contain_text("hits: 0")
    assert app.code_of("POST", "/codes", {"mobile": MOBILE, "temp_id": 1}) == 50009
    expect(inbox.row("sendCode")).to_contain_text("hits: 1")
    inbox.row("sendCode").click()
    inbox.button("Delete").click()
    expect(inbox.rows).to_have_count(0)
    expect(inbox.detail).to_contain_text("New fault")


def test_starting_over_empties_the_page_once_it_is_sure(
    inbox: Inbox, app: AppUnderTest, sandbox: RunningSandbox
) -> None:
    app.sent_code(MOBILE)
    expect(inbox.row(MOBILE)).to_have_count(1)
    start_over = inbox.page.locator("#start-over")
    start_over.click()
    expect(start_over).to_have_text("Really reset?")
    start_over.click()
    expect(inbox.page.locator("#empty")).to_contain_text("No message yet.")
    assert sandbox.look(lambda state: len(state.messages)) == 0


def test_the_page_shows_the_error_of_the_test_api(inbox: Inbox, app: AppUnderTest) -> None:
    inbox.view("Balances")
    inbox.detail.locator("#allowed_ips").fill("nowhere")
    inbox.button("Save").click()
    expect(inbox.toast).to_contain_text("allowed_ips")
    assert [each for each in inbox.complaints if "400 (Bad Request)" not in each] == []
    inbox.complaints.clear()  # a browser tells of every refusal


def test_an_address_of_the_page_leads_to_one_message(inbox: Inbox, app: AppUnderTest) -> None:
    msg_id, code = app.sent_code(MOBILE)
    app.sent_code("13700137000")
    inbox.page.goto("about:blank")
    inbox.open(f"#messages/{msg_id}")
    expect(inbox.detail.locator(".code-line .big")).to_have_text(code)
    assert json.loads(inbox.page.evaluate("JSON.stringify(location.hash)")) == f"#messages/{msg_id}"


@pytest.fixture
def left_out(monkeypatch: pytest.MonkeyPatch) -> str:
    """Add an operation that the sandbox does not model."""
    monkeypatch.delitem(cast("dict[str, object]", OPERATIONS), "getAppBalance")
    return "getAppBalance"


@pytest.mark.parametrize(
    ("locale", "view", "chip", "warning"),
    [
        ("en-US", "Not modelled", "not modelled", "The sandbox does not model getAppBalance"),
        ("zh-CN", "未模拟", "未模拟", "沙箱没有模拟 getAppBalance"),
    ],
)
def test_a_request_to_an_operation_without_behaviour_is_marked(
    left_out: str, browser: Browser, app: AppUnderTest, locale: str, view: str, chip: str, warning: str
) -> None:
    with Inbox(browser, app.sandbox.url, locale=locale) as inbox:
        inbox.view(view)
        expect(inbox.page.locator(".hollow").first).to_contain_text(left_out)
        app.ok("GET", "/accounts/app")
        expect(inbox.page.locator("#views button[data-view=unmodelled] b")).to_have_text("1")
        expect(inbox.row(left_out)).to_contain_text(chip)
        expect(inbox.detail).to_contain_text(chip)
        expect(inbox.detail).to_contain_text(warning)
        inbox.must_have_behaved()


def test_a_sandbox_that_models_every_operation_has_no_view_of_others(
    monkeypatch: pytest.MonkeyPatch, browser: Browser, sandbox: RunningSandbox
) -> None:
    monkeypatch.setattr("jsms_sandbox.admin.resources.general.BEHAVIOUR", {each.id for each in operations().values()})
    with Inbox(browser, sandbox.url) as inbox:
        expect(inbox.page.locator("#views button[data-view=faults]")).to_be_visible()
        expect(inbox.page.locator("#views button[data-view=unmodelled]")).to_be_hidden()
