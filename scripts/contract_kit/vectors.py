"""Signature vectors: whole callbacks, and whether a receiver has to accept each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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

_Vector = dict[str, object]


def _vector(name: str, why: str, body: str, reason: str = "", signed: str = "", before: str = "") -> _Vector:
    """Make a callback as it is published.

    The reason says why it is refused, the signed text is what its sender should have signed, and the body before is
    that of a callback that was accepted right before.
    """
    made: _Vector = {"name": name, "why": why, "accepted": not reason, "reason": reason or None, "body": body}
    return made | ({"signed_text": signed} if signed else {}) | ({"accepted_before": before} if before else {})


def _signed(
    name: str,
    why: str,
    reason: str = "",
    *,
    nonce: str = _NONCE,
    timestamp: str = _TIMESTAMP,
    type: str = "SMS_REPORT",
    data: object = _REPORT,
    extra: Sequence[tuple[str, str]] = (),
    change: Mapping[str, str] | None = None,
    credentials: tuple[str, str] = (APP_KEY, MASTER_SECRET),
    before: str = "",
) -> _Vector:
    """Sign a callback, then replace the fields that ``change`` names."""
    fields = {
        "nonce": nonce,
        "timestamp": timestamp,
        "signature": sign(*credentials, nonce, timestamp),
        "type": type,
        "data": data if isinstance(data, str) else json.dumps(data, ensure_ascii=False),
    } | dict(change or {})
    text = f"appKey={APP_KEY}&appMasterSecret={MASTER_SECRET}&nonce={fields['nonce']}&timestamp={fields['timestamp']}"
    return _vector(name, why, urlencode([*fields.items(), *extra]), reason, text, before)


def _without(body: str, field_name: str) -> str:
    return "&".join(pair for pair in body.split("&") if not pair.startswith(f"{field_name}="))


_RIGHT = sign(APP_KEY, MASTER_SECRET, _NONCE, _TIMESTAMP)
_REPORTED = _signed("report", "The worked example of the service's pages.")
_BODY = str(_REPORTED["body"])
_BAD, _OLD, _MALFORMED = "bad_signature", "expired", "malformed"

VECTORS: Sequence[_Vector] = (
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
    _vector("other_order", "The order of the fields says nothing.", "&".join(reversed(_BODY.split("&")))),
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
    _vector("no_signature", "Without a signature.", _without(_BODY, "signature"), _MALFORMED),
    _vector("no_nonce", "Without a nonce.", _without(_BODY, "nonce"), _MALFORMED),
    _signed("not_json", "Signed right, but data is no JSON.", _MALFORMED, data="{"),
    _signed("unknown_type", "Signed right, of a type that is not known.", "unknown_type", type="SMS_OTHER"),
    _signed(
        "replayed",
        "A nonce that was used before, with other data: an attacker's.",
        "replayed",
        data={**_REPORT, "status": 4002},
        before=_BODY,
    ),
    _signed(
        "same_again",
        "The same callback once more: the response to it was lost. Respond 200 and do nothing.",
        "already_handled",
        before=_BODY,
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
        "vectors": VECTORS,
    }
