"""Calls of the sandbox's test API.

With the standard library's HTTP client: what tests do to others (mocked transports, recorded answers, proxies in the
environment) must not come between a test and its sandbox.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from socket import socket as Socket  # noqa: N812 - a class
from typing import TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

from jsms_sandbox.pytest_plugin.report import numbers_masked

LONGEST_WAIT = 60.0
"""Real seconds that one call may wait for something to happen."""
SLACK = 60.0
"""Real seconds beyond that for the answer: a machine under load is no reason to fail."""

S = TypeVar("S", bound=BaseModel)


class SandboxCallError(Exception):
    """The sandbox refused a call of the test; the message says why, and what to do, with numbers masked.

    Attributes:
        status: The HTTP status of its answer; None where there was none.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(numbers_masked(message))
        self.status = status


class _Connection(HTTPConnection):
    """A connection that a test does not break: a socket from before it patched any, and no name looked up."""

    def connect(self) -> None:
        """Connect, to an address."""
        self.sock = Socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect((self.host, self.port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Api:
    """The test API of one sandbox, about one of its apps.

    Args:
        host: The IPv4 address where the sandbox listens.
        port: On which port.
        app_key: The app that calls are about; None for the sandbox as a whole.
    """

    def __init__(self, host: str, port: int, app_key: str | None = None) -> None:
        self._host = host
        self._port = port
        self.app_key = app_key

    def of_app(self, app_key: str) -> Api:
        """The same, about another app."""
        return Api(self._host, self._port, app_key)

    def of_all(self) -> Api:
        """The same, about the sandbox as a whole."""
        return Api(self._host, self._port)

    def get(self, path: str, answer: type[S], **query: object) -> S:
        """Ask for something."""
        return self.call("GET", path, answer, query=query)

    def post(self, path: str, answer: type[S], body: Mapping[str, object] | None = None) -> S:
        """Do or make something."""
        return self.call("POST", path, answer, body=body)

    def patch(self, path: str, answer: type[S], body: Mapping[str, object]) -> S:
        """Change something."""
        return self.call("PATCH", path, answer, body=body)

    def delete(self, path: str) -> None:
        """Delete something."""
        self._send("DELETE", path, {}, None)

    def call(
        self,
        method: str,
        path: str,
        answer: type[S],
        *,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> S:
        """One call.

        Raises:
            SandboxCallError: The sandbox refuses it, or does not answer.
        """
        return answer.model_validate_json(self._send(method, path, query or {}, body))

    def _send(self, method: str, path: str, query: Mapping[str, object], body: Mapping[str, object] | None) -> bytes:
        asked = {name: _plain(value) for name, value in query.items() if value is not None}
        if self.app_key is not None:
            asked["app"] = self.app_key
        content = None if body is None else json.dumps(body).encode()
        connection = _Connection(self._host, self._port, timeout=LONGEST_WAIT + SLACK)
        try:
            connection.request(method, f"/_sandbox/api{path}?{urlencode(asked)}", content, {"Connection": "close"})
            answer = connection.getresponse()
            status, received = answer.status, answer.read()
        except (OSError, HTTPException) as error:
            raise SandboxCallError(f"The sandbox does not answer ({error}); is the test's session over?") from error
        finally:
            connection.close()
        if status >= HTTPStatus.BAD_REQUEST:
            raise SandboxCallError(_problem(status, received), status)
        return received


def _plain(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _problem(status: int, received: bytes) -> str:
    try:
        problem = json.loads(received)
        said = f"{problem['error']} {problem['remedy']}"
        # What the methods of the fixture call it.
        return f"timeout:{said.removeprefix('wait:')}" if said.startswith("wait:") else said
    except (ValueError, KeyError, TypeError):
        return f"The sandbox answered {status}: {received[:200]!r}"
