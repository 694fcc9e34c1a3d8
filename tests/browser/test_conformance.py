"""The conformance page: its rows turn green while a client works."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

MESSAGE = {"mobile": "13800138000", "temp_id": 1250, "temp_para": {"number": "张三"}}


@pytest.mark.parametrize(("locale", "state", "count"), [("en-US", "right", "1 of"), ("zh-CN", "正确", "1 步正确")])
def test_a_step_turns_green_when_it_was_done(
    browser: Browser, sandbox: RunningSandbox, app: AppUnderTest, locale: str, state: str, count: str
) -> None:
    context = browser.new_context(locale=locale)
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{sandbox.url}/_sandbox/conformance.html")
    expect(page.locator("#chinese")).to_have_attribute("data-state", "todo")

    app.ok("POST", "/messages", MESSAGE)

    expect(page.locator("#chinese")).to_have_attribute("data-state", "right")
    expect(page.locator("#chinese td").first).to_have_text(state)
    expect(page.get_by_role("status")).to_contain_text(count)
    assert complaints == []
    context.close()
