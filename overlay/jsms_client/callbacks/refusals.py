"""A refused callback, and the HTTP status that refuses it."""

from __future__ import annotations

from jsms_client.errors import CallbackError, CallbackReason

# A sender without a valid signature learns nothing from these: the three kinds of distrust have one status.
_STATUS = {
    CallbackReason.ALREADY_HANDLED: 200,
    CallbackReason.BAD_SIGNATURE: 403,
    CallbackReason.EXPIRED: 403,
    CallbackReason.REPLAYED: 403,
    CallbackReason.MALFORMED: 400,
    CallbackReason.UNKNOWN_TYPE: 400,
    CallbackReason.TOO_LARGE: 413,
    CallbackReason.WRONG_CONTENT_TYPE: 415,
}


def refusal(reason: CallbackReason, message: str) -> CallbackError:
    """An error that says why a callback is refused, and never what was in it."""
    return CallbackError(message, reason=reason, http_status=_STATUS[reason])


__all__ = ["refusal"]
