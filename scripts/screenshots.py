"""The command ``scripts/screenshots``: the pictures of the inbox and of the command that the documentation shows."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright
from rich.console import Console
from rich.text import Text

from jsms_client import JSMS, JSMSError
from jsms_sandbox.settings import DEFAULT_PORT
from local_sandbox import LocalSandbox
from provisioning import CHROMIUM_FLAGS, CHROMIUM_PACKAGES, chromium

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
_SIZE: ViewportSize = {"width": 1280, "height": 800}


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures; the exit code is 1 where there is no Chromium."""
    parser = argparse.ArgumentParser(
        prog="scripts/screenshots",
        description=f"Take the pictures in docs/images, with {' and '.join(CHROMIUM_PACKAGES)} of Debian.",
    )
    parser.add_argument("--into", type=Path, default=FOLDER, help="the folder to write to")
    folder: Path = parser.parse_args(arguments).into
    found = chromium()
    if found is None:
        print(f"Chromium is not installed; on Debian: apt-get install {' '.join(CHROMIUM_PACKAGES)}")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with LocalSandbox(strict=False) as sandbox, sync_playwright() as playwright:
        play(sandbox)
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        for name, scheme, show in _INBOX_PICTURES:
            page = browser.new_page(viewport=_SIZE, locale="en-US", color_scheme=scheme, reduced_motion="reduce")
            page.goto(sandbox.page_url)
            expect(page.locator("#state")).to_have_class("state live")
            show(page)
            page.wait_for_timeout(500)  # until nothing moves any more
            page.screenshot(path=folder / f"{name}.png")
            page.close()
        page = browser.new_page(viewport=_SIZE, device_scale_factor=1.5)
        page.set_content(terminal_page(sandbox))
        page.locator("body").screenshot(path=folder / "command.png")
        browser.close()
    for file in sorted(folder.glob("*.png")):
        print(f"wrote {file} ({file.stat().st_size // 1024} kB)")
    return 0


def _inbox(page: Page) -> None:
    page.locator(".row", has_text=LOGIN).click()
    expect(page.locator(".bubble.mine")).to_be_visible()


def _refused(page: Page) -> None:
    page.keyboard.press("2")
    page.locator(".row", has_text="50013").click()
    expect(page.locator(".fix")).to_be_visible()


# Each with its colours, and what to do on the page first.
_INBOX_PICTURES: tuple[tuple[str, Literal["light", "dark"], Callable[[Page], None]], ...] = (
    ("inbox", "light", _inbox),
    ("refused", "dark", _refused),
)


LOGIN = "13912345678"
_UNREACHABLE = "13000004003"
_NEXT_DAY = timedelta(days=1)


def play(sandbox: LocalSandbox) -> None:
    """Fill a sandbox with the messages of the pictures, then set its clock to the real time."""
    with JSMS(**asdict(sandbox.credentials), base_url=sandbox.base_url) as jsms:
        steps = _steps(jsms)
        sandbox.post("clock", {"now": int((time.time() - sum(wait for wait, _ in steps)) * 1000)})
        for wait, step in steps:
            with suppress(JSMSError):  # some are meant to be refused
                step()
            sandbox.advance(wait)
    sandbox.reply(LOGIN, "收到，谢谢")
    sandbox.post("clock", {"real": True})


def _steps(jsms: JSMS) -> Sequence[tuple[float, Callable[[], object]]]:
    """List the calls, each with the seconds that the sandbox's clock advances after it."""
    messages, tomorrow = jsms.messages, datetime.now().astimezone() + _NEXT_DAY
    long = "SF1024-7731-2（收件人李女士，取件码4-2-0917，送达后请于当日22:00前到小区东门快递柜领取，逾期将转送至驿站）"
    return (
        (420, lambda: messages.send("13877665544", temp_id=1252, temp_para={"name": "小明"})),
        (300, lambda: jsms.codes.send_voice("13655558888")),
        (240, lambda: messages.send("13800138000", temp_id=1250, temp_para={"order": "A-1024"})),
        (120, lambda: messages.send("13700137000", temp_id=1250, temp_para={"number": long})),
        (90, lambda: messages.send(_UNREACHABLE, temp_id=1251)),
        (45, lambda: jsms.codes.send("138001", temp_id=1)),
        (40, lambda: messages.send("13577889900", temp_id=1250, temp_para={"number": "A-1025"})),
        (
            20,
            lambda: jsms.schedules.create(
                "13577889900", temp_id=1250, temp_para={"number": "A-1026"}, send_time=tomorrow
            ),
        ),
        (15, lambda: jsms.codes.send("13800138000", temp_id=2041)),
        (12, lambda: jsms.codes.send("13611112222", temp_id=1)),
        (10, lambda: messages.send("13611112222", temp_id=1250, temp_para={"number": "沙箱敏感词"})),
        (9, lambda: jsms.codes.send(LOGIN, temp_id=1)),
    )


COMMANDS: Final = (
    ("doctor",),
    ("code", "send", "13800138000"),
    ("error", "50014"),
)
_COLUMNS: Final = 160
_TERMINAL: Final = """\
<!doctype html><meta charset="utf-8">
<style>
  /* Chinese characters as wide as two Latin ones, as in a terminal: the columns stay in line. */
  @font-face {{
    font-family: wide; size-adjust: 120.4%; unicode-range: U+3000-303F, U+4E00-9FFF, U+FF00-FFEF;
    src: local("Noto Sans Mono CJK SC"), local("NotoSansMonoCJKsc-Regular");
  }}
  body {{ margin: 0; padding: 18px 22px; background: #1e2430; display: inline-block; }}
  pre {{ margin: 0; color: #e6e9ef; font: 15px/1.45 wide, "DejaVu Sans Mono", monospace; }}
  b {{ color: #8fd18a; font-weight: 600; }}
</style>
<pre>{content}</pre>
"""


def terminal_page(sandbox: LocalSandbox) -> str:
    """Make a page of what the commands print for the first app of a sandbox."""
    parts = [
        f"<b>$</b> jsms {escape(' '.join(arguments))}\n{_output(arguments, sandbox.environment)}\n"
        for arguments in COMMANDS
    ]
    # The sandbox of the picture has a free port; a reader's has this one.
    return _TERMINAL.format(content="\n".join(parts).rstrip().replace(sandbox.url, f"http://127.0.0.1:{DEFAULT_PORT}"))


def _output(arguments: tuple[str, ...], settings: Mapping[str, str]) -> str:
    """Convert the output of a command, with its colours, to HTML."""
    terminal = {"FORCE_COLOR": "1", "COLUMNS": str(_COLUMNS), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("JSMS_") and name != "NO_COLOR"
    }
    path = os.pathsep.join(each for each in sys.path if each)
    with tempfile.TemporaryDirectory() as empty:  # without a .env or a profile of somebody's
        done = subprocess.run(
            [sys.executable, "-m", "jsms_cli", *arguments],
            cwd=empty,
            env={**inherited, **terminal, **settings, "PYTHONPATH": path, "XDG_CONFIG_HOME": empty},
            capture_output=True,
            text=True,
            check=True,
        )
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(done.stdout.rstrip()))
    return console.export_html(inline_styles=True, code_format="{code}").rstrip() + "\n"
