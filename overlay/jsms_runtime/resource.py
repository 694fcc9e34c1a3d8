"""The base of resources: carries out operations, in a thread if needed; and lazy attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypedDict, TypeVar, TypeVarTuple, Unpack

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


if TYPE_CHECKING:
    lazy_property = cached_property
else:

    class lazy_property(cached_property):  # noqa: N801 - a decorator, like the one that it is
        """Like cached_property, but every thread gets the same object, and no lock is left behind by a fork."""

        def __get__(self, instance: object | None, owner: type[object] | None = None) -> object:
            """Make the value and keep it where the next look finds it at once."""
            return self if instance is None else vars(instance).setdefault(self.attrname, self.func(instance))


_T = TypeVar("_T")
_Arguments = TypeVarTuple("_Arguments")


async def run_in_thread(work: Callable[[*_Arguments], _T], *arguments: *_Arguments) -> _T:
    """Run blocking file access in a worker thread, on asyncio or trio."""
    import anyio.to_thread  # noqa: PLC0415 - comes with httpx; sync programs never load it

    return await anyio.to_thread.run_sync(work, *arguments)


def run_inline(work: Callable[[], _T]) -> _T:
    """Return the blocking form of `run_in_thread`: run it in the caller's own thread."""
    return work()
