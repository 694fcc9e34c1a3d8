"""Results of codes: a send that was accepted, and what became of checking a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from jsms_client.results.shown import WORDS, Result


class VerificationReason(StrEnum):
    """Why a code does not count."""

    WRONG = "wrong"
    """It is not the code that was sent."""
    EXPIRED = "expired"
    """It is too late."""
    USED = "used"
    """It was accepted before; a code counts once."""


@dataclass(frozen=True, slots=True, repr=False)
class SentMessage(Result):
    """A send that the service accepted; whether it arrives is told by a delivery report.

    Attributes:
        msg_id: Id of the SMS or call, a text of digits.
        extra: Fields that this version does not know.
    """

    msg_id: str
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class Verification(Result):
    """Whether a code is right; as a condition it is true only then.

    Attributes:
        is_valid: Whether the code is right.
        reason: Why it does not count; None where it does, or where the service does not say.
        code: The service's error code that goes with the reason; None where there is none.
        message: The service's own words; None where there are none.
        extra: Fields that this version does not know.
    """

    is_valid: bool
    reason: VerificationReason | None = None
    code: int | None = None
    message: str | None = field(default=None, metadata=WORDS)
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)

    def __bool__(self) -> bool:
        """Whether the code is right."""
        return self.is_valid


__all__ = ["SentMessage", "Verification", "VerificationReason"]
