"""What the linter has to say about one place in a document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A place that has to change.

    Attributes:
        path: The file, as it was named.
        line: The line, counted from 1.
        pointer: Where in the document, as a JSON pointer that begins with ``#``.
        rule: The rule's name, such as ``operation-id-unique``.
        message: What is wrong.
        remedy: What to do about it.
    """

    path: str
    line: int
    pointer: str
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """File, line, pointer, what is wrong and what to do, in one line."""
        return f"{self.path}:{self.line}: {self.pointer}: {self.message}. Fix: {self.remedy}."
