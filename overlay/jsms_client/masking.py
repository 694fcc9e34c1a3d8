"""Mask what must not be shown, as the client does in its log and in the repr of results."""

from __future__ import annotations

from jsms_runtime.redaction import is_control, mask_mobile, mask_text, printable

__all__ = ["is_control", "mask_mobile", "mask_text", "printable"]
