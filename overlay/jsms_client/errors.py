"""Every exception that the client raises, below one root.

```
JSMSError
├── ConfigurationError            credentials, address or timeouts that cannot work
├── ArgumentError                 a value that JSMS would refuse, found before anything was sent (also a ValueError)
│   └── IdempotencyError          a key of once= that was used for another request; nothing was sent
├── MissingDependencyError        an extra that is not installed
├── ClientClosedError             a call after close()
├── StoreError                    the store that processes share failed
├── ConnectionFailedError         the service was never reached; nothing was sent
│   ├── ConnectTimeoutError
│   └── PoolTimeoutError          all connections of the client were in use
├── RequestTimeoutError           every timeout
├── LostResponseError             a call that may be retried was, and no response came
│   └── LostResponseTimeoutError
├── UnknownOutcomeError           a request that must not be retried left; its outcome is unknown
│   ├── UnknownOutcomeTimeoutError
│   ├── UnconfirmedServiceError, UnconfirmedServerError, UnconfirmedAPIError
│   └── UnconfirmedDecodeError, UnconfirmedStatusError, UnconfirmedRedirectError
├── DecodeError                   a response that is not what the contract says
├── RedirectError                 a response that points elsewhere; never followed
├── UnexpectedStatusError         a status that is neither success nor error
├── CallbackError                 what arrived is not a callback of JSMS
└── APIError                      the service says no: families, and one class for each code of the contract
```

Each has ``sent``: whether the request was carried out. Where it certainly was not, the exception is a `NotSentError`
too: refusals by the service, and whatever failed before the request left.

The classes of the families and codes are made from the contract; this module hands them on, so that
``from jsms_client.errors import NoMoneyError`` works.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from jsms_contract import errors as _contract
from jsms_contract.errors import *  # noqa: F403 - every class of the contract, by its own __all__
from jsms_contract.errors import ServerError, ServiceError
from jsms_runtime.errors import APIError, ArgumentError, ErrorInfo, JSMSError, NotSentError, Sent

for _class in (
    JSMSError,
    NotSentError,
    ArgumentError,
    ErrorInfo,
    *(getattr(_contract, name) for name in _contract.__all__),
):
    if isinstance(_class, type):
        # Where an app imports them from: in tracebacks, pickles and the results of task queues.
        _class.__module__ = __name__


class ConfigurationError(NotSentError):
    """A setting is missing or cannot work; the message names the argument and the environment variable."""


class IdempotencyError(ArgumentError):
    """A key of ``once=`` that was used for another operation or other arguments; nothing was sent."""


class MissingDependencyError(NotSentError):
    """Part of the package needs an extra that is not installed; the message says which."""


class ClientClosedError(NotSentError):
    """The client was closed; make a new one."""


class StoreError(NotSentError):
    """The store that processes share failed: it was not reached, is full, or its tables do not fit.

    Nothing was sent: what must be written before a request leaves was not. Once a request was accepted, a store that
    fails raises nothing; the call gives its result, and a warning is logged.
    """


class RequestTimeoutError(JSMSError):
    """A timeout ran out: the base of every timeout, whatever it means for the request."""


class ConnectionFailedError(NotSentError):
    """The service was not reached and nothing was sent; the call can be retried safely."""


class ConnectTimeoutError(ConnectionFailedError, RequestTimeoutError):
    """No connection within the timeout; nothing was sent, and the call can be retried safely."""


class PoolTimeoutError(ConnectionFailedError, RequestTimeoutError):
    """All connections of the client were in use for too long; nothing was sent, and the call can be retried safely."""


class LostResponseError(JSMSError):
    """No usable response came, after every attempt; the call can be retried safely."""

    sent: Sent = "yes"


class LostResponseTimeoutError(LostResponseError, RequestTimeoutError):
    """The response took longer than the timeout; the call can be retried safely, as the operation may be retried."""


class UnknownOutcomeError(JSMSError):
    """A request that must not be retried left, and its outcome is not known.

    The service may have carried it out: a message may have been sent and billed. The client never retries such a
    request. Find out first (delivery reports, the balance, the console), then decide.
    """


class UnknownOutcomeTimeoutError(UnknownOutcomeError, RequestTimeoutError):
    """The response to a request that must not be retried did not come in time."""


class UnconfirmedServiceError(ServiceError, UnknownOutcomeError):
    """The service failed (HTTP 5xx) on a request that must not be retried; it may have been carried out."""


class UnconfirmedServerError(ServerError, UnconfirmedServiceError):
    """The service reports a failure of its own on a request that must not be retried; it may be carried out."""


class UnconfirmedAPIError(APIError, UnknownOutcomeError):
    """A request that must not be retried got a success with an unknown error code in it."""


class DecodeError(JSMSError):
    """The response is not what the contract says: no JSON, a field missing, a wrong type, or too long.

    Attributes:
        headers: The headers of the response, without cookies.
        body: The beginning of the response, with numbers and secrets masked.
    """

    sent: Sent = "yes"

    headers: Mapping[str, str]
    body: str

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        http_status: int | None = None,
        attempts: int = 0,
        headers: Mapping[str, str] | None = None,
        body: str = "",
    ) -> None:
        super().__init__(message, operation=operation, http_status=http_status, attempts=attempts)
        self.headers = dict(headers or {})
        self.body = body

    def __str__(self) -> str:
        """Return the operation, what is wrong, the status, and how the body begins."""
        status = f" (HTTP {self.http_status})" if self.http_status is not None else ""
        body = f": {self.body!r}" if self.body else ""
        return f"{super().__str__()}{status}{body}"


class UnconfirmedDecodeError(DecodeError, UnknownOutcomeError):
    """A request that must not be retried got a success that cannot be used."""

    sent: Sent = "unknown"


class RedirectError(JSMSError):
    """The response points to another address; the client never follows, so check the base URL.

    Attributes:
        location: Where it points, without credentials and query.
    """

    sent: Sent = "yes"

    location: str

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        http_status: int | None = None,
        attempts: int = 0,
        location: str = "",
    ) -> None:
        super().__init__(message, operation=operation, http_status=http_status, attempts=attempts)
        self.location = location


class UnconfirmedRedirectError(RedirectError, UnknownOutcomeError):
    """A request that must not be retried got a redirect; it may have been carried out before that."""

    sent: Sent = "unknown"


class UnexpectedStatusError(JSMSError):
    """The HTTP status is neither one that the contract gives for success nor an error."""

    sent: Sent = "yes"


class UnconfirmedStatusError(UnexpectedStatusError, UnknownOutcomeError):
    """A request that must not be retried got a status that says nothing about its outcome."""

    sent: Sent = "unknown"


class CallbackReason(StrEnum):
    """Why a callback was refused."""

    BAD_SIGNATURE = "bad_signature"
    """Not signed with this application's key and secret."""
    EXPIRED = "expired"
    """Signed longer ago than the window allows, or in the future."""
    REPLAYED = "replayed"
    """Its nonce was used before, by a callback with other data or by one that is being handled."""
    ALREADY_HANDLED = "already_handled"
    """An exact copy of a callback that was handled: respond with ``http_status`` (200) and do nothing."""
    MALFORMED = "malformed"
    """Not a form, a field missing, twice or of the wrong shape, or ``data`` that is not what its type promises."""
    UNKNOWN_TYPE = "unknown_type"
    """A type of callback that this version does not know."""
    TOO_LARGE = "too_large"
    """A body longer than the receiver reads."""
    WRONG_CONTENT_TYPE = "wrong_content_type"
    """Not ``application/x-www-form-urlencoded``."""


class CallbackError(NotSentError):
    """What arrived is not a callback of JSMS that can be trusted and understood.

    Attributes:
        reason: Which of the documented reasons it is; ``http_status`` is the status to respond with.
    """

    reason: CallbackReason

    def __init__(self, message: str, *, reason: CallbackReason, http_status: int = 400) -> None:
        super().__init__(message, http_status=http_status)
        self.reason = reason


__all__ = [
    "APIError",
    "ArgumentError",
    "CallbackError",
    "CallbackReason",
    "ClientClosedError",
    "ConfigurationError",
    "ConnectTimeoutError",
    "ConnectionFailedError",
    "DecodeError",
    "ErrorInfo",
    "IdempotencyError",
    "JSMSError",
    "LostResponseError",
    "LostResponseTimeoutError",
    "MissingDependencyError",
    "NotSentError",
    "PoolTimeoutError",
    "RedirectError",
    "RequestTimeoutError",
    "StoreError",
    "UnconfirmedAPIError",
    "UnconfirmedDecodeError",
    "UnconfirmedRedirectError",
    "UnconfirmedServerError",
    "UnconfirmedServiceError",
    "UnconfirmedStatusError",
    "UnexpectedStatusError",
    "UnknownOutcomeError",
    "UnknownOutcomeTimeoutError",
]
# Or type checkers would call the classes of the contract private to this module.
__all__ += _contract.__all__
