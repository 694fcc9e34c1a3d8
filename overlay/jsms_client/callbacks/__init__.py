"""What JSMS posts to an app: verified, and read into typed events.

Needs the extra ``callbacks``. `CallbackReceiver` does the work; `CallbackApp` (ASGI) and
`WSGICallbackApp` put it behind a URL.
"""

from __future__ import annotations

from importlib import import_module

from jsms_client.errors import CallbackError, CallbackReason, MissingDependencyError

try:
    import_module("pydantic")
except ImportError as error:
    raise MissingDependencyError(
        'jsms_client.callbacks needs pydantic: pip install "jsms-client[callbacks]"'
    ) from error

from jsms_client.callbacks._acceptance import Acceptance
from jsms_client.callbacks._apps import CallbackApp, WSGICallbackApp
from jsms_client.callbacks._events import Callback
from jsms_client.callbacks._form import sign
from jsms_client.callbacks._nonces import AsyncNonceStore, MemoryNonceStore, NonceStore
from jsms_client.callbacks._receiver import DEFAULT_MAX_BODY, DEFAULT_WINDOW, CallbackReceiver
from jsms_client.results import DeliveryStatus, MalformedRecord, ReviewStatus
from jsms_surface import events as _generated
from jsms_surface.events import *  # noqa: F403 - every event, by its own __all__

__all__ = [
    "DEFAULT_MAX_BODY",
    "DEFAULT_WINDOW",
    "Acceptance",
    "AsyncNonceStore",
    "Callback",
    "CallbackApp",
    "CallbackError",
    "CallbackReason",
    "CallbackReceiver",
    "DeliveryStatus",
    "MalformedRecord",
    "MemoryNonceStore",
    "NonceStore",
    "ReviewStatus",
    "WSGICallbackApp",
    "sign",
]
__all__ += _generated.__all__
