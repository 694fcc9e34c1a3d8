"""Signed callbacks, as the service posts them."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from jsms_client.callbacks import sign

if TYPE_CHECKING:
    from collections.abc import Mapping

APP_KEY = "dev_sample_appKey"
MASTER_SECRET = "dev_sample_appMasterSecret"
PHONE = "13800138000"
REPORT = {"msgId": "288193860302", "phone": PHONE, "receiveTime": 1492150741000, "status": 4001}
REPLY = {"phone": PHONE, "replyTime": 1492150800000, "content": "退订 TD"}
TEMPLATE = {"tempId": 1250, "status": 2, "refuseReason": "no purpose given"}
SIGN = {"signId": 77, "status": 1, "refuseReason": None}

_nonces = itertools.count(7659972084945889195)


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    @property
    def milliseconds(self) -> int:
        return round(self.now * 1000)


def form(
    data: object, kind: str = "SMS_REPORT", *, timestamp: object, nonce: object = None, **fields: str
) -> dict[str, str]:
    """Make a signed form; data other than a text is written as JSON."""
    number = str(next(_nonces) if nonce is None else nonce)
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    signed = {
        "nonce": number,
        "timestamp": str(timestamp),
        "signature": sign(APP_KEY, MASTER_SECRET, number, str(timestamp)),
        "type": kind,
        "data": text,
    }
    return signed | fields


def encoded(fields: Mapping[str, str]) -> bytes:
    """Encode the form as a request's body."""
    return urlencode(fields).encode()
