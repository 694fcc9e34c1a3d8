"""What the contract says of operations, their arguments and their responses, as data.

Named tuples, because making a dataclass takes five times as long, each time that a program starts.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple


class Shape(NamedTuple):
    """What a value of a response is.

    Attributes:
        type: A ``string`` (where the service sends a number instead, its digits are the text); a whole number
            (``integer``) or any (``number``), which may come as its digits in a text; a ``boolean``; a ``time``, in any
            form that the service has been seen to use; an ``array``; an ``object`` with known properties, where others
            are kept; a ``map`` with names that the contract cannot know; ``texts``, a map of texts (template
            parameters); or ``anything``, of which the contract says no more.
        nullable: Whether it may be null.
        of: What is in an array or a map.
        fields: The properties of an object.
        strict: Whether a response is of no use without this time. Otherwise a value that is no time is kept as it came.
        recipients: Whether each entry of this array says what happened to one recipient.
    """

    type: Literal["string", "integer", "number", "boolean", "time", "array", "object", "map", "texts", "anything"]
    nullable: bool = False
    of: Shape | None = None
    fields: tuple[Field, ...] = ()
    strict: bool = False
    recipients: bool = False


class Field(NamedTuple):
    """One property of an object."""

    name: str
    shape: Shape
    required: bool


ANYTHING: Final = Shape("anything", nullable=True)
"""What is in an array or a map of which the contract says no more."""


class Operation(NamedTuple):
    """What the contract says of one operation.

    Attributes:
        id: Its operationId, such as ``sendMessage``.
        summary: What it does, in a few words.
        method: The HTTP method, in capitals.
        path: The path below the base URL, with ``{names}`` in it.
        tag: The group it belongs to.
        resource: The attribute of the client that has its method.
        method_name: The name of that method.
        effect: What it does: sends SMS or calls, schedules them, polls records that are handed out once, reads, or
            changes anything else.
        credentials: Whose credentials it takes: the application's or the developer account's.
        retry: Whether a request that may have arrived can be sent again.
        statuses: The HTTP statuses of success.
        error_codes: Every error code that it can respond with, as far as the contract knows.
        recipient_error_codes: Every code that can stand beside one recipient in a success.
        body: What the request carries; None for nothing.
        response: The shape of a success response; None where its body is empty.
        poll_seconds: For an operation that hands out each record once and never again: how long to wait, in seconds,
            between the starts of two calls. None for every other.
        mobile_seconds: How long to wait, in seconds, between two calls for the same number. None for no such limit.
    """

    id: str
    summary: str
    method: str
    path: str
    tag: str
    resource: str
    method_name: str
    effect: Literal["sends", "schedules", "polls", "reads", "changes"]
    credentials: Literal["app", "dev"]
    retry: Literal["safe", "never"]
    statuses: tuple[int, ...]
    error_codes: frozenset[int]
    recipient_error_codes: frozenset[int]
    body: Literal["json", "multipart"] | None
    response: Shape | None
    poll_seconds: int | None = None
    mobile_seconds: int | None = None


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
        entries: The JSON type of what is in a list or a map; empty for anything else.
        members: The fields of an object, of the entries of a list, or of the values of a map.
        nullable: Whether it may be null.
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
    minimum: float | None = None
    maximum: float | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str = ""
    max_bytes: int | None = None
    media_types: tuple[str, ...] = ()
    entries: str = ""
    members: tuple[Argument, ...] = ()
    nullable: bool = False
