"""Keywords that methods have beside what the contract says: how a call is carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .model import Operation


class Option(NamedTuple):
    """A keyword of every method of a kind; ``_request_json`` of the resource gets it under the same name.

    Attributes:
        name: The keyword.
        type: Its type; None is its default.
        words: What it is.
        raises: What else the call may raise, as lines of a docstring.
        applies: Whether the method of an operation has it.
    """

    name: str
    type: str
    words: str
    raises: tuple[str, ...]
    applies: Callable[[Operation], bool]


def _sends_anew(operation: Operation) -> bool:
    return operation.effect in ("sends", "schedules") and operation.never_again


OPTIONS = (
    Option(
        name="once",
        type="str",
        words=(
            'A key of this message, such as ``"login-42"``. The same key again, in any process that shares the '
            "client's store, sends nothing and gives the first result."
        ),
        raises=(
            "IdempotencyError: ``once`` was used with other arguments; nothing was sent.",
            "StoreError: The store failed before the request left; nothing was sent.",
        ),
        applies=_sends_anew,
    ),
)
"""In the order of a signature, after the arguments of the operation."""
