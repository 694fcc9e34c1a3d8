"""What the contract says of the arguments of an operation, as data."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Argument(NamedTuple):
    """One argument of an operation.

    Attributes:
        name: Its name in Python: ``legal_person_name``.
        field: Its name in the request: ``legalPersonName``.
        place: Where in the request it goes.
        required: Whether it must be given.
        positional: Whether the method takes it by its position.
        type: Its JSON type; a list of recipients is an ``array``, template parameters are an ``object``.
        kind: What it holds where the type does not say that, such as ``mobile``; empty where it does.
        description: What it is, and its limits.
        values: The component that lists the known values, such as ``TemplateType``; empty where there is none.
        needed_when: Other fields and the values of theirs that make this one required.
        minimum: The smallest number.
        maximum: The largest number.
        shortest: The fewest characters, or entries.
        longest: The most characters, or entries.
        pattern: What a text must match as a whole; empty where it may be anything.
        max_bytes: The largest file; None where it is none.
        media_types: The types a file may have.
    """

    name: str
    field: str
    place: Literal["path", "query", "body"]
    required: bool
    positional: bool
    type: str
    kind: str
    description: str
    values: str = ""
    needed_when: tuple[tuple[str, tuple[int | str | bool, ...]], ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str = ""
    max_bytes: int | None = None
    media_types: tuple[str, ...] = ()


__all__ = ["Argument"]
