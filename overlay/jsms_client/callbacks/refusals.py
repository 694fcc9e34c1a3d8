"""Why a callback is refused, and with which HTTP status."""

from __future__ import annotations

from enum import StrEnum

from jsms_client.errors import CallbackError


class Reason(StrEnum):
    """Why a callback was refused: the ``reason`` of a :class:`~jsms_client.CallbackError`."""

    BAD_SIGNATURE = "bad_signature"
    """Not signed with this application's key and secret."""
    EXPIRED = "expired"
    """Signed longer ago than the window allows, or in the future."""
    REPLAYED = "replayed"
    """Its nonce was accepted before."""
    MALFORMED = "malformed"
    """Not a form, a field missing, twice or of the wrong shape, or ``data`` that is not what its type promises."""
    UNKNOWN_TYPE = "unknown_type"
    """A type of callback that this version does not know."""
    TOO_LARGE = "too_large"
    """A body longer than ``max_body``."""
    WRONG_CONTENT_TYPE = "wrong_content_type"
    """Not ``application/x-www-form-urlencoded``."""

    @property
    def http_status(self) -> int:
        """The HTTP status to refuse it with."""
        return _STATUS.get(self, 400)


# Whoever has no valid signature learns nothing from these: the three kinds of distrust look the same.
_STATUS = {
    Reason.BAD_SIGNATURE: 403,
    Reason.EXPIRED: 403,
    Reason.REPLAYED: 403,
    Reason.TOO_LARGE: 413,
    Reason.WRONG_CONTENT_TYPE: 415,
}


def refusal(reason: Reason, message: str) -> CallbackError:
    """An error that says why a callback is refused, and never what was in it."""
    return CallbackError(message, reason=reason, http_status=reason.http_status)


__all__ = ["Reason", "refusal"]
