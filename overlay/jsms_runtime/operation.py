"""What the contract says of one operation, as data."""

from __future__ import annotations

from typing import Literal, NamedTuple

from jsms_runtime.shapes import Shape


class Operation(NamedTuple):
    """What the contract says of one operation.

    Attributes:
        id: Its operationId, such as ``sendMessage``.
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
        error_codes: Every error code that it can answer, as far as the contract knows.
        recipient_error_codes: Every code that can stand beside one recipient in a success.
        body: What the request carries; None for nothing.
        answer: The shape of a success answer; None where its body is empty.
        poll_seconds: For an operation that hands out each record once and never again: how long to wait, in seconds,
            between the starts of two calls. None for every other.
    """

    id: str
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
    answer: Shape | None
    poll_seconds: int | None = None


__all__ = ["Operation"]
