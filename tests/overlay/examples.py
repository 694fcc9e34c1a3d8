"""Typed results seen as the JSON that they came from, so that they can be compared with the contract's examples."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import cast

from jsms_client.results import BatchRecipient
from jsms_runtime.results import Result


def plain(result: object, name: str = "") -> object:
    """Return a typed result as plain data, absent fields left out."""
    if isinstance(result, Result):
        found = {each.name: plain(getattr(result, each.name), each.name) for each in dataclasses.fields(result)}
        found |= cast("dict[str, object]", found.pop("extra", {}))
        if isinstance(result, BatchRecipient):
            del found["accepted"]
        return {name: value for name, value in found.items() if value is not None}
    if isinstance(result, datetime):
        assert result.utcoffset() is not None
        return result.strftime("%Y-%m-%d %H:%M:%S") if name == "send_time" else round(result.timestamp() * 1000)
    if isinstance(result, Mapping):
        return {key: plain(value) for key, value in cast("Mapping[str, object]", result).items()}
    if isinstance(result, (list, tuple)):
        return [plain(item) for item in cast("Sequence[object]", result)]
    return int(result) if isinstance(result, IntEnum) else result


def expected(example: object, name: str = "") -> object:
    """Return an example with the names and types that results have."""
    if isinstance(example, Mapping):
        fields = cast("Mapping[str, object]", example)
        return {_snake(key): expected(value, key) for key, value in fields.items() if value is not None}
    if isinstance(example, list):
        return [expected(item) for item in cast("list[object]", example)]
    return int(example) if name == "error_code" and isinstance(example, str) else example


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[1].lower()}", name)


def as_json(parsed: object) -> object:
    """Convert what a generated function returns to the JSON that it came from."""
    if isinstance(parsed, list):
        return [as_json(item) for item in cast("list[object]", parsed)]
    to_dict: Callable[[], object] | None = getattr(parsed, "to_dict", None)
    return parsed if to_dict is None else to_dict()
