"""Calls of the sandbox's test API, the clock that it moves, and what an app can be switched to.

With the standard library's HTTP client: what tests do to others (mocked transports, recorded answers, proxies in the
environment) must not come between a test and its sandbox.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from socket import socket as Socket  # noqa: N812 - a class
from typing import NotRequired, TypedDict, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

from jsms_sandbox.admin.clock import Clock
from jsms_sandbox.pytest_plugin.report import numbers_masked
from jsms_sandbox.state.entities import ReviewMode

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


class SandboxClock:
    """The sandbox's time: codes expire, limits reset, reports and schedules fall due by it.

    Advancing does what falls due meanwhile, in order, callbacks to the app included, and comes back when it is done.
    The clock belongs to the server. Each worker of pytest-xdist has its own server, and every test starts at real time.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._moved = False

    @property
    def now(self) -> datetime:
        """The sandbox's time, in UTC."""
        return datetime.fromtimestamp(self._api.get("/clock", Clock).now / 1000, UTC)

    @property
    def frozen(self) -> bool:
        """Whether it is stopped."""
        return self._api.get("/clock", Clock).frozen

    def advance(self, seconds: float | timedelta) -> None:
        """Let time pass.

        Args:
            seconds: How much, in seconds or as a timedelta.
        """
        length = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
        self._move("/clock/advance", seconds=length)

    def set(self, when: datetime) -> None:
        """Go to a time: forward like advance, backward without undoing anything.

        Args:
            when: The time, with its zone.

        Raises:
            ValueError: It has no zone.
        """
        self._move("/clock", now=_milliseconds(when))

    def freeze(self, at: datetime | None = None) -> None:
        """Stand still from now on; advance and set still move it.

        Args:
            at: Where to stand, with its zone; None for where it is.

        Raises:
            ValueError: The time has no zone.
        """
        if at is None:
            self._move("/clock", frozen=True)
        else:
            self._move("/clock", frozen=True, now=_milliseconds(at))

    def unfreeze(self) -> None:
        """Run again, from its current time."""
        self._move("/clock", frozen=False)

    def reset(self) -> None:
        """Go back to real time, running. Done after each test by itself."""
        if self._moved:
            self._move("/clock", real=True, frozen=False)
            self._moved = False

    def _move(self, path: str, **body: object) -> None:
        self._moved = True
        self._api.post(path, Clock, body)


def _milliseconds(when: datetime) -> int:
    if when.tzinfo is None:
        raise ValueError(f"{when.isoformat()} has no zone: give datetime(…, tzinfo=…)")
    return round(when.timestamp() * 1000)


class ClientSettings(TypedDict):
    """The arguments of a client: ``JSMS(**sandbox.settings)``."""

    app_key: str
    master_secret: str
    dev_key: str
    dev_secret: str
    base_url: str


class ReviewSwitch(TypedDict):
    """How templates and signatures are decided on: at once, by hand, or after some seconds."""

    mode: ReviewMode
    seconds: NotRequired[float]


class Switches(TypedDict, total=False):
    """The switches of an app; what is left out stays.

    Attributes:
        sms_enabled: False has sends answered 50008.
        blacklisted: True has every request answered 50036.
        allowed_ips: Requests from elsewhere are answered 50035; an empty list allows all.
        fixed_code: Makes every text code this one; None makes six digits by chance again.
        review: How templates and signatures are decided on.
        report_delay: Seconds until a message is reported.
        report_status: The delivery status that it is reported with.
        callback_url: Where callbacks go; None for none. It is asked for its echo first.
        check_callback: False takes callback_url without asking.
        words: Blocked words (50037).
        opt_outs: Numbers that opted out (50024).
    """

    sms_enabled: bool
    blacklisted: bool
    allowed_ips: Sequence[str]
    fixed_code: str | None
    review: ReviewSwitch
    report_delay: float
    report_status: int
    callback_url: str | None
    check_callback: bool
    words: Sequence[str]
    opt_outs: Sequence[str]


class Pools(TypedDict, total=False):
    """What is left in an app's pools, in SMS; what is left out stays, None takes a pool away.

    Attributes:
        balance: For all types.
        voice: For voice codes.
        industry: For codes and notices.
        market: For marketing.
    """

    balance: int | None
    voice: int | None
    industry: int | None
    market: int | None
