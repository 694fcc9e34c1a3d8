"""Calls of the sandbox's test API, the clock that it moves, and what an app can be switched to.

It uses the standard library's HTTP client: what tests do to others (mocked transports, recorded responses, proxies in
the environment) must not come between a test and its sandbox.
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

from jsms_sandbox.admin.resources.clock import Clock
from jsms_sandbox.pytest_plugin.report import numbers_masked
from jsms_sandbox.state.entities import ReviewMode

LONGEST_WAIT = 60.0
"""Real seconds that one call may wait for something to happen."""
SLACK = 60.0
"""Real seconds beyond that for the response: a machine under load is no reason to fail."""

S = TypeVar("S", bound=BaseModel)


class SandboxCallError(Exception):
    """The sandbox refused a call of the test; the message says why, and what to do, with numbers masked.

    Attributes:
        status: The HTTP status of its response; None if there was none.
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
        """Return the same API, about another app."""
        return Api(self._host, self._port, app_key)

    def of_all(self) -> Api:
        """Return the same API, about the sandbox as a whole."""
        return Api(self._host, self._port)

    def get(self, path: str, model: type[S], **query: object) -> S:
        """Read something."""
        return self.call("GET", path, model, query=query)

    def post(self, path: str, model: type[S], body: Mapping[str, object] | None = None) -> S:
        """Create or run something."""
        return self.call("POST", path, model, body=body)

    def patch(self, path: str, model: type[S], body: Mapping[str, object]) -> S:
        """Change something."""
        return self.call("PATCH", path, model, body=body)

    def delete(self, path: str) -> None:
        """Delete something."""
        self._send("DELETE", path, {}, None)

    def call(
        self,
        method: str,
        path: str,
        model: type[S],
        *,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> S:
        """Make one call.

        Raises:
            SandboxCallError: The sandbox refuses it, or does not respond.
        """
        return model.model_validate_json(self._send(method, path, query or {}, body))

    def _send(self, method: str, path: str, query: Mapping[str, object], body: Mapping[str, object] | None) -> bytes:
        asked = {name: _plain(value) for name, value in query.items() if value is not None}
        if self.app_key is not None:
            asked["app"] = self.app_key
        content = None if body is None else json.dumps(body).encode()
        connection = _Connection(self._host, self._port, timeout=LONGEST_WAIT + SLACK)
        try:
            connection.request(method, f"/_sandbox/api{path}?{urlencode(asked)}", content, {"Connection": "close"})
            response = connection.getresponse()
            status, received = response.status, response.read()
        except (OSError, HTTPException) as error:
            raise SandboxCallError(f"The sandbox does not respond ({error}); is the test's session over?") from error
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
        # The fixture's methods call it timeout.
        return f"timeout:{said.removeprefix('wait:')}" if said.startswith("wait:") else said
    except (ValueError, KeyError, TypeError):
        return f"The sandbox responded with {status}: {received[:200]!r}"


class SandboxClock:
    """The sandbox's clock: codes expire, limits reset, reports and schedules fall due by it.

    Advancing does the work that falls due, in order, callbacks to the app included, and returns when it is done.
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
        """Advance the clock.

        Args:
            seconds: How much, in seconds or as a timedelta.
        """
        length = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
        self._move("/clock/advance", seconds=length)

    def set(self, when: datetime) -> None:
        """Set the clock: forward like advance, backward without undoing anything.

        Args:
            when: The time, with its zone.

        Raises:
            ValueError: It has no zone.
        """
        self._move("/clock", now=_milliseconds(when))

    def freeze(self, at: datetime | None = None) -> None:
        """Stop the clock; advance and set still move it.

        Args:
            at: The time to stop at, with its zone; None for the current one.

        Raises:
            ValueError: The time has no zone.
        """
        if at is None:
            self._move("/clock", frozen=True)
        else:
            self._move("/clock", frozen=True, now=_milliseconds(at))

    def unfreeze(self) -> None:
        """Start the clock again, from its current time."""
        self._move("/clock", frozen=False)

    def reset(self) -> None:
        """Return to real time, running. Done automatically after each test."""
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
        sms_enabled: False refuses sends with 50008.
        blacklisted: True refuses every request with 50036.
        allowed_ips: Requests from elsewhere are refused with 50035; an empty list allows all.
        fixed_code: Makes every text code this one; None makes six random digits again.
        review: How templates and signatures are decided on.
        report_delay: Seconds until a message is reported.
        report_status: The delivery status that it is reported with.
        callback_url: Where callbacks are posted; None for none. It must echo a text first.
        check_callback: False accepts callback_url without that echo.
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
