"""Entities as JSON and back, by their annotations."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")


def encode(entity: Any) -> str:
    """A dataclass as JSON."""
    return _adapter(entity.__class__).dump_json(entity).decode()


def plain(entity: Any) -> dict[str, Any]:
    """A dataclass as a dict of plain values."""
    return cast("dict[str, Any]", _adapter(entity.__class__).dump_python(entity, mode="json"))


def decode(kind: type[T], text: str | bytes) -> T:
    """JSON as a dataclass. Unknown fields are dropped, missing ones take their default.

    Raises:
        ValueError: It is not one; the text names the field, without its value.
    """
    from pydantic import ValidationError  # noqa: PLC0415  # as below

    try:
        return cast("T", _adapter(cast("Any", kind)).validate_json(text, strict=True))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{place or 'the row'}: {first['msg'][:1].lower()}{first['msg'][1:]}") from None


@functools.cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter  # noqa: PLC0415  # a sandbox that keeps nothing starts without it

    return TypeAdapter(kind)
