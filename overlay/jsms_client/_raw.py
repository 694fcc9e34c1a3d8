"""A result together with the response that it was read from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeAlias, TypeVar

if TYPE_CHECKING:
    from jsms_client._response import ReceivedResponse

_T = TypeVar("_T")
_P = ParamSpec("_P")

Method: TypeAlias = Callable[_P, _T]
"""A method of the sync client."""
AsyncMethod: TypeAlias = Callable[_P, Awaitable[_T]]
"""A method of the async client."""

_COLLECTED: ContextVar[list[ReceivedResponse] | None] = ContextVar("jsms_client_responses", default=None)


@dataclass(frozen=True, slots=True)
class RawResponse(Generic[_T]):
    """What a call returned, and the response that it was read from.

    Attributes:
        parsed: What the method returns by itself.
        http_status: The HTTP status; None where no request was made, as for a key of ``once=`` that was used before.
        headers: The headers of the response.
        body: The body as it came, decompressed. It may hold numbers and texts: take care where you write it.
    """

    parsed: _T
    http_status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)


def note_response(received: ReceivedResponse) -> None:
    """Keep a response for the call that asked for it, if one did."""
    collected = _COLLECTED.get()
    if collected is not None:
        collected.append(received)


@contextmanager
def collect_responses() -> Generator[list[ReceivedResponse]]:
    """Collect the responses of the calls inside, in the order in which they came."""
    collected: list[ReceivedResponse] = []
    token = _COLLECTED.set(collected)
    try:
        yield collected
    finally:
        _COLLECTED.reset(token)


def raw_response(parsed: _T, responses: list[ReceivedResponse]) -> RawResponse[_T]:
    """A result with the last of its responses."""
    if not responses:
        return RawResponse(parsed)
    return RawResponse(parsed, responses[-1].status, dict(responses[-1].headers), responses[-1].content)


__all__ = ["AsyncMethod", "Method", "RawResponse", "collect_responses", "note_response", "raw_response"]
