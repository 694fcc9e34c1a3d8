"""What tells one list from another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

Row = tuple[int, str, "str | None"]
"""Number in the list, mobile number, and parameters as JSON: a recipient as the file has it."""


class Digest:
    """The digest of a list: of numbers and parameters in their order, wherever the lines of a file begin."""

    __slots__ = ("_hash",)

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, rows: Iterable[Row], bad: int = 0) -> None:
        """Go on with the next entries.

        Args:
            rows: Those that can be sent to.
            bad: How many cannot.
        """
        # JSON has neither tabs nor line breaks of its own.
        text = "".join([f"{mobile}\t{parameters or ''}\n" for _, mobile, parameters in rows])
        self._hash.update(text.encode() + b"!\n" * bad)

    def made(self) -> str:
        """The digest of all that was added."""
        return self._hash.hexdigest()


__all__ = ["Digest", "Row"]
