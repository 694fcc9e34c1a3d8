"""The inbox page as a whole: hostile text, live updates, keyboard, mouse and accessibility."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from sandbox.sandbox_process import Process
from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

from .cuttable_connection import Line
from .inbox_page import Inbox

HOSTILE = "<img src=x onerror=alert(1)><script>window.hacked=1</script>&amp;"
MOBILE = "13912345678"
PAGE = Path(str(resources.files("jsms_sandbox") / "page"))
SCRIPTS = {path: path.read_text(encoding="utf-8") for path in PAGE.rglob("*.js")}


def test_hostile_text_is_shown_as_text_wherever_it_comes_from(inbox: Inbox, app: AppUnderTest) -> None:
    app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": 1250, "temp_para": {"number": HOSTILE}})
    httpx.post(
        f"{inbox.url}/_sandbox/api/replies",
        json={"mobile": MOBILE, "content": HOSTILE},
        params={"app": app.app.app_key},
        trust_env=False,
    ).raise_for_status()
    expect(inbox.row(MOBILE).locator(".text")).to_contain_text(HOSTILE)
    expect(inbox.detail.locator(".bubble").first).to_contain_text(HOSTILE)
    expect(inbox.detail.locator(".bubble.mine")).to_have_text(HOSTILE)
    app.send("POST", "/codes", {"mobile": HOSTILE, "temp_id": 1}, headers={"x-hostile": HOSTILE})
    inbox.view("Refused requests")
    expect(inbox.detail.locator(".raw").first).to_contain_text(f"x-hostile: {HOSTILE}")
    inbox.search(HOSTILE)
    assert inbox.page.evaluate("window.hacked") is None
    assert inbox.page.locator("main img, main script").count() == 0


def test_the_script_never_reads_text_as_html_or_as_code() -> None:
    as_html = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    assert [path for path, script in SCRIPTS.items() if as_html.search(script)] == []


def test_no_script_but_the_pages_own_runs_in_it(inbox: Inbox) -> None:
    response = httpx.get(f"{inbox.url}/_sandbox/", trust_env=False)
    assert "default-src 'none'; script-src 'nonce-" in response.headers["content-security-policy"]
    inbox.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.hacked = 1";
          document.body.append(script);
        }"""
    )
    assert inbox.page.evaluate("window.hacked") is None
    assert [each for each in inbox.complaints if "Content Security Policy" not in each] == []
    inbox.complaints.clear()


@pytest.fixture
def first_run() -> Iterator[Process]:
    with Process() as running:
        yield running


def test_the_page_goes_on_by_itself_after_the_sandbox_was_started_anew(browser: Browser, first_run: Process) -> None:
    with Inbox(browser, first_run.url) as inbox:
        first_run.http.post("/codes", json={"mobile": "13700137000", "temp_id": 1}).raise_for_status()
        expect(inbox.row("13700137000")).to_have_count(1)
        first_run.__exit__()
        expect(inbox.page.locator("#state")).to_have_text("Reconnecting…")
        with Process("--port", first_run.url.rpartition(":")[2]) as second_run:
            expect(inbox.page.locator("#state")).to_have_text("Live")
            expect(inbox.row("13700137000")).to_have_count(0)
            second_run.http.post("/codes", json={"mobile": MOBILE, "temp_id": 1}).raise_for_status()
            expect(inbox.row(MOBILE)).to_have_count(1)
            assert [each for each in inbox.complaints if "net::ERR_" not in each] == []


def test_what_happened_while_the_line_was_cut_is_resumed_without_loading_all_again(
    browser: Browser, app: AppUnderTest, sandbox: RunningSandbox
) -> None:
    with Line(sandbox.url) as line, Inbox(browser, line.url) as inbox:
        asked: list[str] = []
        inbox.page.on("request", lambda request: asked.append(request.url.removeprefix(f"{line.url}/_sandbox/api/")))
        line.cut()
        expect(inbox.page.locator("#state")).to_have_text("Reconnecting…")
        app.sent_code(MOBILE)
        expect(inbox.page.locator("#state")).to_have_text("Live")
        expect(inbox.row(MOBILE)).to_have_count(1)
        assert "info" not in asked
        assert [each for each in inbox.complaints if "net::ERR_" not in each] == []


def test_the_keyboard_is_enough(inbox: Inbox, app: AppUnderTest) -> None:
    ids = [app.sent_code(f"1380013800{number}")[0] for number in range(4)]
    expect(inbox.rows).to_have_count(4)
    selected = inbox.page.locator(".row[aria-selected=true]")
    for key, mobile in (("j", 2), ("j", 1), ("k", 2), ("Shift+G", 0), ("k", 1), ("g", 3), ("ArrowDown", 2)):
        inbox.press(key)
        expect(selected).to_contain_text(f"1380013800{mobile}")
    inbox.press("r")
    expect(inbox.page.locator("#reply")).to_be_focused()
    inbox.press("Escape", "e")
    expect(inbox.detail).to_contain_text("Code expired")
    inbox.press("/")
    inbox.page.keyboard.type(f"msg:{ids[0]}")
    expect(inbox.count).to_have_text("1 of 4")
    inbox.press("Enter", "Escape")
    expect(inbox.rows).to_have_count(4)
    inbox.press("?")
    expect(inbox.page.locator("#help")).to_contain_text("next, previous")
    inbox.press("Escape", "2")
    expect(inbox.page.locator("#bar h2")).to_have_text("Refused requests")


def test_whatever_has_the_focus_shows_it(inbox: Inbox, app: AppUnderTest) -> None:
    app.sent_code(MOBILE)
    expect(inbox.rows).to_have_count(1)
    for _ in range(30):
        inbox.page.keyboard.press("Tab")
        shown: str = inbox.page.evaluate(
            """() => {
              const style = getComputedStyle(document.activeElement);
              return style.outlineStyle === "none" ? document.activeElement.outerHTML : "";
            }"""
        )
        assert shown == ""


def test_the_language_is_the_browsers_at_first_and_then_the_one_that_was_chosen(
    browser: Browser, sandbox: RunningSandbox
) -> None:
    with Inbox(browser, sandbox.url, locale="zh-CN") as inbox:
        expect(inbox.page.locator("#bar h2")).to_have_text("短信")
        expect(inbox.page.locator("html")).to_have_attribute("lang", "zh-CN")
        expect(inbox.page.locator("#empty h2")).to_have_text("还没有短信。把应用指向这里。")
        inbox.page.get_by_role("button", name="English").click()
        expect(inbox.page.locator("#bar h2")).to_have_text("Messages")
        inbox.open()
        expect(inbox.page.locator("#bar h2")).to_have_text("Messages")
        inbox.page.get_by_role("button", name="简体中文").click()
        expect(inbox.page.locator("#search")).to_have_attribute("placeholder", re.compile("搜索"))
        inbox.must_have_behaved()


def test_every_text_of_the_page_has_its_chinese() -> None:
    texts, names = (json.loads((PAGE / f"texts/{name}.zh-CN.json").read_bytes()) for name in ("page", "names"))
    inbox = "".join(script for path, script in SCRIPTS.items() if path.name != "conformance.js")
    used = {json.loads(each) for each in re.findall(r'\bt\(\s*("(?:[^"\\]|\\.)*")', inbox)}
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    used |= set(re.findall(r"<[^>]* data-t>([^<]+)<", page))
    used |= set(re.findall(r'aria-label="([^"]+)" data-t-label', page))
    assert used - set(texts) - set(names) == set()
    assert set(texts) & set(names) == set()
    assert [text for text in texts if json.dumps(text, ensure_ascii=False)[1:-1] not in inbox + page] == []


def test_the_pages_files_are_short_and_each_script_is_type_checked() -> None:
    for path in PAGE.rglob("*.*"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 300, path
        assert [line for line in lines if len(line) > 120] == [], path
    assert [path for path, script in SCRIPTS.items() if not script.startswith("// @ts-check\n")] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_in_light_and_dark(
    browser: Browser, sandbox: RunningSandbox, scheme: str
) -> None:
    with Inbox(browser, sandbox.url, color_scheme=scheme) as inbox:
        ratios: list[list[object]] = inbox.page.evaluate(CONTRASTS)
        assert [each for each in ratios if each[2] < 4.5] == []  # type: ignore[operator]  # a number, from the page


CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (name) => {
    canvas.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
    canvas.fillRect(0, 0, 1, 1);
    const part = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map(part);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const pairs = ["ink", "soft", "faint"].flatMap((text) => ["ground", "panel", "sunk"].map((ground) => [text, ground]));
  for (const name of ["accent", "good", "bad", "wait", "blue", "violet"]) pairs.push([name, `${name}-soft`]);
  pairs.push(["accent-ink", "accent"], ["faint", "accent-soft"]);
  return pairs.map(([text, ground]) => {
    const [low, high] = [light(`--${text}`), light(`--${ground}`)].sort((one, other) => one - other);
    return [text, ground, Math.round((high + 0.05) / (low + 0.05) * 100) / 100];
  });
}"""
