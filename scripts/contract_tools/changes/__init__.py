"""What changed for callers from one document to the next, in words."""

from __future__ import annotations

from collections.abc import Mapping

from ..reading import mapping
from .change import LEVELS, Change, Level, reworded
from .codes import compare_answered_codes, compare_codes
from .models import compare_components, compare_models
from .operations import compare_callbacks, compare_operations, compare_security, compare_servers

_PARTS = (
    compare_servers,
    compare_security,
    compare_operations,
    compare_callbacks,
    compare_models,
    compare_components,
    compare_codes,
    compare_answered_codes,
)


def compare(old: Mapping[str, object], new: Mapping[str, object]) -> list[Change]:
    """What changed for callers, breaking changes first.

    Descriptions and examples are for readers, and no change for callers.
    """
    found = dict.fromkeys(change for part in _PARTS for change in part(old, new))
    return sorted(found, key=lambda change: not change.breaking)


def compare_words(old: Mapping[str, object], new: Mapping[str, object]) -> list[Change]:
    """That only texts for readers differ; nothing where :func:`compare` finds more, or nothing differs at all."""
    if compare(old, new) or _without_version(old) == _without_version(new):
        return []
    return [reworded("the contract", "has other descriptions, examples or notes")]


def _without_version(data: Mapping[str, object]) -> dict[str, object]:
    info = {name: value for name, value in mapping(data.get("info")).items() if name != "version"}
    return {**data, "info": info}


__all__ = ["LEVELS", "Change", "Level", "compare", "compare_words"]
