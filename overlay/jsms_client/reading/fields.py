"""What several results have in common."""

from __future__ import annotations

from enum import IntEnum
from typing import TypeVar

from jsms_api.models.error_code import ErrorCode
from jsms_api.types import Unset

T = TypeVar("T")
E = TypeVar("E", bound=IntEnum)

# Of any digits, so that a code that comes one day is read too.
_LONGEST_CODE = 9


def error_code(value: str | Unset) -> tuple[int | None, str | None]:
    """The code of a refused recipient, or what stands there instead of one; neither for an accepted one."""
    if isinstance(value, Unset) or value.strip() in ("", "0"):
        return None, None
    if not (value.isascii() and value.isdigit() and len(value) <= _LONGEST_CODE):
        return None, value
    code = int(value)
    return (None, None) if code == ErrorCode.SUCCESS else (code, None)


def present(value: T | Unset) -> T | None:
    """The value, or None where it is absent."""
    return None if isinstance(value, Unset) else value


def known(kind: type[E], value: int) -> E | int:
    """The member of an open set, or the number that this version does not know."""
    try:
        return kind(value)
    except ValueError:
        return value


__all__ = ["error_code", "known", "present"]
