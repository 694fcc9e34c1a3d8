"""Typed results seen as the JSON that they came from, so that they can be compared with the contract's examples."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import Enum
from functools import cache
from typing import cast

from contract_tools.openapi import mapping, schemas
from contract_tools.python_source import python_name
from jsms_runtime.results import Result
from jsms_runtime.times import parse_time
from servers.contract import load_document


def plain(result: object, name: str = "") -> object:
    """Return a typed result as plain data, absent fields left out."""
    if isinstance(result, Result):
        found = {each.name: plain(getattr(result, each.name), each.name) for each in dataclasses.fields(result)}
        found |= cast("dict[str, object]", found.pop("extra", {}))
        if isinstance(getattr(type(result), "error", None), property) and "accepted" in found:
            del found["accepted"]
        return {name: value for name, value in found.items() if value is not None}
    if isinstance(result, datetime):
        assert result.utcoffset() is not None
        return _Moment(result)
    if isinstance(result, Mapping):
        return {key: plain(value, name) for key, value in cast("Mapping[str, object]", result).items()}
    if isinstance(result, (list, tuple)):
        return [plain(item, name) for item in cast("Sequence[object]", result)]
    return result.value if isinstance(result, Enum) else result


def expected(example: object, name: str = "") -> object:
    """Return an example with the names and types that results have."""
    if isinstance(example, Mapping):
        fields = cast("Mapping[str, object]", example)
        return {
            python_name(key) if key in _fields() else key: expected(value, key)
            for key, value in fields.items()
            if value is not None
        }
    if isinstance(example, list):
        return [expected(item) for item in cast("list[object]", example)]
    return int(example) if name == "error_code" and isinstance(example, str) else example


def as_json(parsed: object) -> object:
    """Convert what a generated function returns to the JSON that it came from."""
    if isinstance(parsed, list):
        return [as_json(item) for item in cast("list[object]", parsed)]
    to_dict: Callable[[], object] | None = getattr(parsed, "to_dict", None)
    return parsed if to_dict is None else to_dict()


class _Moment:
    """A time of a result, which equals any form of it that the service writes."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def __eq__(self, other: object) -> bool:
        with suppress(ValueError):
            return parse_time(other) == self._moment
        return False

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return self._moment.isoformat()


@cache
def _fields() -> frozenset[str]:
    """List the names of all fields, which are none of the names in a map."""
    return frozenset(
        name for each in schemas(load_document()).values() for name in mapping(mapping(each).get("properties"))
    )
