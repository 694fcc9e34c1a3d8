"""Callbacks to an app that hangs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from jsms_sandbox.simulation import callbacks
from sandbox.threaded_sandbox import PATIENCE, RunningSandbox

from .api_client import API

TOGETHER = 3
MOBILES = [f"1380013800{number}" for number in range(1 + TOGETHER)]
TIMEOUT = 2.0
"""Real seconds: short for a test, and long enough for some posts to meet on a slow machine."""


class Hanging:
    """An app that lets its first request hang, and responds to later ones only when three are open at the same time."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.together = threading.Barrier(TOGETHER, action=self.over.set)
        hanging, first = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                if first.acquire(blocking=False):
                    hanging.over.wait(PATIENCE)
                    return
                try:
                    hanging.together.wait(PATIENCE)
                except threading.BrokenBarrierError:
                    return
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
                """Say nothing."""

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:
                    return  # the sandbox did not wait any longer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jsms"


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    app = Hanging()
    thread = threading.Thread(target=app.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield app
    app.over.set()
    app.together.abort()
    app.server.shutdown()
    thread.join()
    app.server.server_close()


def test_an_advancing_clock_waits_for_an_app_that_hangs_once_and_not_for_each_callback(
    alone: API, whole_sandbox: RunningSandbox, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "TIMEOUT", TIMEOUT)
    alone.post("/clock", {"frozen": True})
    app = whole_sandbox.app()
    with app.http:
        app.switch(callback_url=hanging.url, report_delay=10)
        for mobile in MOBILES:
            app.ok("POST", "/messages", {"mobile": mobile, "temp_id": 1251})
        alone.post("/clock/advance", {"seconds": 10})
    states = {each["number"]: each["state"] for each in alone.get("/callbacks")["callbacks"]}
    assert [states[number] for number in sorted(states)] == ["waiting", *["delivered"] * TOGETHER]
