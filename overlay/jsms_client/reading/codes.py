"""Results of codes and of single messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jsms_client.errors import ExpiredCodeError, InvalidCodeError, JSMSError, VerifiedCodeError
from jsms_client.results.codes import SentMessage, Verification, VerificationReason

if TYPE_CHECKING:
    from jsms_api import models


def sent_message(parsed: object) -> SentMessage:
    """The result of a send that was accepted."""
    model = cast("models.SentMessage", parsed)
    return SentMessage(model.msg_id, model.additional_properties)


def verification(parsed: object) -> Verification:
    """The result of checking a code, as a success says it: the code counts only where the answer says so."""
    model = cast("models.Verification", parsed)
    return Verification(model.is_valid is True, extra=model.additional_properties)


def refused_code(error: JSMSError) -> Verification:
    """The result of checking a code that does not count."""
    reasons = (
        (InvalidCodeError, VerificationReason.WRONG),
        (ExpiredCodeError, VerificationReason.EXPIRED),
        (VerifiedCodeError, VerificationReason.USED),
    )
    reason = next((reason for kind, reason in reasons if isinstance(error, kind)), None)
    return Verification(False, reason, error.code, error.message)


__all__ = ["refused_code", "sent_message", "verification"]
