"""For a value that an earlier step has set for certain."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def known(value: T | None) -> T:
    """The value.

    Raises:
        LookupError: It is not set after all: the steps ran in a wrong order.
    """
    if value is None:
        raise LookupError("A step of the sandbox ran before the one that it builds on.")
    return value
