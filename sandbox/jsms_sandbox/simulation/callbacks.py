"""Callbacks to the app under development: queued, signed, posted, and retried on the sandbox's clock."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jsms_sandbox.state.entities import App, Attempt, Callback, CallbackType
from jsms_sandbox.state.state import State

if TYPE_CHECKING:
    import httpx

RETRY_AFTER = (180.0, 3_600.0, 43_200.0)
"""Seconds of the sandbox's clock after a failed attempt: 3 minutes, 1 hour, 12 hours."""
TIMEOUT = 5.0
"""Real seconds that the app may take to respond."""
NO_RESPONSE = f"No response within {TIMEOUT:g} seconds."
AT_ONCE = 16
"""How many callbacks are posted at the same time."""
ECHO_CHARACTERS = 8
PORT_WARNING = "The real service takes no port in the callback URL; the sandbox does."


class Deliveries:
    """Delivers queued callbacks.

    Args:
        state: Whose callbacks.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._under_way: dict[int, asyncio.Future[None]] = {}
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def due(self, key: str) -> None:
        """Handle due work: try a callback, unless it was tried or postponed in the meantime.

        An advancing clock waits for one after another, so that they arrive in order. If an app does not respond, the
        others that are due are posted at the same time: each would take as long.
        """
        callback = self._state.callbacks.get(int(key))
        if callback is None or not self._is_due(callback):
            return
        await self._alone(callback, by_hand=False)
        if callback.attempts and callback.attempts[-1].error == NO_RESPONSE:
            others = [each for each in self._state.callbacks.values() if each.app_key == callback.app_key]
            await asyncio.gather(*(self._alone(each, by_hand=False) for each in others if self._is_due(each)))

    def _is_due(self, callback: Callback) -> bool:
        return callback.next_at is not None and callback.next_at <= self._state.clock.now()

    async def resend(self, callback: Callback) -> None:
        """Try a callback now, whether it was delivered before or not."""
        await self._alone(callback, by_hand=True)

    async def _alone(self, callback: Callback, *, by_hand: bool) -> None:
        """Make one attempt at a time for one callback: a second caller waits for the first."""
        under_way = self._under_way.get(callback.number)
        if under_way is not None:
            await asyncio.wait((under_way,))
            return
        done = self._under_way[callback.number] = asyncio.get_running_loop().create_future()
        try:
            async with self._at_once:
                await self._try(callback, by_hand=by_hand)
        finally:
            del self._under_way[callback.number]
            done.set_result(None)

    async def _try(self, callback: Callback, *, by_hand: bool) -> None:
        state = self._state
        app = state.apps.get(callback.app_key)
        url = app.callback_url if app else None
        at, started = state.clock.now(), perf_counter()
        status: int | None = None
        error: str | None = "The app has no callback URL any more."
        if app is not None and url is not None:
            status, error = await post_form(url, signed_form(app, callback, state.clock.now_ms()))
        if not self._kept(callback):
            return  # the sandbox was reset in the meantime
        seconds = round(perf_counter() - started, 3)
        callback.attempts.append(Attempt(at, url or "", status, error, seconds, by_hand))
        if error is None:
            callback.delivered, callback.next_at = True, None
        elif not by_hand:
            self._plan_retry(callback)
        state.save(callback)
        state.commit()
        state.events.publish(
            "callback", {"callback": callback.number, "app_key": callback.app_key, "type": callback.type}
        )

    def _kept(self, callback: Callback) -> bool:
        return self._state.callbacks.get(callback.number) is callback

    def _plan_retry(self, callback: Callback) -> None:
        failed = sum(not attempt.by_hand for attempt in callback.attempts)
        if failed > len(RETRY_AFTER):
            callback.next_at = None
            return
        callback.next_at = self._state.clock.now() + RETRY_AFTER[failed - 1]
        self._state.clock.at(callback.next_at, "callback", callback.key)


def signed_form(app: App, callback: Callback, timestamp: int) -> dict[str, str]:
    """Sign the form of one attempt; the nonce is a signed 64-bit number."""
    nonce = secrets.randbits(64) - 2**63
    text = f"appKey={app.app_key}&appMasterSecret={app.master_secret}&nonce={nonce}&timestamp={timestamp}"
    signature = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()  # the service's choice
    return {
        "nonce": str(nonce),
        "timestamp": str(timestamp),
        "signature": signature,
        "type": callback.type,
        "data": callback.data,
    }


async def post_form(url: str, form: dict[str, str]) -> tuple[int | None, str | None]:
    """Post a form; return the HTTP status, and what went wrong. Any 2xx acknowledges it."""
    import httpx  # noqa: PLC0415 - no part of starting up

    try:
        async with asyncio.timeout(TIMEOUT), _client() as client, client.stream("POST", url, data=form) as response:
            status = response.status_code
    except (TimeoutError, httpx.TimeoutException):
        return None, NO_RESPONSE
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        return None, describe(error)
    if response.is_redirect:
        return status, f"It responded with {status}, a redirect, which is not followed."
    return status, None if response.is_success else f"It responded with {status}; any 2xx would acknowledge it."


async def check_url(url: str) -> str | None:
    """Ask a callback URL to echo some characters, as the service does when it is entered.

    Returns:
        What is wrong, in a sentence; None if it responded as it should.
    """
    import httpx  # noqa: PLC0415 - no part of starting up

    expected = secrets.token_urlsafe(ECHO_CHARACTERS)[:ECHO_CHARACTERS].replace("-", "x").replace("_", "x")
    asked = f"{url}{'&' if urlsplit(url).query else '?'}echostr={expected}"
    try:
        async with asyncio.timeout(TIMEOUT), _client() as client, client.stream("GET", asked) as response:
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > ECHO_CHARACTERS:
                    break
    except TimeoutError:
        return f"GET {asked} had no response within {TIMEOUT:g} seconds."
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        return f"GET {asked} failed: {describe(error)}"
    if response.status_code != HTTPStatus.OK:
        return f"GET {asked} returned {response.status_code}; it must be 200 with the text {expected}."
    if body != expected.encode():
        shown = body[:40].decode("utf-8", "replace")
        return f"GET {asked} returned {shown!r}; it must be exactly {expected!r}, without quotes or line break."
    return None


def url_problem(url: str) -> str | None:
    """Say why a text is no callback URL; None if it is one."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return f"It is no URL: {error}."
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "It must begin with http:// or https:// and name a host."
    if parts.fragment or parts.username is not None or not url.isprintable() or " " in url:
        return "It must have no fragment, user name, space or control character."
    return None


def url_warnings(url: str | None) -> list[str]:
    """Say what the real service would not accept."""
    is_url = url is not None and url_problem(url) is None
    return [PORT_WARNING] if is_url and urlsplit(url).port is not None else []


def describe(error: Exception) -> str:
    """Describe an error of the connection in one sentence."""
    import httpx  # noqa: PLC0415 - no part of starting up

    text = str(error).rstrip(".")
    if isinstance(error, httpx.ConnectError):
        return f"No connection to the app: {text or 'refused'}."
    return f"{text or type(error).__name__}."


def _client() -> httpx.AsyncClient:
    import httpx  # noqa: PLC0415 - no part of starting up

    # The app under development runs on a developer's machine: no proxy in between, and certificates are self-signed.
    return httpx.AsyncClient(
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        verify=False,  # noqa: S501 - self-signed certificates
        headers={"user-agent": "jsms-sandbox"},
    )


def enqueue(state: State, app: App, notice: CallbackType, data: Mapping[str, object]) -> Callback | None:
    """Queue a callback, due now; None where the app has no callback URL.

    The clock's handler ``callback`` delivers it.
    """
    if app.callback_url is None:
        return None
    now = state.clock.now()
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    callback = Callback(state.next_number("callback"), app.app_key, notice, text, now, next_at=now)
    state.add_callback(callback)
    state.clock.at(now, "callback", callback.key)
    state.events.publish("callback", {"callback": callback.number, "app_key": app.app_key, "type": notice})
    return callback
