"""Validate fields and parameters by the contract: required ones first, then their formats and limits."""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import parse_qsl

from jsms_contract.codes import INVALID_BODY
from jsms_runtime.service import Check, Property
from jsms_sandbox.service.request import AuthorizedRequest, Hint, Leniency, Refusal, RoutedRequest, hint

Fields = Sequence[Property]
Problem = tuple[int, str, Hint]
"""The code, the field, and what is wrong with it."""

BOOLEANS = {"true": True, "false": False}


def check_fields(request: AuthorizedRequest, values: Mapping[str, Any], waived: frozenset[str]) -> None:
    """Check that no required field is missing, then each field.

    Args:
        request: The request.
        values: The fields of its body, each of its type.
        waived: Fields that may be missing.

    Raises:
        Refusal: With the code that the contract names for the field.
    """
    fields = request.operation.fields
    for code, name, said in problems(fields, values, waived):
        raise Refusal(code, f"field {name}", said)
    # What is wrong with one recipient refuses that one alone, where the operation has codes for it.
    inner = [field for field in fields if field.kind != "recipients" or not request.operation.recipient_codes]
    for field in inner:
        for code, name, said in _inside(field, values.get(field.name), field.name):
            raise Refusal(code, f"field {name}", said)
    for field in fields:
        if not field.is_file and _is_ignored(field, values):
            for check in broken(field, values.get(field.name)):
                request.raw.tolerate(Leniency.UNUSED_FIELD, _code(field, check.code), f"field {field.name}")


def problems(
    fields: Fields, values: Mapping[str, Any], waived: frozenset[str] = frozenset(), place: str = ""
) -> Iterator[Problem]:
    """Find what is wrong with the fields of an object, in order."""
    for field in fields:
        if _is_missing(field, values.get(field.name)) and field.name not in waived and _is_needed(field, values):
            name = f"{place}{field.name}"
            if not (field.nullable and field.name in values):
                yield _code(field, field.missing), name, hint("%s is needed and must not be empty.", name)
    for field in fields:
        if not field.is_file and not _is_ignored(field, values):
            yield from _broken(field, values.get(field.name), f"{place}{field.name}")


def _inside(field: Property, value: object, place: str) -> Iterator[Problem]:
    """Find what is wrong inside an object, a list or a map."""
    if isinstance(value, dict) and field.fields:
        fields = cast("dict[str, Any]", value)
        yield from problems(field.fields, fields, place=f"{place}.")
        for each in field.fields:
            yield from _inside(each, fields.get(each.name), f"{place}.{each.name}")
    elif isinstance(value, list | dict) and field.of is not None:
        items = cast("Any", enumerate(value) if isinstance(value, list) else value.items())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - of JSON
        for key, item in items:
            yield from _broken(field.of, item, f"{place}[{str(key)[:50]}]")
            yield from _inside(field.of, item, f"{place}[{str(key)[:50]}]")


def _broken(field: Property, value: object, place: str) -> Iterator[Problem]:
    for check in broken(field, value):
        yield _code(field, check.code), place, hint("%s breaks the contract's %s.", place, check.keyword)


def check_parameters(request: RoutedRequest) -> None:
    """Check the ids in the path and the parameters of the query.

    Raises:
        Refusal: One is missing, or cannot be what the contract says.
    """
    rules = request.operation.rules
    for field in rules.path:
        text = request.raw.path_values[field.name]
        if not _fits(field, text):
            raise Refusal(_code(field), f"path {field.name}", "%s in the path is not well-formed.", field.name)
    if not rules.query:
        return
    given: dict[str, list[str]] = {}
    for name, text in parse_qsl(request.raw.query, keep_blank_values=True):
        given.setdefault(name, []).append(text)
    for name in given.keys() - {field.name for field in rules.query}:
        request.warn("The parameter %r is not in the contract; it was ignored.", name[:50])
    for field in rules.query:
        texts = given.get(field.name, [""])
        if field.required and _is_missing(field, texts[0] if field.name in given else None):
            code = _code(field, field.missing)
            raise Refusal(code, f"query {field.name}", "%s is needed and must not be empty.", field.name)
        if field.name in given and not _all_fit(field, texts):
            raise Refusal(_code(field), f"query {field.name}", "%s in the query is not well-formed.", field.name)


def _all_fit(field: Property, texts: list[str]) -> bool:
    """Check a parameter of the query: a list is there once for each entry, or as one text with commas."""
    if field.of is None:
        return _fits(field, texts[-1])
    of = field.of
    entries = texts[-1].split(",") if field.comma_separated else texts
    return all(_fits(of, entry) for entry in entries) and not broken(field, entries)


def _fits(field: Property, text: str) -> bool:
    value = from_text(field, text)
    return value is not None and not broken(field, value)


def from_text(field: Property, text: str) -> object:
    """Parse the text of a parameter or a part of a form; None if it is not of the field's type."""
    match field.type:
        case "integer":
            return int(text) if ID_TEXT(text.removeprefix("-")) else None
        case "number":
            try:
                return float(text)
            except ValueError:
                return None
        case "boolean":
            return BOOLEANS.get(text)
        case _:
            return text


def _code(field: Property, code: int | None = None) -> int:
    return code or field.invalid or INVALID_BODY


def _is_missing(field: Property, value: object) -> bool:
    """Return whether a value counts as absent: an empty text does, but where the contract allows one."""
    if value == "":
        return field.type != "string" or field.missing is not None or bool(broken(field, ""))
    return value is None


def _is_needed(field: Property, values: Mapping[str, Any]) -> bool:
    if field.needed_when is None:
        return field.required
    other, wanted = field.needed_when
    return values.get(other) in wanted


def _is_ignored(field: Property, values: Mapping[str, Any]) -> bool:
    return field.needed_when is not None and not _is_needed(field, values)


Test = Callable[[Any], bool]


def broken(field: Property, value: object) -> list[Check]:
    """Find the checks that a value of the right type fails."""
    return [check for check in field.checks if value is not None and not _test(check.keyword, check.bound)(value)]


@functools.lru_cache(maxsize=1024)
def _test(keyword: str, bound: float | str) -> Test:
    if keyword == "pattern":
        return full_match(cast("str", bound))
    if keyword == "format":
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
    "beijing-time": _readable(lambda value: datetime.strptime(value, "%Y-%m-%d %H:%M:%S")),  # noqa: DTZ007 - read only
}
"""Checks of texts by format; other texts are accepted as they are."""

ID_TEXT = full_match("[0-9]{1,19}")
