"""From what JSMS posts to events an app can trust: signature, age, reuse, content."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType

import anyio
import anyio.to_thread

from jsms_client.callbacks.events import Callback, read_events
from jsms_client.callbacks.form import MAX_BODY, Form, read_form, refusal
from jsms_client.callbacks.nonces import MemoryNonceStore, NonceStore
from jsms_client.callbacks.signature import same_signature, sign
from jsms_client.config import Credentials
from jsms_client.errors import CallbackReason, ConfigurationError

log = logging.getLogger("jsms_client.callbacks")

WINDOW = timedelta(hours=14)
"""How old a callback may be unless told otherwise: JSMS tries again after 3 minutes, 1 hour and 12 hours, 13:03 in all,
and nobody has written whether these attempts carry a new timestamp."""
