"""Results as machines read them: the names of the client, plain values, nothing masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def as_data(value: object) -> object:
    """Make plain data of a result.

    Times are in ISO 8601 with their zone, statuses and types the service's own numbers. What the contract does not
    know stands in ``extra``, which is there only where there is something in it.

    Args:
        value: A result, or anything made of plain values.
    """
    if isinstance(value, Enum):
        return cast("object", value.value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): as_data(one) for name, one in cast("Mapping[object, object]", value).items()}
    if isinstance(value, (tuple, list)):
        return [as_data(one) for one in cast("list[object]", value)]
    if is_dataclass(value) and not isinstance(value, type):
        return as_record(value)
    return value


def as_record(result: DataclassInstance) -> dict[str, object]:
    """The same of a result alone.

    Args:
        result: The result.
    """
    named = ((field.name, cast("object", getattr(result, field.name))) for field in fields(result))
    return {name: as_data(one) for name, one in named if name != "extra" or one}


__all__ = ["as_data", "as_record"]
