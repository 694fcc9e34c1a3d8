"""JSON Schema validators, with answers that have types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import exceptions

_MOST = 200


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
    error = relevant.best_match(checker.iter_errors(value))
    return None if error is None else _misfit(error)


def _misfit(error: Any) -> Misfit:
    relevant: Any = exceptions
    deepest = (relevant.best_match(error.context) if error.context else None) or error
    return Misfit(tuple(deepest.absolute_path), in_brief(deepest.message), str(deepest.validator))


def in_brief(message: str) -> str:
    """Another tool's message as part of a line, without its middle where it is long."""
    line = " ".join(message.split()).rstrip(".")
    return line if len(line) <= _MOST else f"{line[: _MOST - 70]} … {line[-60:]}"
