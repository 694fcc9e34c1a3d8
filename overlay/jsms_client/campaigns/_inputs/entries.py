"""A list, entry by entry: each with its number, and either something to send to or what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeAlias, TypeVar

from jsms_client.campaigns._errors import BadLine
from jsms_client.errors import ArgumentError
from jsms_runtime.recipients import RecipientLike, parse_recipients

Entry: TypeAlias = tuple[int, RecipientLike | BadLine]
"""Its number in the list, and what stands there."""

Checked: TypeAlias = tuple[int, str, Mapping[str, str] | None]
"""Its number, the mobile number, and the template parameters."""

CHUNK = 1000
"""Entries that are dealt with at once; no more than these are in memory."""

T = TypeVar("T")


def chunks(entries: Iterable[T]) -> Iterator[list[T]]:
    """A list in pieces.

    Args:
        entries: Any iterable.
    """
    rest = iter(entries)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def check(entries: list[Entry]) -> tuple[list[Checked], list[BadLine]]:
    """Tell what can be sent to from what cannot.

    Args:
        entries: A piece of the list.
    """
    # None of these is a RecipientLike: whoever reads a file may already know that a line is bad.
    bad = [given for _, given in entries if isinstance(given, BadLine)]
    numbers = [number for number, given in entries if not isinstance(given, BadLine)]
    given = [given for _, given in entries if not isinstance(given, BadLine)]
    try:
        read = parse_recipients(given, fewest=0, most=len(given)) if given else []
        return [(number, *pair) for number, pair in zip(numbers, read, strict=True)], bad
    except ArgumentError:
        pass
    checked: list[Checked] = []
    for number, one in zip(numbers, given, strict=True):
        try:
            checked.append((number, *parse_recipients([one], fewest=1, most=1, argument="")[0]))
        except ArgumentError as error:
            bad.append(BadLine(number, _reason(error)))
    return checked, bad


def _reason(error: ArgumentError) -> str:
    """What is wrong, without the place that the entry had in a list of one."""
    return error.message.removeprefix("[0]").lstrip(". ").removesuffix(".")


__all__ = ["CHUNK", "Checked", "Entry", "check", "chunks"]
