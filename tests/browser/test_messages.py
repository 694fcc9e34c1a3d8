"""Messages on the inbox page: they appear, and can be found, copied and changed."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import expect

from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

from .inbox_page import Inbox

MOBILE = "13912345678"


def test_before_the_first_message_the_page_says_how_to_send_one(inbox: Inbox, app: AppUnderTest) -> None:
    empty = inbox.page.locator("#empty")
    for text in (f"{inbox.url}/v1", *app.auth, *app.dev_auth, "curl", "13000050014"):
        expect(empty).to_contain_text(text)
    empty.get_by_role("button", name="Copy appKey").click()
    assert inbox.clipboard() == app.app.app_key
    empty.get_by_role("tab", name="Python").click()
    expect(empty).to_contain_text("from jsms_client import JSMS")
    empty.get_by_role("button", name="Send this one now").click()
    expect(inbox.row("13800138000")).to_have_count(1)
    expect(empty).to_be_hidden()


def test_a_message_appears_as_it_is_sent_with_everything_about_it(inbox: Inbox, app: AppUnderTest) -> None:
    msg_id, code = app.sent_code(MOBILE)
    row = inbox.row(MOBILE)
    for text in ("Code", "1 SMS", code, f"您的验证码是{code}"):
        expect(row).to_contain_text(text)
    detail = inbox.detail
    expect(detail.locator(".phone")).to_contain_text(f"【极光】您的验证码是{code}，五分钟内有效。")
    expect(detail).to_contain_text("24 of 70 characters, 1 SMS")
    expect(detail).to_contain_text(msg_id)
    expect(detail).to_contain_text("POST /v1/codes")
    expect(detail).to_contain_text(f'"mobile":"{MOBILE}"')
    expect(detail).to_contain_text(f'{{"msg_id":"{msg_id}"}}')
    expect(detail).to_contain_text("authorization: (redacted)")
    expect(row).to_contain_text("Pending")


def test_the_report_changes_the_message_while_one_looks(
    inbox: Inbox, app: AppUnderTest, sandbox: RunningSandbox
) -> None:
    app.switch(report_delay=60.0)
    app.sent_code(MOBILE)
    expect(inbox.row(MOBILE)).to_contain_text("Pending")
    sandbox.advance(61)
    expect(inbox.row(MOBILE)).to_contain_text("Delivered")
    expect(inbox.detail.locator(".timeline").first).to_contain_text("Reported 4001 DELIVERED")


def test_a_long_message_is_measured_in_parts_of_67(inbox: Inbox, app: AppUnderTest) -> None:
    app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": 1250, "temp_para": {"number": "7" * 90}})
    expect(inbox.row(MOBILE)).to_contain_text("2 SMS")
    expect(inbox.detail.locator(".ruler-text")).to_contain_text("102 characters: 2 SMS of 67")
    expect(inbox.detail.locator(".ruler span")).to_have_count(2)


def test_a_search_finds_by_field_and_leaves_out_what_is_not_wanted(inbox: Inbox, app: AppUnderTest) -> None:
    app.switch(report_delay=600.0)
    _, code = app.sent_code(MOBILE)
    for number in ("A7", "B8"):
        to = [{"mobile": "13700137000", "temp_para": {"number": number}}]
        app.ok("POST", "/messages/batch", {"temp_id": 1250, "tag": f"tag-{number}", "recipients": to})
    expect(inbox.rows).to_have_count(3)
    for query, found in (
        ("A7", 1),
        ("to:1370013", 2),
        (f"code:{code}", 1),
        ("type:notice -B8", 1),
        ("status:pending tag:tag-B8", 1),
        ('text:"订单a7已"', 1),
        ("-to:137", 1),
        ("to:", 3),
        ("nothing like it", 0),
    ):
        inbox.search(query)
        expect(inbox.rows, query).to_have_count(found)
    expect(inbox.page.locator("#empty")).to_contain_text("Nothing matches this search.")
    inbox.page.get_by_role("button", name="Clear the search").click()
    expect(inbox.rows).to_have_count(3)


def test_the_code_is_copied_by_button_and_by_key(inbox: Inbox, app: AppUnderTest) -> None:
    _, first = app.sent_code(MOBILE)
    inbox.row(MOBILE).get_by_role("button", name=f"Copy {first}").click()
    expect(inbox.toast).to_have_text(f"Copied {first}")
    assert inbox.clipboard() == first
    _, second = app.sent_code("13700137000")
    expect(inbox.detail.locator(".code-line .big")).to_have_text(second)
    inbox.press("c")
    expect(inbox.toast).to_have_text(f"Copied {second}")
    assert inbox.clipboard() == second


def test_a_reply_reaches_the_app_and_stands_in_the_conversation(inbox: Inbox, app: AppUnderTest) -> None:
    app.sent_code(MOBILE)
    expect(inbox.detail.locator("#reply")).to_be_visible()
    inbox.detail.locator("#reply").fill("好的")
    inbox.press("Enter")
    expect(inbox.detail.locator(".bubble.mine")).to_have_text("好的")
    replies = app.ok("GET", "/reply")
    assert [(each["phone"], each["content"]) for each in replies] == [(MOBILE, "好的")]


def test_what_is_being_typed_survives_news(inbox: Inbox, app: AppUnderTest) -> None:
    msg_id, code = app.sent_code(MOBILE)
    inbox.detail.locator("#reply").fill("half a sen")
    app.ok("POST", f"/codes/{msg_id}/valid", {"code": code})
    expect(inbox.detail).to_contain_text("Code verified")
    inbox.page.keyboard.type("tence")
    expect(inbox.detail.locator("#reply")).to_have_value("half a sentence")


def test_status_expiry_and_resending_are_buttons(inbox: Inbox, app: AppUnderTest) -> None:
    msg_id, code = app.sent_code(MOBILE)
    inbox.detail.get_by_label("Status").select_option("4003")
    inbox.button("Set status").click()
    expect(inbox.row(MOBILE)).to_contain_text("4003")
    inbox.button("Expire").click()
    expect(inbox.detail).to_contain_text("Code expired")
    assert app.code_of("POST", f"/codes/{msg_id}/valid", {"code": code}) == 50011
    inbox.button("Resend").click()
    expect(inbox.rows).to_have_count(2)


def test_the_clock_is_advanced_and_codes_expire(inbox: Inbox, app: AppUnderTest) -> None:
    app.sent_code(MOBILE)
    clock = inbox.page.locator("#clock")
    expect(inbox.detail.locator(".chip", has_text="issued")).to_be_visible()
    clock.get_by_role("button", name="Advance by five minutes").click()
    expect(inbox.detail.locator(".code-line .chip")).to_have_text("expired")
    expect(inbox.toast).to_contain_text("in the sandbox")
    expect(inbox.row(MOBILE).locator("time")).to_have_text(re.compile("5 min"))
    clock.get_by_role("button", name="Freeze the clock").click()
    expect(clock.get_by_role("button", name="Start the clock")).to_be_visible()
    clock.get_by_role("button", name="Back to real time").click()
    expect(clock.get_by_role("button", name="Back to real time")).to_have_count(0)


def test_messages_of_another_app_can_be_left_out(inbox: Inbox, app: AppUnderTest, sandbox: RunningSandbox) -> None:
    app.sent_code(MOBILE)
    other = sandbox.app()
    with other.http:
        other.sent_code("13700137000")
    expect(inbox.rows).to_have_count(2)
    inbox.page.locator("#app").select_option(other.app.app_key)
    expect(inbox.rows).to_have_count(1)
    expect(inbox.row("13700137000")).to_have_count(1)


def test_a_thousand_messages_are_drawn_searched_and_walked_through_at_once(inbox: Inbox, app: AppUnderTest) -> None:
    made = httpx.post(f"{inbox.url}/_sandbox/api/seed", json={"samples": 1_000}, trust_env=False, timeout=60)
    made.raise_for_status()
    expect(inbox.count).to_have_text("1000 shown")
    assert inbox.rows.count() < 50
    last = app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": 1250, "temp_para": {"number": "the last"}})
    expect(inbox.row(MOBILE)).to_have_count(1)
    inbox.search("type:voice")
    expect(inbox.count).to_have_text("250 of 1001")
    inbox.search("")
    inbox.press("Escape", "Shift+G")
    expect(inbox.page.locator(".row[aria-posinset='1001']")).to_have_attribute("aria-selected", "true")
    inbox.press("g")
    expect(inbox.detail).to_contain_text(last["msg_id"])
    took: float = inbox.page.evaluate(
        """() => new Promise((done) => {
          const field = document.getElementById("search"), began = performance.now();
          field.value = "to:1391234";
          field.dispatchEvent(new Event("input"));
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
        })"""
    )
    expect(inbox.rows).to_have_count(1)
    assert took < 1_000  # a handful of frames on an idle machine
