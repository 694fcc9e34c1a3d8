"""A service that returns records once, and keeps the times of the polls."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

Act = Callable[[BaseHTTPRequestHandler], None]


def report(number: int) -> dict[str, object]:
    """Make a delivery report with the number as its msg_id."""
    return {"msgId": str(number), "phone": "13800138000", "receiveTime": 1492150741000, "status": 4001}


def respond(body: object, status: int = 200) -> Act:
    """Respond with JSON, or with bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        # So that a server that is gone is gone for connections that were open, too.
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(content)

    return act


def reports(*numbers: int) -> Act:
    """Hand out reports."""
    return respond([report(number) for number in numbers])


def refuse(code: int, status: int = 403) -> Act:
    """Respond with an error code."""
    return respond({"error": {"code": code, "message": "no"}}, status)


def drop(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def after(event: threading.Event, act: Act) -> Act:
    """Respond only after an event."""

    def wait(handler: BaseHTTPRequestHandler) -> None:
        event.wait(30)
        act(handler)

    return wait


def late(seconds: float, act: Act) -> Act:
    """Respond after a while."""

    def wait(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        act(handler)

    return wait


class ReceiptServer:
    """Responds to each poll with the next of its acts, and with an empty list when there are none left."""

    def __init__(self, *acts: Act, port: int = 0) -> None:
        self.acts = deque(acts)
        self.polls: list[tuple[float, str]] = []
        self.asked = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.polls.append((time.monotonic(), self.path))
                outer.asked.set()
                act = outer.acts.popleft() if outer.acts else respond([])
                act(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def base_url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
