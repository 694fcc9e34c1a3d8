"""What changed for callers from one document to the next, in words."""

from __future__ import annotations

from collections.abc import Mapping

from .change import Change
from .codes import compare_answered_codes, compare_codes
from .models import compare_models
from .operations import compare_callbacks, compare_operations, compare_security, compare_servers

_PARTS = (
    compare_servers,
    compare_security,
    compare_operations,
    compare_callbacks,
    compare_models,
    compare_codes,
    compare_answered_codes,
)


def compare(old: Mapping[str, object], new: Mapping[str, object]) -> list[Change]:
    """What changed for callers, breaking changes first.

    Descriptions and examples are for readers, and no change for callers.
    """
    found = dict.fromkeys(change for part in _PARTS for change in part(old, new))
    return sorted(found, key=lambda change: not change.breaking)


__all__ = ["Change", "compare"]
