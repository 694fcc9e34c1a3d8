"""Patterns: read the same way in every language, and matched in a time that the length of a text bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ..document import pointer_to
from ..reading import mapping
from .backtracking import slowness
from .contract import Contract
from .rule import Family, Finding, Rule
from .validation import in_brief

_COMPILES = Rule("pattern-compiles", "the pattern {pattern} is no regular expression: {problem}", "correct the pattern")
_ANCHORED = Rule(
    "pattern-anchored",
    "the pattern {pattern} also fits a part of a longer text",
    "begin it with ^ and end it with $, with parentheses around alternatives",
)
_CLASSES = Rule(
    "pattern-classes",
    "{token} in the pattern also fits {what} in some languages",
    "write the characters out, such as [0-9]",
)
_DIALECT = Rule("pattern-dialect", "{token} is not known to every language", "write it with plain classes and repeats")
_SLOW = Rule(
    "pattern-slow",
    "the pattern {pattern} can take minutes on a short text: {why}",
    "use one plain repeat, such as [a-z]+, or begin the part that repeats with a character that is nowhere else in it",
)

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


def _check(contract: Contract) -> Iterator[Finding]:
    for pointer, pattern in _patterns(contract):
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            yield _COMPILES.broken(pointer, pattern=in_brief(pattern), problem=in_brief(str(error)))
            continue
        if (why := slowness(pattern)) is not None:
            yield _SLOW.broken(pointer, pattern=in_brief(pattern), why=why)
        if not _is_anchored(pattern):
            yield _ANCHORED.broken(pointer, pattern=in_brief(pattern))
        unescaped = pattern.replace("\\\\", "")
        for token, what in _TOKENS.items():
            if token in unescaped:
                yield _CLASSES.broken(pointer, token=token, what=what)
        for token in _DIALECTS:
            if token in unescaped:
                yield _DIALECT.broken(pointer, token=token)


PATTERNS = Family(_check, (_COMPILES, _ANCHORED, _CLASSES, _DIALECT, _SLOW))
