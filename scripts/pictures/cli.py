"""The command ``scripts/screenshots``."""

from __future__ import annotations

import argparse
import asyncio
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from jsms_sandbox.server import Server, bind
from jsms_sandbox.state.state import State
from provisioning.chromium import FLAGS, PACKAGES, chromium

from . import scene, terminal

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
_SIZE = (1280, 800)
_PATIENCE = 30
_Scheme = Literal["light", "dark"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures.

    Args:
        arguments: The command line; the process's own if left out.

    Returns:
        0 when they were taken, 1 when there is no Chromium.
    """
    parser = argparse.ArgumentParser(
        prog="scripts/screenshots",
        description=f"Take the pictures in docs/images, with {' and '.join(PACKAGES)} of Debian.",
    )
    parser.add_argument("--into", type=Path, default=FOLDER, help="the folder to write to")
    folder: Path = parser.parse_args(arguments).into
    found = chromium()
    if found is None:
        print(f"Chromium is not installed; on Debian: apt-get install {' '.join(PACKAGES)}")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with _sandbox() as root, sync_playwright() as playwright:
        scene.play(root)
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        for name, scheme, take in _PICTURES:
            file = folder / f"{name}.png"
            with _page(browser, f"{root}/_sandbox/", scheme) as page:
                take(page)
                page.wait_for_timeout(500)  # until nothing moves any more
                page.screenshot(path=file)
            print(f"wrote {file} ({file.stat().st_size // 1024} kB)")
        file = folder / "command.png"
        _photograph(browser, terminal.page(root, scene.credentials(root)), file)
        print(f"wrote {file} ({file.stat().st_size // 1024} kB)")
        browser.close()
    return 0


def _inbox(page: Page) -> None:
    page.locator(".row", has_text=scene.LOGIN).click()
    expect(page.locator(".bubble.mine")).to_be_visible()


def _refused(page: Page) -> None:
    page.keyboard.press("2")
    page.locator(".row", has_text="50013").click()
    expect(page.locator(".fix")).to_be_visible()


_PICTURES: tuple[tuple[str, _Scheme, Callable[[Page], None]], ...] = (
    ("inbox", "light", _inbox),
    ("refused", "dark", _refused),
)


def _photograph(browser: Browser, content: str, file: Path) -> None:
    page = browser.new_page(viewport={"width": _SIZE[0], "height": 200}, device_scale_factor=1.5)
    page.set_content(content)
    page.locator("body").screenshot(path=file)
    page.close()


@contextmanager
def _page(browser: Browser, url: str, scheme: _Scheme) -> Generator[Page]:
    width, height = _SIZE
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="en-US", color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(url)
    expect(page.locator("#state")).to_have_class("state live")
    yield page
    context.close()


@contextmanager
def _sandbox() -> Generator[str]:
    """A sandbox in a thread of its own; its base URL."""
    server, ready = Server(State(), bind("127.0.0.1", 0)), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(server.run(lambda _: ready.set())), daemon=True)
    thread.start()
    ready.wait(_PATIENCE)
    try:
        yield server.listening.http
    finally:
        server.stop()
        thread.join(_PATIENCE)
