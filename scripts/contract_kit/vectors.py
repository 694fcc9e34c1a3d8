"""Signature vectors: whole callbacks, and whether a receiver has to accept each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from jsms_client.callbacks import DEFAULT_WINDOW, sign

APP_KEY, MASTER_SECRET = "dev_sample_appKey", "dev_sample_appMasterSecret"
NOW = 1492150800000
_NONCE, _TIMESTAMP = "7659972084945889195", "1492150740274"
_MAX_AHEAD_SECONDS = 300
_HOUR = 3_600_000
_REPORT = {"msgId": "288193860302", "phone": "13800138000", "receiveTime": 1492150741000, "status": 4001}
_REPLY = {"phone": "13800138000", "replyTime": 1492150741000, "content": "退订 👍"}
_TEMPLATE = {"tempId": 1250, "status": 2, "refuseReason": "内容不符"}
_SIGN = {"signId": 4321, "status": 1, "refuseReason": None}

_SIGNED = "appKey={appKey}&appMasterSecret={masterSecret}&nonce={nonce}&timestamp={timestamp}"

_Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Vector:
    """One callback.

    Attributes:
        name: A name for programs.
        why: What it shows.
        body: The body as it is posted.
        reason: Why it is refused; empty where it is accepted.
        before: The body of a callback that was accepted right before; empty where there is none.
        signed: The text that its sender should have signed.
    """

    name: str
    why: str
    body: str
    reason: str = ""
    before: str = ""
    signed: str = field(default="")


def _signed(
    name: str,
    why: str,
    reason: str = "",
    *,
    nonce: str = _NONCE,
    timestamp: str = _TIMESTAMP,
    type: str = "SMS_REPORT",
    data: object = _REPORT,
    extra: _Pairs = (),
    change: Mapping[str, str] | None = None,
    credentials: tuple[str, str] = (APP_KEY, MASTER_SECRET),
    before: str = "",
) -> Vector:
    """Sign a callback, then replace the fields that ``change`` names."""
    fields = {
        "nonce": nonce,
        "timestamp": timestamp,
        "signature": sign(*credentials, nonce, timestamp),
        "type": type,
        "data": data if isinstance(data, str) else json.dumps(data, ensure_ascii=False),
    }
    fields |= change or {}
    text = f"appKey={APP_KEY}&appMasterSecret={MASTER_SECRET}&nonce={fields['nonce']}&timestamp={fields['timestamp']}"
    return Vector(name, why, urlencode([*fields.items(), *extra]), reason, before, text)


def _without(vector: Vector, field_name: str) -> str:
    return "&".join(pair for pair in vector.body.split("&") if not pair.startswith(f"{field_name}="))


_RIGHT = sign(APP_KEY, MASTER_SECRET, _NONCE, _TIMESTAMP)
_REPORTED = _signed("report", "The worked example of the service's pages.")
_BAD, _OLD, _MALFORMED = "bad_signature", "expired", "malformed"

VECTORS: Sequence[Vector] = (
    _REPORTED,
    _signed("reply", "Chinese text and an emoji in data.", type="SMS_REPLY", data=_REPLY),
    _signed("template", "A decision on a template.", type="SMS_TEMPLATE", data=_TEMPLATE),
    _signed("sign", "A decision on a signature; refuseReason is null.", type="SMS_SIGN", data=_SIGN),
    _signed("upper_case", "Hexadecimal digits may be upper case.", change={"signature": _RIGHT.upper()}),
    _signed("negative_nonce", "A nonce may be negative.", nonce="-7659972084945889195"),
    _signed(
        "large_nonce", "A nonce exceeds what a double keeps: sign the digits as they came.", nonce="9007199254740993"
    ),
    _signed("leading_zeros", "The digits are signed as they came, not as a number.", nonce="000123"),
    _signed("new_field", "A field that is not known does no harm.", extra=[("region", "cn")]),
    Vector("other_order", "The order of the fields says nothing.", "&".join(reversed(_REPORTED.body.split("&")))),
    _signed(
        "other_data",
        "The signature does not cover data: data that was changed is accepted. Treat it as untrusted.",
        data={**_REPORT, "status": 4002},
    ),
    _signed("other_secret", "Signed with another secret.", _BAD, credentials=(APP_KEY, "another_secret")),
    _signed("other_key", "Signed for another app.", _BAD, credentials=("another_key", MASTER_SECRET)),
    _signed("swapped", "Key and secret in each other's place.", _BAD, credentials=(MASTER_SECRET, APP_KEY)),
    _signed("changed_nonce", "Another nonce than the signed one.", _BAD, change={"nonce": "7659972084945889196"}),
    _signed("changed_timestamp", "Another timestamp than the signed one.", _BAD, change={"timestamp": "1492150740275"}),
    _signed("short", "A signature without its last digit.", _BAD, change={"signature": _RIGHT[:-1]}),
    _signed("long", "A signature with one more digit.", _BAD, change={"signature": f"{_RIGHT}0"}),
    _signed("padded", "A signature with a space in front.", _BAD, change={"signature": f" {_RIGHT}"}),
    _signed("line_break", "A signature with a line break behind it.", _BAD, change={"signature": f"{_RIGHT}\n"}),
    _signed("zeros", "A signature of zeros.", _BAD, change={"signature": "0" * 40}),
    _signed("empty", "An empty signature.", _BAD, change={"signature": ""}),
    _signed("full_width", "A full-width digit in the signature.", _BAD, change={"signature": f"５{_RIGHT[1:]}"}),
    _signed("not_ascii", "A signature that is no hexadecimal.", _BAD, change={"signature": "é" * 40}),
    _signed("too_old", "Signed 15 hours ago.", _OLD, timestamp=str(NOW - 15 * _HOUR)),
    _signed("too_early", "Signed for a time that is an hour ahead.", _OLD, timestamp=str(NOW + _HOUR)),
    _signed("seconds", "A timestamp in seconds is a time of 1970.", _OLD, timestamp=str(NOW // 1000)),
    _signed("injected", "A nonce that brings a timestamp of its own.", _MALFORMED, nonce="1&timestamp=1492150740274"),
    _signed("exponent", "A nonce that is no row of digits.", _MALFORMED, nonce="1e3"),
    _signed("other_digits", "A nonce in Arabic digits.", _MALFORMED, nonce="١٢٣"),
    _signed("two_nonces", "A field that is there twice.", _MALFORMED, extra=[("nonce", "1")]),
    _signed("two_signatures", "A second signature.", _MALFORMED, extra=[("signature", "0" * 40)]),
    Vector("no_signature", "Without a signature.", _without(_REPORTED, "signature"), _MALFORMED),
    Vector("no_nonce", "Without a nonce.", _without(_REPORTED, "nonce"), _MALFORMED),
    _signed("not_json", "Signed right, but data is no JSON.", _MALFORMED, data="{"),
    _signed("unknown_type", "Signed right, of a type that is not known.", "unknown_type", type="SMS_OTHER"),
    _signed(
        "replayed",
        "A nonce that was used before, with other data: an attacker's.",
        "replayed",
        data={**_REPORT, "status": 4002},
        before=_REPORTED.body,
    ),
    _signed(
        "same_again",
        "The same callback once more: the response to it was lost. Respond 200 and do nothing.",
        "already_handled",
        before=_REPORTED.body,
    ),
)


def vectors() -> dict[str, object]:
    """Return all vectors as they are published."""
    return {
        "algorithm": f"hexadecimal SHA-1 of {_SIGNED}",
        "app_key": APP_KEY,
        "master_secret": MASTER_SECRET,
        "now": NOW,
        "max_age_seconds": int(DEFAULT_WINDOW.total_seconds()),
        "max_ahead_seconds": _MAX_AHEAD_SECONDS,
        "vectors": [_published(vector) for vector in VECTORS],
    }


def _published(vector: Vector) -> dict[str, object]:
    made: dict[str, object] = {
        "name": vector.name,
        "why": vector.why,
        "accepted": not vector.reason,
        "reason": vector.reason or None,
        "body": vector.body,
    }
    if vector.signed:
        made["signed_text"] = vector.signed
    if vector.before:
        made["accepted_before"] = vector.before
    return made
