"""The contract's operations by method and path, with their rules, and checks of values."""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from jsms_contract.errors import ERRORS
from jsms_contract.operations import OPERATIONS
from jsms_contract.service import KNOWN_VALUES, RULES
from jsms_runtime.errors import ErrorInfo
from jsms_runtime.operation import Shape
from jsms_runtime.service import Check, KnownValue, Property, Rules

JSON_TYPE, FORM_TYPE = "application/json", "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract.

    Attributes:
        codes: Every error code of its responses.
        recipient_codes: Every error code of a single recipient in a success.
        media_type: That of its body; None if it has none.
        status: The HTTP status of a success.
        response: The shape of a success; None for an empty body.
        rules: What is checked of its requests.
    """

    id: str
    method: str
    path: str
    tag: str
    credentials: Literal["app", "dev"]
    codes: frozenset[int]
    recipient_codes: frozenset[int]
    media_type: str | None
    status: int
    response: Shape | None
    rules: Rules

    @property
    def fields(self) -> tuple[Property, ...]:
        """The fields of its body; a body that is no object is a field of its own."""
        body = self.rules.body
        if body is None:
            return ()
        return body.fields if body.type == "record" else (body._replace(name="body"),)

    @property
    def recipient(self) -> tuple[Property, ...]:
        """The fields of one recipient of a batch."""
        return next((field.of.fields for field in self.fields if field.kind == "recipients" and field.of), ())


@functools.cache
def operations() -> Mapping[tuple[str, str], Operation]:
    """Index the operations by method and path, ids written ``{name}``."""
    media_types = {"json": JSON_TYPE, "multipart": FORM_TYPE, None: None}
    return {
        (each.method, each.path): Operation(
            each.id,
            each.method,
            each.path,
            each.tag,
            each.credentials,
            each.error_codes,
            each.recipient_error_codes,
            media_types[each.body],
            each.statuses[0],
            each.answer,
            RULES[each.id],
        )
        for each in OPERATIONS.values()
    }


def info(code: int) -> ErrorInfo:
    """Look up an error code of the contract."""
    return cast("ErrorInfo", ERRORS[code].info)  # each class of one code has it


@functools.cache
def delivery_statuses() -> Mapping[int, KnownValue]:
    """Index the delivery statuses of the contract."""
    return {int(known.value): known for known in KNOWN_VALUES["DeliveryStatus"]}


Test = Callable[[Any], bool]


def broken(field: Property, value: object) -> list[Check]:
    """Find the checks that a value of the right type fails."""
    return [check for check in field.checks if value is not None and not _test(check.keyword, check.bound)(value)]


@functools.lru_cache(maxsize=1024)
def _test(keyword: str, bound: float | str) -> Test:
    if keyword == "pattern":
        return full_match(cast("str", bound))
    if keyword in ("format", "x-kind"):
        return FORMATS.get(cast("str", bound), _anything)
    number = cast("float", bound)
    tests: dict[str, Test] = {
        "minimum": lambda value: value >= number,
        "maximum": lambda value: value <= number,
        "exclusiveMinimum": lambda value: value > number,
        "exclusiveMaximum": lambda value: value < number,
        "multipleOf": lambda value: value % number == 0,
    }
    if keyword.startswith("min"):
        return tests.get(keyword, lambda value: len(value) >= number)
    return tests.get(keyword, lambda value: len(value) <= number)


def full_match(pattern: str) -> Test:
    """Match a whole text; the contract's patterns are anchored, and Python's ``$`` allows a line break."""
    match = re.compile(pattern.removeprefix("^").removesuffix("$")).fullmatch
    return lambda value: match(value) is not None


def _anything(_: object) -> bool:
    return True


def _readable(parse: Callable[[str], object]) -> Test:
    def test(value: str) -> bool:
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return test


FORMATS: Mapping[str, Test] = {
    "date-time": _readable(datetime.fromisoformat),
    "date": _readable(date.fromisoformat),
    "uuid": _readable(uuid.UUID),
    "digits": full_match("[0-9]+"),
    "mobile": full_match("1[0-9]{10}"),
    "beijing-time": _readable(lambda value: datetime.strptime(value, "%Y-%m-%d %H:%M:%S")),  # noqa: DTZ007 - read only
}
"""Checks of texts by format or kind; other texts are accepted as they are."""
