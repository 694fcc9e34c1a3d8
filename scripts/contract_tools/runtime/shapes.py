"""The shape of a success answer, as data: small enough to check every answer against.

Named tuples, because making a dataclass takes five times as long, each time that a program starts.
Regenerating copies this file, as it stands, beside the operations made from the contract.
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


Shape = Text | Integer | Boolean | TextMap | Items | Record
