"""Variants of responses: other forms of ids, times, codes and fields that the service may send."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast, get_args

from jsms_sandbox.service.response import json_bytes
from jsms_sandbox.simulation.clock import BEIJING

Variant = Literal[
    "numeric_msg_id",
    "number_for_text",
    "unknown_field",
    "unknown_status",
    "unknown_code",
    "time_text",
    "time_iso",
    "time_java",
    "time_digits",
]
"""One other form of a response: msg_id as a JSON number; each text of digits as one; a field more in each object; a
status or an error code that the contract does not list; a time as ``2026-01-31 09:00:00``, as
``2026-01-31T09:00:00.000``, as ``Sat Jan 31 09:00:00 CST 2026``, or as milliseconds in a text."""

VARIANTS: tuple[Variant, ...] = get_args(Variant)
TOGETHER: tuple[Variant, ...] = VARIANTS[:6]
"""What is applied where no variant is named: each that does not exclude another."""
MSG_IDS, TIMES = frozenset({"msg_id", "msgId"}), frozenset({"receiveTime", "replyTime"})
UNKNOWN_FIELD = ("sandbox_unknown_field", {"added": True})
UNKNOWN_STATUS, UNKNOWN_CODE = 4999, 59_999
LONGEST_NUMBER = 19


def vary(body: bytes, variant: Variant | None) -> bytes | None:
    """Change the body of a JSON response to another form.

    Args:
        body: The body of the response.
        variant: The form; None for all that can be applied together.

    Returns:
        The other body, or None where the response has nothing that the variant changes.
    """
    if not body:
        return None
    value: object = json.loads(body)
    varied = _vary(value, frozenset(TOGETHER if variant is None else (variant,)))
    other = json_bytes(varied)
    return None if other == json_bytes(value) else other


def _vary(value: object, variants: frozenset[Variant]) -> object:
    if isinstance(value, list):
        return [_vary(item, variants) for item in cast("Sequence[object]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("Mapping[str, object]", value)
    varied = {name: _field(name, item, variants) for name, item in fields.items()}
    if "unknown_field" in variants:
        varied[UNKNOWN_FIELD[0]] = UNKNOWN_FIELD[1]
    return varied


def _field(name: str, value: object, variants: frozenset[Variant]) -> object:
    if name == "temp_para":  # the caller's own names and values, given back
        return value
    if name in TIMES and isinstance(value, int):
        return _time(value, variants)
    if name == "status" and "unknown_status" in variants:
        return UNKNOWN_STATUS
    if name in ("code", "error_code") and "unknown_code" in variants:
        value = UNKNOWN_CODE if isinstance(value, int) else str(UNKNOWN_CODE)
    if isinstance(value, str):
        wanted: Variant = "numeric_msg_id" if name in MSG_IDS else "number_for_text"
        return int(value) if wanted in variants and _is_number(value) else value
    return _vary(value, variants)


def _is_number(text: str) -> bool:
    """Return whether a JSON number equals a text: without leading zeros, within 64 bits."""
    return text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER and str(int(text)) == text


def _time(milliseconds: int, variants: frozenset[Variant]) -> Any:
    at = datetime.fromtimestamp(milliseconds / 1000, BEIJING)
    forms: dict[Variant, str] = {
        "time_text": f"{at:%Y-%m-%d %H:%M:%S}",
        "time_iso": at.replace(tzinfo=None).isoformat(timespec="milliseconds"),
        "time_java": f"{at:%a %b %d %H:%M:%S} CST {at:%Y}",
        "time_digits": str(milliseconds),
    }
    return next((text for variant, text in forms.items() if variant in variants), milliseconds)
