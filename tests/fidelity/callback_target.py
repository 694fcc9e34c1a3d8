"""An app under development that stores each callback posted to it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl


class CallbackTarget:
    """A server for callbacks; a context manager that stops it.

    Attributes:
        url: Where notices go.
        forms: What came, as posted, with the media type.
    """

    def __init__(self) -> None:
        self.forms: list[tuple[str, bytes]] = []
        forms = self.forms

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                forms.append((self.headers["Content-Type"], body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/notices"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(30)

    def read(self) -> list[dict[str, str]]:
        """Return the parsed forms."""
        return [dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)) for _, body in self.forms]
