"""An HTTP server that keeps the callbacks posted to it."""

from __future__ import annotations

import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit


class Receiver:
    """Listens on 127.0.0.1; a context manager that stops.

    Attributes:
        url: Its address.
        forms: The bodies that were posted.
    """

    def __init__(self) -> None:
        forms: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._respond(parse_qs(urlsplit(self.path).query).get("echostr", [""])[0])

            def do_POST(self) -> None:
                forms.append(self.rfile.read(int(self.headers["content-length"])).decode())
                self._respond("")

            def _respond(self, text: str) -> None:
                body = text.encode()
                self.send_response(HTTPStatus.OK)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the name it has
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.forms = forms
        self.url = f"http://127.0.0.1:{self._server.server_port}/jsms"

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
