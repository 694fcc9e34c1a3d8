"""A client for Jiguang SMS (JSMS): codes, messages, schedules, templates, signatures, receipts and callbacks.

```python
from jsms_client import JSMS

with JSMS() as jsms:  # JSMS_APP_KEY and JSMS_MASTER_SECRET, or arguments
    sent = jsms.codes.send("13800138000", temp_id=1)
    if jsms.codes.verify(sent.msg_id, "123456"):
        ...
```

Exceptions are in `jsms_client.errors`, those for single error codes among them; callbacks are in
`jsms_client.callbacks`, campaigns in `jsms_client.campaigns`.

Every call, of `JSMS` and, with ``await``, of `AsyncJSMS`:

    jsms.with_options(…) -> Self
    jsms.with_raw_response(…) -> RawResponse[_T]
    jsms.close() -> None
    jsms.accounts.app() -> ApplicationBalance
    jsms.accounts.dev() -> DeveloperBalance
    jsms.campaigns.cancel(journal) -> Campaign
    jsms.campaigns.send(recipients, temp_id=…, …) -> Campaign or Estimate
    jsms.campaigns.settle(journal, more, …) -> Campaign
    jsms.codes.send(mobile, temp_id=…, …) -> SentMessage
    jsms.codes.send_voice(mobile, …) -> SentMessage
    jsms.codes.verify(msg_id, code) -> Verification
    jsms.messages.send(mobile, temp_id=…, …) -> SentMessage
    jsms.messages.send_batch(recipients, temp_id=…, …) -> BatchResult
    jsms.receipts.iter_replies(…) -> ReceiptStream[UserReply]
    jsms.receipts.iter_reports(…) -> ReceiptStream[DeliveryReport]
    jsms.receipts.replies() -> Records[UserReply]
    jsms.receipts.reports() -> Records[DeliveryReport]
    jsms.schedules.create(mobile, temp_id=…, send_time=…, …) -> ScheduledMessage
    jsms.schedules.create_batch(recipients, temp_id=…, send_time=…, …) -> ScheduleBatchResult
    jsms.schedules.delete(schedule_id) -> None
    jsms.schedules.get(schedule_id) -> Schedule
    jsms.schedules.update(schedule_id, mobile, temp_id=…, send_time=…, …) -> ScheduledMessage
    jsms.schedules.update_batch(schedule_id, recipients, temp_id=…, send_time=…, …) -> ScheduleBatchResult
    jsms.signs.create(sign, type=…, legal_person_name=…, legal_person_id_number=…, …) -> SavedSign
    jsms.signs.delete(sign_id) -> None
    jsms.signs.get(sign_id) -> SignDetails
    jsms.signs.update(sign_id, sign, type=…, legal_person_name=…, …) -> SavedSign
    jsms.templates.create(template, type=…, …) -> SavedTemplate
    jsms.templates.delete(temp_id) -> None
    jsms.templates.get(temp_id) -> TemplateDetails
    jsms.templates.update(temp_id, template, type=…, …) -> SavedTemplate

Every name with its import path: docs/api.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsms_surface import results as _results

if TYPE_CHECKING:
    from jsms_client._async.client import AsyncJSMS
    from jsms_client._async.streams import AsyncReceiptStream
    from jsms_client._events import CallEvent
    from jsms_client._options import RetryPolicy, Telemetry, Timeouts
    from jsms_client._response import RawResponse
    from jsms_client._sync.client import JSMS
    from jsms_client._sync.streams import ReceiptStream
    from jsms_client._version import __version__
    from jsms_client.errors import *
    from jsms_client.store import Store
    from jsms_contract.errors import *
    from jsms_runtime.errors import APIError, ArgumentError, JSMSError, NotSentError
    from jsms_runtime.recipients import Recipient
    from jsms_runtime.times import BEIJING
    from jsms_surface.results import *

# Where each name is found when it is first asked for: importing the package costs nothing that is not used.
_MODULES = {
    "AsyncJSMS": "jsms_client._async.client",
    "AsyncReceiptStream": "jsms_client._async.streams",
    "BEIJING": "jsms_runtime.times",
    "CallEvent": "jsms_client._events",
    "JSMS": "jsms_client._sync.client",
    "Recipient": "jsms_runtime.recipients",
    "RawResponse": "jsms_client._response",
    "ReceiptStream": "jsms_client._sync.streams",
    "RetryPolicy": "jsms_client._options",
    "Telemetry": "jsms_client._options",
    "Timeouts": "jsms_client._options",
    "__version__": "jsms_client._version",
    "Store": "jsms_client.store",
    **dict.fromkeys(_results.__all__, "jsms_surface.results"),
}


if not TYPE_CHECKING:  # pragma: no branch
    # Out of sight of type checkers, for which a module with this function has every name there is.
    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - nothing at import time

        # What is not listed is an exception: most names are.
        value: object = getattr(import_module(_MODULES.get(name, "jsms_client.errors")), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*__all__, *(name for name in globals() if name not in __all__)]


__all__: list[str] = [
    "BEIJING",
    "JSMS",
    "APIError",
    "ArgumentError",
    "AsyncJSMS",
    "AsyncReceiptStream",
    "AuthenticationError",
    "CallEvent",
    "CallbackError",
    "CallbackReason",
    "ClientClosedError",
    "ConfigurationError",
    "ConnectTimeoutError",
    "ConnectionFailedError",
    "DecodeError",
    "IdempotencyError",
    "InvalidRequestError",
    "JSMSError",
    "LostResponseError",
    "MissingDependencyError",
    "NoCreditError",
    "NotSentError",
    "PermissionDeniedError",
    "RateLimitError",
    "RawResponse",
    "ReceiptStream",
    "Recipient",
    "RedirectError",
    "RequestTimeoutError",
    "RetryPolicy",
    "ScheduleError",
    "ServiceError",
    "SignatureError",
    "Store",
    "StoreError",
    "Telemetry",
    "TemplateError",
    "Timeouts",
    "UnexpectedStatusError",
    "UnknownOutcomeError",
    "VerificationError",
    "__version__",
]
__all__ += _results.__all__
