"""What generators swallow in silence, found before they run."""

from __future__ import annotations

from ..document import Document
from .problem import Problem


def lint(document: Document) -> list[Problem]:
    """Every problem of a document, in the order of its lines."""
    return []


__all__ = ["Problem", "lint"]
