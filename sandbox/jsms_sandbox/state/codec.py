"""Entities as JSON and back, by their annotations."""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, Union, cast

T = TypeVar("T")
Reader = Callable[[Any], Any]


def encode(entity: object) -> str:
    """A dataclass as JSON."""
    return json.dumps(entity, default=_plain, ensure_ascii=False, separators=(",", ":"))


def plain(entity: object) -> dict[str, Any]:
    """A dataclass as a dict of plain values."""
    return cast("dict[str, Any]", json.loads(encode(entity)))


def decode(kind: type[T], text: str) -> T:
    """JSON as a dataclass. Unknown fields are dropped, missing ones take their default."""
    return cast(T, _reader(cast(Any, kind))(json.loads(text)))


def _plain(value: Any) -> object:
    return {name: getattr(value, name) for name in _names(value.__class__)}


@functools.cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@functools.cache
def _reader(kind: Any) -> Reader:
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(cast("type[Any]", kind))
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (argument for argument in arguments if argument is not type(None))
        read = _reader(inner)
        return lambda value: None if value is None else read(value)
    if origin is list:
        read = _reader(arguments[0])
        return lambda value: [read(item) for item in cast("Sequence[Any]", value)]
    if origin is tuple:
        return tuple
    return _as_it_is


def _dataclass_reader(kind: type[Any]) -> Reader:
    hints = typing.get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind)}

    def read(value: Mapping[str, Any]) -> Any:
        return kind(**{name: reader(value[name]) for name, reader in readers.items() if name in value})

    return read


def _as_it_is(value: Any) -> Any:
    return value
