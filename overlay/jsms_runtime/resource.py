"""The base of resources: carries out operations, in a thread if needed; and lazy attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, Self, TypeAlias, TypedDict, TypeVar, TypeVarTuple, Unpack, overload

Files: TypeAlias = Sequence[tuple[str, tuple[str | None, object, str | None]]]
"""The fields of a form: name, and (file name, content, media type)."""


class Call(TypedDict, total=False):
    """What a request has beside its JSON, and how it is sent: at most once under the key ``once``."""

    path: str
    params: Mapping[str, str | list[str]]
    files: Files
    once: str | None


class Carrier(Protocol):
    """Carries out operations of the contract."""

    def request_json(self, operation: str, json: object = None, **call: Unpack[Call]) -> Any:
        """Return the checked JSON of the response, None where it has none; for an async client, an awaitable of it."""
        ...


class Resource:
    """A group of operations of one client, carried out by ``api``."""

    __slots__ = ("_api",)

    def __init__(self, api: Carrier) -> None:
        self._api = api

    def _request_json(self, operation: str, json: object = None, **call: Unpack[Call]) -> Any:
        """Carry out an operation; a customised resource may do more."""
        return self._api.request_json(operation, json, **call)

    def __repr__(self) -> str:
        """Return the kind of resource, and nothing of the client."""
        return f"<{type(self).__name__}>"


_T_co = TypeVar("_T_co", covariant=True)


class lazy_property(Generic[_T_co]):  # noqa: N801 - a decorator, like functools.cached_property
    """Like functools.cached_property, but every thread gets the same object, and no lock is left behind by a fork."""

    def __init__(self, make: Callable[[Any], _T_co]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type[object]) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[object]) -> _T_co: ...

    def __get__(self, instance: object | None, owner: type[object]) -> Self | _T_co:
        """Make the value and keep it where the next look finds it at once."""
        if instance is None:
            return self
        made: _T_co = instance.__dict__.setdefault(self._name, self._make(instance))
        return made


_T = TypeVar("_T")
_Arguments = TypeVarTuple("_Arguments")


async def run_in_thread(work: Callable[[*_Arguments], _T], *arguments: *_Arguments) -> _T:
    """Run blocking file access in a worker thread, on asyncio or trio."""
    import anyio.to_thread  # noqa: PLC0415 - comes with httpx; sync programs never load it

    return await anyio.to_thread.run_sync(work, *arguments)


def run_inline(work: Callable[[], _T]) -> _T:
    """Return the blocking form of `run_in_thread`: run it in the caller's own thread."""
    return work()
