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
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Self, cast

_PATIENCE = 60.0
_LAST_LINES = 8


class DriverError(Exception):
    """The driver stopped, or does not keep to the protocol; the message says which."""


class Driver:
    """A driver, started by a shell command in a folder; a context manager that ends it."""

    def __init__(self, command: str, place: Path, variables: Mapping[str, str]) -> None:
        self._command, self._place, self._variables = command, place, variables
        self._messages = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - closed at its end
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["bash", "-c", f"exec {self._command}"],
            cwd=self._place,
            env=self._variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._messages,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._close()
        self._messages.close()

    def restart(self) -> None:
        """Start it again where it has stopped."""
        if self._process.poll() is not None:
            self._close()
            self._process = self._start()

    def ask(self, operation: str, **fields: object) -> dict[str, Any]:
        """Have an operation carried out.

        Raises:
            DriverError: There is no response; the driver has ended then.
        """
        given, printed = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)
        limit = threading.Timer(_PATIENCE, self._kill)
        limit.start()
        line = ""
        with contextlib.suppress(BrokenPipeError):  # its last lines say why
            given.write(json.dumps({"do": operation, **fields}, ensure_ascii=False) + "\n")
            given.flush()
            line = printed.readline()
        is_late = not limit.is_alive()
        limit.cancel()
        if not line:
            self._process.wait()
            self._messages.seek(0)
            last = " ".join(each.strip() for each in self._messages.readlines()[-_LAST_LINES:])
            late = f"no response to {operation} after {_PATIENCE:.0f} seconds"
            raise DriverError(late if is_late else f"the driver stopped: {last}")
        try:
            response: object = json.loads(line)
        except ValueError:
            response = None
        if not isinstance(response, dict):
            raise DriverError(f"not a JSON object: {line.strip()[:200]}")
        return cast("dict[str, Any]", response)

    def _kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    def _close(self) -> None:
        with contextlib.suppress(BrokenPipeError), self._process:
            self._kill()
