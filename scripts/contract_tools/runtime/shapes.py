"""The shape of a success answer, as data: small enough to check every answer against.

Regenerating copies this file, as it stands, beside the operations made from the contract.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A text; where the service sends a number instead, its digits are the text."""

    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number; where the service sends its digits as a text instead, they are read."""

    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""

    nullable: bool = False


@dataclass(frozen=True, slots=True)
class TextMap:
    """An object of texts with names that the contract cannot know (template parameters)."""

    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list of one shape."""

    of: Shape
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a record."""

    name: str
    shape: Shape
    required: bool


@dataclass(frozen=True, slots=True)
class Record:
    """An object with known properties; others are kept."""

    schema: str
    fields: tuple[Field, ...]
    nullable: bool = False


Shape = Text | Integer | Boolean | TextMap | Items | Record
