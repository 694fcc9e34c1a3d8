"""Results that say more than their response does. Each class here is a base of the generated result of its name.

- A field with a type and no method is added to the result; one that the contract has too gets this type.
- ``find_NAME`` makes the value of the field ``NAME`` from the response's fields that its parameters name.
- ``left_out`` names fields of the response that the result does not show.

``scripts/regenerate`` reads this file, and refuses a class that no response of the contract is called by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import ClassVar

from jsms_runtime.results import TEXT


class VerificationReason(StrEnum):
    """Why a code does not count."""

    WRONG = "wrong"
    """It is not the code that was sent."""
    EXPIRED = "expired"
    """It is too late."""
    USED = "used"
    """It was accepted before; a code counts once."""


class Verification:
    """Whether a code is right; as a condition it is true only then.

    Reason: a wrong code is an expected result and not an exception, and the result can be used as a condition.

    Attributes:
        is_valid: Whether the code is right.
        reason: Why it does not count; None where it does, or where the service does not say.
        code: The service's error code that goes with the reason; None where there is none.
        message: The service's own words; None where there are none.
    """

    __slots__ = ()
    left_out: ClassVar = ("error",)

    is_valid: bool
    reason: VerificationReason | None = None
    code: int | None = None
    message: str | None = field(default=None, metadata=TEXT)

    def __bool__(self) -> bool:
        """Whether the code is right."""
        return self.is_valid

    @staticmethod
    def find_is_valid(is_valid: bool | None) -> bool:
        """Only where the response says so."""
        return is_valid is True

    @staticmethod
    def find_reason(error: Mapping[str, object] | None) -> VerificationReason | None:
        """Return what the client says of a code that the service refused."""
        reason = (error or {}).get("reason")
        return reason if isinstance(reason, VerificationReason) else None

    @staticmethod
    def find_code(error: Mapping[str, object] | None) -> int | None:
        """Return the code of the refusal."""
        code = (error or {}).get("code")
        return code if isinstance(code, int) else None

    @staticmethod
    def find_message(error: Mapping[str, object] | None) -> str | None:
        """Return the words of the refusal."""
        message = (error or {}).get("message")
        return message if isinstance(message, str) else None


__all__ = ["Verification", "VerificationReason"]
