"""Patterns, and descriptions: texts that end up in other languages' source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ..document import pointer_to
from ..reading import mapping, sequence, text
from .contract import Contract
from .rule import Family, Finding, Rule

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
_COMMENT = Rule("text-comment", "{token} ends a comment in generated source", "write it in another way")
_ESCAPE = Rule(
    "text-escape", "\\u is an escape in generated source, even within a comment", "write the character itself"
)
_LONG = Rule(
    "info-short",
    "the description is {length} characters long, and generators copy it into every file",
    "keep it below {most}; tags have room for more",
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
_COMMENT_ENDS = ("*/", '"""')
_MOST = 300
_WORDS = ("description", "summary", "title", "x-summary-zh", "x-assumed")
_CODE_WORDS = ("meaning", "meaning_zh", "remedy", "remedy_zh", "message", "summary", "summary_zh")


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


def _check_patterns(contract: Contract) -> Iterator[Finding]:
    for place in contract.of_kind("schema"):
        pattern = place.value.get("pattern")
        if not isinstance(pattern, str):
            continue
        pointer = pointer_to(place.pointer, "pattern")
        try:
            re.compile(pattern)
        except re.error as error:
            yield _COMPILES.broken(pointer, pattern=pattern, problem=error.msg)
            continue
        if not _is_anchored(pattern):
            yield _ANCHORED.broken(pointer, pattern=pattern)
        unescaped = pattern.replace("\\\\", "")
        for token, what in _TOKENS.items():
            if token in unescaped:
                yield _CLASSES.broken(pointer, token=token, what=what)
        for token in _DIALECTS:
            if token in unescaped:
                yield _DIALECT.broken(pointer, token=token)


def _texts(contract: Contract) -> Iterator[tuple[str, str]]:
    """Every text that may be copied into source, and where it stands."""
    owners: list[tuple[str, Mapping[str, object], tuple[str, ...]]] = [
        (place.pointer, place.value, _WORDS) for place in contract.places
    ]
    owners.append(("#/info", mapping(contract.data.get("info")), _WORDS))
    for key in ("x-error-codes", "x-error-families"):
        for name, entry in mapping(contract.data.get(key)).items():
            owners.append((pointer_to("#", key, name), mapping(entry), _CODE_WORDS))
    for pointer, owner, names in owners:
        for name in names:
            if isinstance(value := owner.get(name), str):
                yield pointer_to(pointer, name), value
        for index, value in enumerate(sequence(owner.get("x-enum-descriptions"))):
            yield pointer_to(pointer, "x-enum-descriptions", index), text(value)


def _check_texts(contract: Contract) -> Iterator[Finding]:
    for pointer, value in _texts(contract):
        for token in _COMMENT_ENDS:
            if token in value:
                yield _COMMENT.broken(pointer, token=token)
        if "\\u" in value:
            yield _ESCAPE.broken(pointer)
    description = text(mapping(contract.data.get("info")).get("description"))
    if len(description) > _MOST:
        yield _LONG.broken("#/info/description", length=len(description), most=_MOST)


def _check(contract: Contract) -> Iterator[Finding]:
    yield from _check_patterns(contract)
    yield from _check_texts(contract)


TEXTS = Family(_check, (_COMPILES, _ANCHORED, _CLASSES, _DIALECT, _COMMENT, _ESCAPE, _LONG))
