"""Attributes that are made when they are first needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

_T_co = TypeVar("_T_co", covariant=True)


class lazily(Generic[_T_co]):  # noqa: N801 - a decorator, like functools.cached_property
    """Like functools.cached_property, but every thread gets the same object, and no lock is left behind by a fork.

    Args:
        make: The method that makes the attribute's value.
    """

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


__all__ = ["lazily"]
