"""Records that the service hands out once: a list, and beside it what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from jsms_runtime.results import HIDDEN, Result

T = TypeVar("T")

MALFORMED: Final = ""
"""The name under which a record that cannot be read carries its `MalformedRecord`."""


@dataclass(frozen=True, slots=True, repr=False)
class MalformedRecord(Result):
    """A record that is not what the contract says.

    The service hands out each record once, so it is kept as it came rather than lost, and costs none of the others.

    Attributes:
        problem: What is wrong with it.
        raw: What the service sent.
    """

    problem: str
    raw: object = field(hash=False, metadata=HIDDEN)


class Records(list[T]):
    """What one poll handed out: a list, and beside it whatever could not be read.

    Attributes:
        malformed: The records that are not what the contract says; nearly always empty.
    """

    malformed: tuple[MalformedRecord, ...]

    def __init__(self, records: Iterable[T] = (), malformed: Iterable[MalformedRecord] = ()) -> None:
        super().__init__(records)
        self.malformed = tuple(malformed)


def read_records(response: object, read: Callable[[dict[str, Any]], T]) -> Records[T]:
    """What one poll handed out.

    Args:
        response: The checked JSON: a list of objects, of which some may be marked as malformed.
        read: Reads one record.
    """
    whole: list[T] = []
    malformed: list[MalformedRecord] = []
    for record in cast("list[dict[str, Any]]", response):
        mark: object = record.get(MALFORMED)
        if isinstance(mark, MalformedRecord):
            malformed.append(mark)
        else:
            whole.append(read(record))
    return Records(whole, malformed)


__all__ = ["MALFORMED", "MalformedRecord", "Records", "read_records"]
