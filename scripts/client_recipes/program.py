"""A driver: the program of a recipe that carries out operations with the generated client.

It reads one JSON object a line and prints one for each. A request names the operation, the parameters of its path, and
the body in the words of the contract::

    {"do": "verifyCode", "msg_id": "288193860302", "body": {"code": "583201"}}

The response is ``{"value": …}`` with what the generated types hold, written as JSON by the client's own means;
``{"status": 403, "code": 50010}`` for an error of the service, whose code is null where the body has none; or
``{"failure": "…"}`` for whatever else the client raises. ``callback`` takes the posted ``form`` and gives ``genuine``
beside the payload as ``data``.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any, Self, cast
from urllib.parse import parse_qs, urlsplit

_PATIENCE = 60.0
_LAST_LINES = 8


class DriverError(Exception):
    """The driver stopped, or does not keep to the protocol; the message says which."""


class Driver:
    """A running driver.

    Args:
        command: A shell command.
        place: The folder that it runs in.
        variables: Its environment.
    """

    def __init__(self, command: str, place: Path, variables: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=place,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self._input, self._output, self._messages = (
            cast("IO[str]", pipe) for pipe in (self._process.stdin, self._process.stdout, self._process.stderr)
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._errors: list[str] = []
        self._readers = [threading.Thread(target=read, daemon=True) for read in (self._read, self._read_errors)]
        for reader in self._readers:
            reader.start()

    def close(self) -> None:
        """End it."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for reader in self._readers:
            reader.join()
        for pipe in (self._input, self._output, self._messages):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    @property
    def running(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(self, operation: str, **fields: object) -> dict[str, Any]:
        """Have an operation carried out.

        Raises:
            DriverError: There is no response.
        """
        try:
            self._input.write(json.dumps({"do": operation, **fields}, ensure_ascii=False) + "\n")
            self._input.flush()
        except BrokenPipeError:
            pass  # the last line says why
        try:
            line = self._lines.get(timeout=_PATIENCE)
        except queue.Empty:
            raise DriverError(f"no response to {operation} after {_PATIENCE:.0f} seconds") from None
        if not line:
            self._process.wait()
            self._readers[1].join(1)
            raise DriverError(f"the driver stopped: {' '.join(self._errors[-_LAST_LINES:])}")
        try:
            response: object = json.loads(line)
        except ValueError:
            response = None
        if not isinstance(response, dict):
            raise DriverError(f"not a JSON object: {line.strip()[:200]}")
        return cast("dict[str, Any]", response)

    def _read(self) -> None:
        for line in self._output:
            self._lines.put(line)
        self._lines.put("")

    def _read_errors(self) -> None:
        self._errors.extend(line.strip() for line in self._messages)


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
