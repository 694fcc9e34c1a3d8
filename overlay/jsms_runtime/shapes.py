"""The shape of a success answer, as data: small enough to check every answer against.

Named tuples, because making a dataclass takes five times as long, each time that a program starts.
"""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """A text; where the service sends a number instead, its digits are the text."""

    nullable: bool = False


class Integer(NamedTuple):
    """A whole number; where the service sends its digits as a text instead, they are read."""

    nullable: bool = False


class Boolean(NamedTuple):
    """True or false."""

    nullable: bool = False


class Number(NamedTuple):
    """A number, whole or not; where the service sends its digits as a text instead, they are read."""

    nullable: bool = False


class Time(NamedTuple):
    """A moment, in any form that the service has been seen to use.

    Attributes:
        nullable: Whether it may be null.
        strict: Whether a response is of no use without it. Otherwise a value that is no time is kept as it came.
    """

    nullable: bool = False
    strict: bool = False


class Anything(NamedTuple):
    """A value that the contract says no more of."""

    nullable: bool = True


class TextMap(NamedTuple):
    """An object of texts with names that the contract cannot know (template parameters)."""

    nullable: bool = False


class Items(NamedTuple):
    """A list of one shape."""

    of: Shape
    nullable: bool = False


class Field(NamedTuple):
    """One property of a record."""

    name: str
    shape: Shape
    required: bool


class Record(NamedTuple):
    """An object with known properties; others are kept."""

    schema: str
    fields: tuple[Field, ...]
    nullable: bool = False


Shape = Text | Integer | Boolean | Number | Time | Anything | TextMap | Items | Record

__all__ = ["Anything", "Boolean", "Field", "Integer", "Items", "Number", "Record", "Shape", "Text", "TextMap", "Time"]
