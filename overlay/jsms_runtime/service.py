"""What the service checks of a request, as data: for a sandbox, and for any other model of the service."""

from __future__ import annotations

from typing import Literal, NamedTuple

PropertyType = Literal["string", "integer", "number", "boolean", "array", "map", "record", "anything"]


class Check(NamedTuple):
    """What a value of the right type must pass."""

    keyword: str  # of JSON Schema
    bound: int | float | str
    code: int | None  # of a value that does not pass; None where the contract names none


class Property(NamedTuple):
    """A field of a request body, a parameter, or what is in a list or a map."""

    name: str
    type: PropertyType  # a map has names that the contract does not know, a record has fields
    required: bool = False
    nullable: bool = False
    kind: str = ""  # what it holds where the type does not say that, such as "mobile"
    missing: int | None = None  # the code of an absent, null or empty value
    invalid: int | None = None  # the code of any other wrong value
    checks: tuple[Check, ...] = ()
    needed_when: tuple[str, tuple[int | str | bool, ...]] | None = None  # another field, and values of that
    of: Property | None = None  # what is in a list or a map
    fields: tuple[Property, ...] = ()  # of a record
    is_file: bool = False
    max_bytes: int | None = None
    media_types: tuple[str, ...] = ()
    comma_separated: bool = False  # a list in a query: one text, and not the parameter once for each entry


class Limit(NamedTuple):
    """So many accepted sends in so many seconds."""

    by_content: bool  # whether sends of the same text to a number are counted, or all to that number
    type: int | None  # of the templates that it counts; None for any
    most: int
    seconds: float


class Poll(NamedTuple):
    """How often an operation may be called that hands out each record once."""

    interval_seconds: float  # between two calls
    max_records: int | None  # of one response
    kept_days: float | None  # how long a record can be fetched


class Rules(NamedTuple):
    """What the service checks of one operation's requests, and what it responds."""

    path: tuple[Property, ...]
    query: tuple[Property, ...]
    body: Property | None
    limits: tuple[Limit, ...]  # how many sends one number can get
    poll: Poll | None
    success: str | None  # the contract's example of a success, as JSON; None where that has no body
    beside_error: str = ""  # what is beside "error" in each refusal, as a JSON object


class KnownValue(NamedTuple):
    """A known value of an open set."""

    value: int | str
    name: str
    meaning: str
