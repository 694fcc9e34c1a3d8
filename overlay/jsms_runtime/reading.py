"""From the checked JSON of a response to the values of a result."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable
from dataclasses import MISSING, fields
from datetime import datetime
from enum import Enum
from itertools import chain, repeat
from typing import Any, TypeVar, cast

from jsms_runtime.results import Result
from jsms_runtime.times import parse_time

E = TypeVar("E", bound=Enum)
R = TypeVar("R", bound=Result)

# Of any digits, so that a code that comes one day is read too.
_LONGEST_CODE = 9


def known(kind: type[E], value: Any) -> Any:
    """The member of an open set, or the value that this version does not know."""
    try:
        return kind(value)
    except ValueError:
        return value


def error_code(value: object, success: Container[int]) -> tuple[int | None, str | None]:
    """The code of a refused recipient, or what is there instead of one; neither for an accepted one.

    Args:
        value: What the service sent.
        success: The codes of success.
    """
    text = "" if value is None else str(value).strip()
    if text in ("", "0"):
        return None, None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_CODE):
        return None, str(value)
    code = int(text)
    return (None, None) if code in success else (code, None)


def take_error_code(body: dict[str, Any], name: str, success: Container[int]) -> int | None:
    """The error code of a recipient; one that is no number stays in the body, for ``extra``."""
    code, unread = error_code(body.pop(name, None), success)
    if unread is not None:
        body[name] = unread
    return code


def take_time(body: dict[str, Any], name: str) -> datetime | None:
    """A time; a value that is none stays in the body, for ``extra``."""
    value: object = body.pop(name, None)
    if value is None:
        return None
    try:
        return parse_time(value)
    except ValueError:
        body[name] = value
        return None


def take_moment(body: dict[str, Any], name: str) -> datetime | None:
    """A time that may be absent or null; the checks of the response leave no other value."""
    value: object = body.pop(name, None)
    return None if value is None else parse_time(value)


def read_outcomes(
    items: list[dict[str, Any]], kind: type[R], read: Callable[[dict[str, Any]], R], names: dict[str, str]
) -> tuple[R, ...]:
    """What happened to each recipient of a batch; all at once where every one was accepted.

    Args:
        items: The checked JSON of each.
        kind: The class of a result.
        read: Reads one.
        names: What an accepted recipient has and nothing else: names in the response, each to its attribute. The last
            one is the id, which some refused recipients have, but empty.
    """
    usual = set(chain.from_iterable(items)) == names.keys() and set(map(len, items)) == {len(names)}
    last = [*names][-1]
    return tuple(_accepted(items, kind, names) if usual and all(item[last] for item in items) else map(read, items))


def _accepted(items: list[dict[str, Any]], kind: type[R], names: dict[str, str]) -> list[R]:
    """The same as reading each by itself, without what a frozen dataclass does with each field."""
    made = [*map(cast("Callable[[type[R]], R]", object.__new__), repeat(kind, len(items)))]
    given = {attribute: name for name, attribute in names.items()}
    for field in fields(kind):
        values: Iterable[object]
        if field.name in given:
            name = given[field.name]
            values = [item[name] for item in items]
        elif field.name == "extra":
            values = [{} for _ in items]
        else:
            values = repeat(True if field.default is MISSING else field.default)
        put: Callable[[R, object], None] = getattr(kind, field.name).__set__
        deque(map(put, made, values), maxlen=0)
    return made


__all__ = ["error_code", "known", "read_outcomes", "take_error_code", "take_moment", "take_time"]
