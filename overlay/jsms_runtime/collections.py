"""Lists, maps and objects inside of a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import cast

from jsms_runtime.arguments import kind, refusal
from jsms_runtime.values import check_writable


def read_list(value: object, argument: str, *, fewest: int = 0, most: int | None = None) -> list[object]:
    """A list within its limits, from any iterable, read once and no further than the limit.

    Raises:
        ArgumentError: It is no iterable, or has too few or too many entries.
    """
    given: object = value
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise refusal(argument, f"is {kind(given)}", "give a list")
    items = list(islice(cast("Iterable[object]", value), None if most is None else most + 1))
    _check_count(len(items), argument, fewest, most)
    return items


def read_map(value: object, argument: str, *, fewest: int = 0, most: int | None = None) -> dict[str, object]:
    """A mapping with texts as names.

    Raises:
        ArgumentError: It is no mapping, has a name that is no text, or too few or too many of them.
    """
    if not isinstance(value, Mapping):
        raise refusal(argument, f"is {kind(value)}", "give a mapping")
    found: dict[str, object] = {}
    for name, item in cast("Mapping[object, object]", value).items():
        if not isinstance(name, str):
            raise refusal(argument, f"has a name {kind(name)}", "give names as texts")
        check_writable(name, argument)
        found[str.__str__(name)] = item
    _check_count(len(found), argument, fewest, most)
    return found


def read_fields(
    value: object, argument: str, *, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, object]:
    """The fields of an object, None for those that are left out.

    Raises:
        ArgumentError: It is no mapping, lacks a field, or has one that the contract does not know.
    """
    given = read_map(value, argument)
    names = ", ".join((*required, *optional))
    for name in given:
        if name not in required and name not in optional:
            raise refusal(argument, f"has a field that it cannot have; it takes {names}", "leave the others out")
    for name in required:
        if given.get(name) is None:
            raise refusal(argument, f"has no {name}", f"it takes {names}")
    return {name: given.get(name) for name in (*required, *optional)}


def _check_count(count: int, argument: str, fewest: int, most: int | None) -> None:
    if most is not None and count > most:
        raise refusal(argument, f"has more than {most} entries", f"it takes at most {most}")
    if count < fewest:
        raise refusal(argument, f"has {count} entries" if count else "is empty", f"it takes at least {fewest}")


__all__ = ["read_fields", "read_list", "read_map"]
