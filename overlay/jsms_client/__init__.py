"""A client for Jiguang SMS (JSMS): codes, messages, schedules, templates, signatures, receipts and callbacks.

```python
from jsms_client import JSMS

with JSMS() as jsms:  # JSMS_APP_KEY and JSMS_MASTER_SECRET, or arguments
    sent = jsms.codes.send("13800138000", temp_id=1)
    if jsms.codes.verify(sent.msg_id, "123456"):
        ...
```

`AsyncJSMS` is its twin. Exceptions are in `jsms_client.errors`, those for single error codes among them; what calls
return is in `jsms_client.results`; callbacks are in `jsms_client.callbacks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsms_client._async.client import AsyncJSMS
    from jsms_client._events import CallEvent
    from jsms_client._raw import RawResponse
    from jsms_client._sync.client import JSMS
    from jsms_client.config import RetryPolicy, Timeouts
    from jsms_client.errors import (
        APIError,
        ArgumentError,
        AuthenticationError,
        CallbackError,
        CallbackReason,
        ClientClosedError,
        ConfigurationError,
        ConnectionFailedError,
        ConnectTimeoutError,
        DecodeError,
        IdempotencyError,
        InvalidRequestError,
        JSMSError,
        LostAnswerError,
        MissingDependencyError,
        NoCreditError,
        NotSentError,
        PermissionDeniedError,
        RateLimitError,
        RedirectError,
        RequestTimeoutError,
        ScheduleError,
        ServiceError,
        SignatureError,
        StoreError,
        TemplateError,
        UnexpectedStatusError,
        UnknownOutcomeError,
        VerificationError,
    )
    from jsms_client.results import (
        DeliveryStatus,
        ReviewStatus,
        SignType,
        TemplateType,
        VerificationReason,
        VoiceLanguage,
    )
    from jsms_client.store import Store
    from jsms_client.version import __version__
    from jsms_runtime.recipients import Recipient

# Where each name is found when it is first asked for: importing the package costs nothing that is not used.
_HOMES = {
    "AsyncJSMS": "jsms_client._async.client",
    "CallEvent": "jsms_client._events",
    "JSMS": "jsms_client._sync.client",
    "Recipient": "jsms_runtime.recipients",
    "RawResponse": "jsms_client._raw",
    "RetryPolicy": "jsms_client.config",
    "Timeouts": "jsms_client.config",
    "__version__": "jsms_client.version",
    "DeliveryStatus": "jsms_client.results",
    "ReviewStatus": "jsms_client.results",
    "SignType": "jsms_client.results",
    "Store": "jsms_client.store",
    "TemplateType": "jsms_client.results",
    "VerificationReason": "jsms_client.results",
    "VoiceLanguage": "jsms_client.results",
}


if not TYPE_CHECKING:  # pragma: no branch
    # Out of sight of type checkers, for which a module with this function has every name there is.
    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - nothing at import time

        # What is not listed is an exception: most names are.
        value: object = getattr(import_module(_HOMES.get(name, "jsms_client.errors")), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*__all__, *(name for name in globals() if name not in __all__)]


__all__ = [
    "JSMS",
    "APIError",
    "ArgumentError",
    "AsyncJSMS",
    "AuthenticationError",
    "CallEvent",
    "CallbackError",
    "CallbackReason",
    "ClientClosedError",
    "ConfigurationError",
    "ConnectTimeoutError",
    "ConnectionFailedError",
    "DecodeError",
    "DeliveryStatus",
    "IdempotencyError",
    "InvalidRequestError",
    "JSMSError",
    "LostAnswerError",
    "MissingDependencyError",
    "NoCreditError",
    "NotSentError",
    "PermissionDeniedError",
    "RateLimitError",
    "RawResponse",
    "Recipient",
    "RedirectError",
    "RequestTimeoutError",
    "RetryPolicy",
    "ReviewStatus",
    "ScheduleError",
    "ServiceError",
    "SignType",
    "SignatureError",
    "Store",
    "StoreError",
    "TemplateError",
    "TemplateType",
    "Timeouts",
    "UnexpectedStatusError",
    "UnknownOutcomeError",
    "VerificationError",
    "VerificationReason",
    "VoiceLanguage",
    "__version__",
]
