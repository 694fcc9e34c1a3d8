"""JSON Schema validators, with answers that have types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import exceptions

from ..reading import mapping

_MOST = 200
_UNEXPECTED = re.compile(r"\('(.+?)'.* unexpected\)$")


@dataclass(frozen=True, slots=True)
class Misfit:
    """A place in a value that does not fit a schema.

    Attributes:
        path: The way to it from the value.
        problem: What is wrong, in short.
        keyword: The keyword of the schema that it does not fit.
    """

    path: tuple[str | int, ...]
    problem: str
    keyword: str


def misfits(validator: object, value: object) -> Iterator[Misfit]:
    """Everything in a value that does not fit a validator's schema, each told by its most telling cause."""
    checker: Any = validator
    for error in checker.iter_errors(value):
        yield _misfit(error)


def first_misfit(validator: object, value: object) -> Misfit | None:
    """What is most telling of why a value does not fit; None where it does."""
    checker: Any = validator
    relevant: Any = exceptions
    try:
        error = relevant.best_match(checker.iter_errors(value))
    except Exception:  # noqa: BLE001 - a schema that the validator trips over is told by the rules for schemas
        return None
    return None if error is None else _misfit(error)


def _misfit(error: Any) -> Misfit:
    relevant: Any = exceptions
    deepest = (relevant.best_match(error.context) if error.context else None) or error
    path = (*deepest.absolute_path, *_unexpected(deepest))
    return Misfit(path, in_brief(deepest.message), str(deepest.validator))


def _unexpected(error: Any) -> tuple[str, ...]:
    """The member that may not be there, or not by this name: such an error says so in its message alone."""
    if "propertyNames" in error.absolute_schema_path:
        return (error.instance,)
    named = _UNEXPECTED.search(error.message)
    return (named[1],) if named and named[1] in mapping(error.instance) else ()


def in_brief(message: str) -> str:
    """Another tool's message as part of a line, without its middle where it is long."""
    line = " ".join(message.split()).rstrip(".")
    return line if len(line) <= _MOST else f"{line[: _MOST - 70]} … {line[-60:]}"
