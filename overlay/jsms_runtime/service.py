"""What the service checks of a request, as data: for a sandbox, and for any other model of the service."""

from __future__ import annotations

from typing import Literal, NamedTuple

PropertyType = Literal["string", "integer", "number", "boolean", "array", "map", "record", "anything"]


class Check(NamedTuple):
    """What a value of the right type must pass.

    Attributes:
        keyword: The keyword of JSON Schema.
        bound: Its value.
        code: The error code of a value that does not pass; None where the contract names none.
    """

    keyword: str
    bound: int | float | str
    code: int | None


class Property(NamedTuple):
    """A field of a request body, a parameter, or what is in a list or a map.

    Attributes:
        name: Its name in the request.
        type: Its type; a ``map`` has names that the contract does not know, a ``record`` has fields.
        required: Whether it must be given.
        nullable: Whether it may be null.
        kind: What it holds where the type does not say that, such as ``mobile``.
        missing: The code of an absent, null or empty value; None where that is no error of its own.
        invalid: The code of any other wrong value; None where the contract names none.
        checks: What a value of the right type must pass.
        needed_when: A field and the values of it that make this one needed.
        of: What is in a list or a map.
        fields: The fields of a record.
        max_bytes: How large a file may be; None where it is none.
    """

    name: str
    type: PropertyType
    required: bool = False
    nullable: bool = False
    kind: str = ""
    missing: int | None = None
    invalid: int | None = None
    checks: tuple[Check, ...] = ()
    needed_when: tuple[str, tuple[int | str | bool, ...]] | None = None
    of: Property | None = None
    fields: tuple[Property, ...] = ()
    max_bytes: int | None = None


class Limit(NamedTuple):
    """So many accepted sends in so many seconds.

    Attributes:
        by_content: Whether sends of the same text to a number are counted, or all to that number.
        type: The type of template that it counts; None for any.
        most: How many.
        seconds: In how long a time.
    """

    by_content: bool
    type: int | None
    most: int
    seconds: float


class Poll(NamedTuple):
    """How often an operation may be called that hands out each record once.

    Attributes:
        interval_seconds: How long to wait between two calls.
        max_records: The most records of one response; None for no limit.
        kept_days: How long a record can be fetched; None for no limit.
    """

    interval_seconds: float
    max_records: int | None
    kept_days: float | None


class Rules(NamedTuple):
    """What the service checks of one operation's requests, and what it responds.

    Attributes:
        path: The ids in its path.
        query: The parameters of its query.
        body: What its body holds; None where it takes none.
        limits: How many sends one number can get.
        poll: How often it can be polled; None where it is not polled.
        success: The contract's example of a success, as JSON; None where that has no body.
        beside_error: What is beside ``error`` in each refusal, as a JSON object; empty for nothing.
    """

    path: tuple[Property, ...]
    query: tuple[Property, ...]
    body: Property | None
    limits: tuple[Limit, ...]
    poll: Poll | None
    success: str | None
    beside_error: str = ""


class KnownValue(NamedTuple):
    """A known value of an open set.

    Attributes:
        value: The number or text.
        name: Its name.
        meaning: What it means.
    """

    value: int | str
    name: str
    meaning: str
