"""Receive callbacks: check signature, age and reuse, then read the events."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from jsms_client._config import read_app_credentials
from jsms_client.callbacks._acceptance import Acceptance, used_before
from jsms_client.callbacks._events import Callback, read_callback
from jsms_client.callbacks._form import Body, Form, callback_error, read_form, read_timestamp, same_signature, sign
from jsms_client.callbacks._nonces import (
    AsyncNonceStore,
    MemoryNonceStore,
    NonceStore,
    UsedNonces,
    async_store_refused,
    call,
)
from jsms_client.errors import CallbackReason, ConfigurationError
from jsms_client.store import SharedNonceStore, Store
from jsms_runtime.validation import kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsms_client.store import StoreLike

DEFAULT_WINDOW = timedelta(hours=14)
"""How far a timestamp may lie in the past by default."""
DEFAULT_MAX_BODY = 1_048_576
"""The largest body that is accepted by default, in bytes."""
_MAX_WINDOW = timedelta(days=365)
_MAX_SKEW = timedelta(minutes=5)
_MAX_ECHO = 64


class CallbackReceiver:
    """Checks and reads what JSMS posts to an app's callback URL.

    One receiver serves every thread and task of a process:

    ```python
    receiver = CallbackReceiver()  # JSMS_APP_KEY, JSMS_MASTER_SECRET
    with receiver.accept(request_body) as callback:
        for event in callback.events:
            match event:
                case DeliveryReport(msg_id=msg_id, status=status): ...
                case UserReply(phone=phone, content=content): ...
                case TemplateReviewed() | SignReviewed(): ...
    ```

    A callback can come more than once (a response can be lost, a handler can fail half-way): make handling the same
    event twice harmless.

    The window: the signature covers neither ``type`` nor ``data``, so anyone who has seen a callback could send it
    again with other data. The nonce store stops that; the window says how long it has to remember. The service
    tries again after 3 minutes, 1 hour and 12 hours, and it is not documented whether it signs anew each time. The
    default of 14 hours covers all attempts either way, because a delivery report that is refused for its age is
    lost. Its price is memory, and, with a store that forgets when the process ends, that a callback can be repeated
    for up to 14 hours after a restart. ``window=timedelta(minutes=5)`` ends that within 5 minutes, and refuses late
    attempts whose timestamp is old. Use https in any case.

    Args:
        app_key: The application's key; without it, JSMS_APP_KEY from the environment.
        master_secret: The application's secret; without it, JSMS_MASTER_SECRET from the environment.
        window: How old a callback may be. A timestamp in the future is accepted up to 5 minutes ahead, for clocks that
            differ, and never further than the window.
        nonce_store: Where used nonces are remembered: what ``JSMS(store=…)`` takes (``"jsms.db"``, ``"redis://…"``, a
            `Store`), a `NonceStore` or an `AsyncNonceStore`. The default is this process's memory: several workers or
            machines that receive callbacks need a store that they share, or a callback that one of them handled passes
            again at another.
        clock: The time in seconds since the epoch.
        max_body: The longest body to read, in bytes.

    Raises:
        ConfigurationError: A credential is missing, or a setting is not a sensible one.
    """

    def __init__(
        self,
        app_key: str | None = None,
        master_secret: str | None = None,
        *,
        window: timedelta = DEFAULT_WINDOW,
        nonce_store: StoreLike | NonceStore | AsyncNonceStore | None = None,
        clock: Callable[[], float] | None = None,
        max_body: int = DEFAULT_MAX_BODY,
    ) -> None:
        _check_settings(window, nonce_store, clock, max_body)
        self._credentials = read_app_credentials(app_key, master_secret)
        self._window = window
        self._skew = min(window, _MAX_SKEW)
        self._clock = clock or time.time
        if nonce_store is None:
            nonce_store = MemoryNonceStore(clock=self._clock)
        elif isinstance(nonce_store, (str, os.PathLike, Store)):
            try:
                nonce_store = SharedNonceStore(nonce_store, self._credentials.key)
            except ConfigurationError as error:
                raise ConfigurationError(f"nonce_store: {error.message}") from error
        self._nonces = UsedNonces(nonce_store, self._clock)
        self.max_body = max_body

    def __repr__(self) -> str:
        """Return the settings, without the credentials."""
        return f"{type(self).__name__}(window={self._window!r}, nonce_store={self._nonces.store!r})"

    def accept(self, body: Body) -> Acceptance:
        """Check and read a callback, and keep its nonce only if the block that handles it succeeds.

        For ``with`` and ``async with``. An exception in the block gives the nonce back, so that the service's next
        attempt is accepted. An exact copy of a callback that was handled before (its response was lost) is a
        CallbackError with the reason ALREADY_HANDLED and the ``http_status`` 200: acknowledge it, do nothing.

        Args:
            body: The body of the request as it came (best: a field that is there twice is then seen), or the form that
                a framework made of it.

        Raises:
            CallbackError: On entering the block: the callback is refused, ``reason`` says why and ``http_status`` is
                the status to respond with. Whatever was posted, nothing else is raised but what the nonce store raises.
        """
        return Acceptance(lambda: self._read(body), self._nonces, self._window)

    def verify(self, nonce: str | int, timestamp: str | int, signature: str) -> None:
        """Check signature and age, and use the nonce up; `release` gives it back.

        For apps that take the form apart themselves; others use `accept`.

        Args:
            nonce: As it was posted.
            timestamp: As it was posted.
            signature: As it was posted.

        Raises:
            CallbackError: BAD_SIGNATURE, EXPIRED, REPLAYED, or MALFORMED where nonce or timestamp are no numbers.
            ConfigurationError: The nonce store is async: use `accept`.
        """
        nonce, timestamp = _digits(nonce), _digits(timestamp)
        signed_at = read_timestamp(nonce, timestamp)
        self._authenticate(nonce, timestamp, signature, signed_at)
        if not call(self._nonces.store.add, nonce, signed_at + self._window):
            raise used_before(handled=False)

    def release(self, nonce: str | int) -> None:
        """Give a nonce back that `verify` used up, because the callback could not be handled.

        Raises:
            CallbackError: MALFORMED, where it is no number.
        """
        call(self._nonces.store.discard, _digits(nonce))

    def parse(self, body: Body) -> Callback:
        """Read a callback without checking who sent it: not to be believed without `verify`.

        Raises:
            CallbackError: MALFORMED, UNKNOWN_TYPE, TOO_LARGE, or BAD_SIGNATURE where it cannot be one.
        """
        return read_callback(read_form(body, self.max_body))

    def check(self, echostr: str | None) -> str:
        """Return what to respond to ``GET ?echostr=…``, by which the service checks a callback URL.

        Nothing that a browser could take for markup is ever echoed.

        Raises:
            CallbackError: MALFORMED, where it is not a short text of printable ASCII characters.
        """
        if (
            not isinstance(echostr, str)
            or not echostr
            or len(echostr) > _MAX_ECHO
            or not echostr.isascii()
            or not echostr.isprintable()
        ):
            raise callback_error(CallbackReason.MALFORMED, f"echostr is not a text of at most {_MAX_ECHO} characters")
        if any(mark in echostr for mark in "<>&\"'"):
            raise callback_error(CallbackReason.MALFORMED, "echostr has a character of markup in it")
        return echostr

    def require_sync(self) -> None:
        """Refuse an async nonce store, for apps that cannot await it.

        Raises:
            ConfigurationError: The nonce store is async.
        """
        if self._nonces.is_async:
            raise async_store_refused()

    def _read(self, body: Body) -> tuple[Callback, str]:
        form = read_form(body, self.max_body)
        self._authenticate(form.nonce, form.timestamp, form.signature, form.signed_at)
        return read_callback(form), _copy_key(form)

    def _authenticate(self, nonce: str, timestamp: str, signature: str, signed_at: datetime) -> None:
        expected = sign(self._credentials.key, self._credentials.secret, nonce, timestamp)
        if not isinstance(cast("object", signature), str) or not same_signature(expected, signature):
            raise callback_error(CallbackReason.BAD_SIGNATURE, "not signed with this application's key and secret")
        age = datetime.fromtimestamp(self._clock(), UTC) - signed_at
        if age > self._window:
            raise callback_error(CallbackReason.EXPIRED, "signed too long ago: is this machine's clock right?")
        if -age > self._skew:
            raise callback_error(CallbackReason.EXPIRED, "signed in the future: is this machine's clock right?")


def _copy_key(form: Form) -> str:
    """Return the same text for exact copies of a callback, whether its body came as bytes or as a framework's form."""
    content = repr((form.nonce, form.timestamp, form.type, form.data, sorted(form.extra.items())))
    return f"handled-{hashlib.sha256(content.encode()).hexdigest()[:48]}"


def _digits(number: str | int) -> str:
    if isinstance(number, str):
        return number
    if not isinstance(cast("object", number), int) or isinstance(number, bool):
        raise callback_error(CallbackReason.MALFORMED, f"a number of the form is {kind(number)}")
    try:
        return str(number)
    except ValueError as error:  # more digits than Python turns into text
        raise callback_error(CallbackReason.MALFORMED, "a number far too long") from error


def _check_settings(window: object, nonce_store: object, clock: object, max_body: object) -> None:
    if not isinstance(window, timedelta):
        raise ConfigurationError(f"window is of type {type(window).__name__}: give a datetime.timedelta")
    if not timedelta() < window <= _MAX_WINDOW:
        raise ConfigurationError(f"window must be longer than nothing and at most {_MAX_WINDOW.days} days")
    if nonce_store is not None and not isinstance(nonce_store, (str, os.PathLike, Store, NonceStore)):
        raise ConfigurationError(
            "nonce_store must be a file, an address or a Store, or have the methods add and discard of NonceStore"
        )
    if clock is not None and not callable(clock):
        raise ConfigurationError("clock must be a function that returns the seconds since the epoch")
    if isinstance(max_body, bool) or not isinstance(max_body, int) or max_body < 1:
        raise ConfigurationError("max_body must be a whole number of bytes, 1 or more")
