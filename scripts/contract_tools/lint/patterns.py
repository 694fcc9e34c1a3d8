"""Rules for patterns: every language reads them the same way, and matching a short text never takes long.

Whether a pattern is slow is decided strictly rather than exactly: a choice inside a repeat is accepted only where each
round begins with a character of its own.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from contract_tools.document import Problem
from contract_tools.lint.json_schema import in_brief
from contract_tools.openapi import Contract, mapping, pointer_to

_PLAIN = "use one plain repeat, such as [a-z]+, or begin the part that repeats with a character of its own"


def _patterns(contract: Contract) -> Iterator[tuple[str, str]]:
    """Find every pattern, with its place."""
    for node in contract.of_kind("schema"):
        if isinstance(pattern := node.value.get("pattern"), str):
            yield pointer_to(node.pointer, "pattern"), pattern
        for name in mapping(node.value.get("patternProperties")):
            yield pointer_to(node.pointer, "patternProperties", name), name


def check_patterns(contract: Contract) -> Iterator[Problem]:
    """Check that each pattern is valid everywhere, fast, and matches a whole text."""
    for pointer, pattern in _patterns(contract):
        shown = f"the pattern {in_brief(pattern)}"
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            message = f"{shown} is no regular expression: {in_brief(str(error))}"
            yield Problem("pattern-compiles", pointer, message, "correct the pattern")
            continue
        if (why := slowness(pattern)) is not None:
            yield Problem("pattern-slow", pointer, f"{shown} can take minutes on a short text: {why}", _PLAIN)
        if not _is_anchored(pattern):
            message = f"{shown} also fits a part of a longer text"
            remedy = "begin it with ^ and end it with $, with parentheses around alternatives"
            yield Problem("pattern-anchored", pointer, message, remedy)


# The parser of the module re is not documented, and gives its nodes no types: each is a name and a value.
_PARSER: Any = importlib.import_module("re._parser")
_Node = tuple[str, Any]

_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_CHARACTERS = ("LITERAL", "NOT_LITERAL", "ANY", "IN")
_ALL = frozenset(range(2**16))
_MOST_CHARACTERS = 500
# So many choices that can take the same characters multiply to a power of the text's length.
_MOST_CHOICES = 4


def _is_anchored(pattern: str) -> bool:
    values = [str(value) for _, value in _PARSER.parse(pattern)]
    return values[:1] == ["AT_BEGINNING"] and values[-1:] == ["AT_END"]


def slowness(pattern: str) -> str | None:
    """Explain why matching a pattern can be slow; None where it cannot. The pattern has to compile."""
    if len(pattern) > _MOST_CHARACTERS:
        return f"it is {len(pattern):,} characters long, more than {_MOST_CHARACTERS}"
    return _reason(_PARSER.parse(pattern))


def _reason(items: Any) -> str | None:
    rivals: list[tuple[int, frozenset[int]]] = []  # the choices since the last character that none of them can take
    branches = 0
    for name, value in _flat(items):
        for part in _parts(name, value):
            if (why := _reason(part)) is not None:
                return why
        if name.startswith("GROUPREF"):
            return "it refers back to a group"
        if name in _REPEATS and value[1] > 1 and (why := _reason_of_rounds(value[2])) is not None:
            return why
        characters = _taken(_nodes([(name, value)]))
        met = sum(choices for choices, others in rivals if characters & others)
        if not met and _is_needed(name, value):
            rivals.clear()
        if _is_choice(name, value):
            choices = max(1, sum(_is_choice(*node) for part in _parts(name, value) for node in _nodes(part)))
            branches += name == "BRANCH"
            if max(met + choices, branches) > _MOST_CHOICES:
                return f"more than {_MOST_CHOICES} of its choices can take the same characters"
            rivals.append((choices, characters))
    return None


def _reason_of_rounds(body: Any) -> str | None:
    if not body.getwidth()[0]:
        return "a part that repeats can be empty"
    nodes = list(_nodes(body))
    if any(name == "BRANCH" and _is_choice(name, value) for name, value in nodes):
        return "alternatives inside a repeat can fit the same text"
    if any(_is_choice(name, value) for name, value in nodes):
        first, *others = (node for node in nodes if node[0] in _CHARACTERS)
        if nodes[0] != first or _taken([first]) & _taken(others):
            return "there is a repeat inside a repeat"
    return None


def _is_choice(name: str, value: Any) -> bool:
    """Return whether one text can be taken in more than one way."""
    if name != "BRANCH":
        return name in _REPEATS and value[0] != value[1]
    return not all(_are_apart(one, other) for one, other in combinations(value[1], 2))


def _are_apart(some: Any, others: Any) -> bool:
    """Return whether two alternatives differ at a character, after as many single characters in both."""
    for one, other in zip(_flat(some), _flat(others), strict=False):
        if one[0] not in _CHARACTERS or other[0] not in _CHARACTERS:
            return False
        if not _taken([one]) & _taken([other]):
            return True
    return False


def _is_needed(name: str, value: Any) -> bool:
    """Return whether at least one character is taken."""
    if name in _REPEATS:
        return bool(value[0] and value[2].getwidth()[0])
    return name in _CHARACTERS


def _flat(items: Any) -> Iterator[_Node]:
    """Yield the nodes of a sequence, with groups opened."""
    for name, value in items:
        if str(name) in ("SUBPATTERN", "ATOMIC_GROUP"):
            yield from _flat(value[-1] if str(name) == "SUBPATTERN" else value)
        else:
            yield str(name), value


def _parts(name: str, value: Any) -> list[Any]:
    """List the sequences inside a node."""
    if name in _REPEATS:
        return [value[2]]
    if name == "BRANCH":
        return list(value[1])
    return [value[1]] if name.startswith("ASSERT") else []


def _nodes(items: Any) -> Iterator[_Node]:
    for name, value in _flat(items):
        yield name, value
        for part in _parts(name, value):
            yield from _nodes(part)


def _taken(nodes: Iterable[_Node]) -> frozenset[int]:
    """Find the characters that any of some nodes can take; those beyond the first 65,536 stand for all."""
    found: set[int] = set()
    for name, value in nodes:
        inner = [(str(part), of) for part, of in value] if name == "IN" else []
        if name == "LITERAL" and value in _ALL:
            found.add(value)
        elif name == "RANGE" and value[1] in _ALL:
            found.update(range(value[0], value[1] + 1))
        elif name == "NOT_LITERAL":
            found |= _ALL - {value}
        elif inner and inner[0][0] == "NEGATE" and all(part != "CATEGORY" for part, _ in inner):
            found |= _ALL - _taken(inner[1:])
        elif inner and inner[0][0] != "NEGATE":
            found |= _taken(inner)
        elif name in (*_CHARACTERS, "RANGE", "CATEGORY"):  # what a class such as \d holds is not looked up
            return _ALL
    return frozenset(found)
