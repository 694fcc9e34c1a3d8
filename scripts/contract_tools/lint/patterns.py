"""Patterns: read the same way in every language, and matched in a time that the length of a text bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ..document import pointer_to
from ..reading import mapping
from .backtracking import slowness
from .contract import Contract
from .rules import Finding, broken
from .structure import in_brief

_TOKENS: Mapping[str, str] = MappingProxyType(
    {
        r"\d": "full-width digits",
        r"\D": "other digits",
        r"\w": "letters of every script",
        r"\W": "letters of every script",
        r"\s": "other white space",
        r"\S": "other white space",
        r"\b": "other ends of words",
    }
)
_DIALECTS = ("(?P<", "(?i", "(?=", "(?!", "(?<", r"\A", r"\Z", r"\p", "*+", "++")


def _is_anchored(pattern: str) -> bool:
    if not pattern.startswith("^") or not re.search(r"(?<!\\)(\\\\)*\$$", pattern):
        return False
    plain = re.sub(r"\\.|\[\^?\]?[^\]]*\]", "", pattern)
    depth = 0
    for character in plain:
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            return False
    return True


def _patterns(contract: Contract) -> Iterator[tuple[str, str]]:
    for place in contract.of_kind("schema"):
        if isinstance(pattern := place.value.get("pattern"), str):
            yield pointer_to(place.pointer, "pattern"), pattern
        for name in mapping(place.value.get("patternProperties")):
            yield pointer_to(place.pointer, "patternProperties", name), name


def check_patterns(contract: Contract) -> Iterator[Finding]:
    """Patterns, where they stand."""
    for pointer, pattern in _patterns(contract):
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            yield broken("pattern-compiles", pointer, pattern=in_brief(pattern), problem=in_brief(str(error)))
            continue
        if (why := slowness(pattern)) is not None:
            yield broken("pattern-slow", pointer, pattern=in_brief(pattern), why=why)
        if not _is_anchored(pattern):
            yield broken("pattern-anchored", pointer, pattern=in_brief(pattern))
        unescaped = pattern.replace("\\\\", "")
        for token, what in _TOKENS.items():
            if token in unescaped:
                yield broken("pattern-classes", pointer, token=token, what=what)
        for token in _DIALECTS:
            if token in unescaped:
                yield broken("pattern-dialect", pointer, token=token)
