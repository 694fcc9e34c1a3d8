"""What every resource shares: how its operations are carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self, TypeAlias, TypedDict, Unpack, cast

Files: TypeAlias = Sequence[tuple[str, tuple[str | None, object, str | None]]]
"""The fields of a form: name, and (file name, content, media type)."""


class Parts(TypedDict, total=False):
    """What a request has beside its JSON.

    Attributes:
        path: The path with ids in it; absent for one without ids.
        params: The query.
        files: The body, where it is a form.
    """

    path: str
    params: Mapping[str, str]
    files: Files


class Call(Parts, total=False):
    """The same, and how it is carried out.

    Attributes:
        once: A key under which it is sent at most once; None for none.
    """

    once: str | None


class AsyncCarrier(Protocol):
    """Carries out operations of the contract."""

    async def carry_out(self, operation: str, json: object = None, **parts: Unpack[Parts]) -> object:
        """Carry out an operation, and return the checked JSON of the response; None where it has none."""
        ...

    def once(self, key: str) -> Self:
        """The same for one call, which is sent at most once for a key."""
        ...


class Carrier(Protocol):
    """The blocking form of `AsyncCarrier`."""

    def carry_out(self, operation: str, json: object = None, **parts: Unpack[Parts]) -> object:
        """Carry out an operation, and return the checked JSON of the response; None where it has none."""
        ...

    def once(self, key: str) -> Self:
        """The same for one call, which is sent at most once for a key."""
        ...


class AsyncResource:
    """A group of operations of one client.

    Args:
        api: Carries out the operations.
    """

    __slots__ = ("_api",)

    def __init__(self, api: AsyncCarrier) -> None:
        self._api = api

    async def _carry_out(self, operation: str, json: object = None, **call: Unpack[Call]) -> Any:
        """Carry out an operation; a customised resource changes what an operation does in here."""
        key = call.pop("once", None)
        api = self._api if key is None else self._api.once(key)
        return await api.carry_out(operation, json, **cast("Parts", call))

    def __repr__(self) -> str:
        """The kind of resource, and nothing of the client."""
        return f"<{type(self).__name__}>"


class Resource:
    """The blocking form of `AsyncResource`.

    Args:
        api: Carries out the operations.
    """

    __slots__ = ("_api",)

    def __init__(self, api: Carrier) -> None:
        self._api = api

    def _carry_out(self, operation: str, json: object = None, **call: Unpack[Call]) -> Any:
        """Carry out an operation; a customised resource changes what an operation does in here."""
        key = call.pop("once", None)
        api = self._api if key is None else self._api.once(key)
        return api.carry_out(operation, json, **cast("Parts", call))

    def __repr__(self) -> str:
        """The kind of resource, and nothing of the client."""
        return f"<{type(self).__name__}>"


__all__ = ["AsyncCarrier", "AsyncResource", "Call", "Carrier", "Files", "Parts", "Resource"]
