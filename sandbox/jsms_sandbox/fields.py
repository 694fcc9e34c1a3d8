"""The fields of a request body, compiled once from the contract's schemas.

Which code a wrong field answers stands in the contract (``x-errors``), so this is all there is: no second list of
fields, limits or codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

INVALID_BODY = 50007

Test = Callable[[Any], bool]
Check = tuple[str, Test, int]
"""The keyword, whether a value passes it, and the code of one that does not."""

RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request body.

    Attributes:
        name: Its name.
        type: Its JSON type: string, integer, object or array.
        required: Whether it is always needed.
        missing: The code of an absent, null or empty value; None where that is no error of its own.
        invalid: The code of a value that breaks no keyword with a code of its own.
        checks: What a value of the right type must pass.
        needed_when: A field and the values of it that make this one needed.
        item: The schema of each item of an array.
        most: The contract's maxLength or maxItems; 0 where it names none.
        max_bytes: How large a file may be; None where the field is no file.
    """

    name: str
    type: str
    required: bool
    missing: int | None
    invalid: int
    checks: tuple[Check, ...]
    needed_when: tuple[str, frozenset[int]] | None
    item: Schema | None
    most: int
    max_bytes: int | None

    def is_missing(self, value: object) -> bool:
        """Whether a value counts as not given."""
        return value is None or value == ""


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of an object, by name, in the contract's order."""

    name: str
    fields: Mapping[str, Field]


def compile_schema(document: Mapping[str, Any], node: Mapping[str, Any]) -> Schema:
    """Compile a component schema that a reference names."""
    name = str(node["$ref"]).rpartition("/")[2]
    schema = document["components"]["schemas"][name]
    required = frozenset(schema.get("required", ()))
    return Schema(
        name,
        {
            field: _field(document, field, entry, required=field in required)
            for field, entry in schema["properties"].items()
        },
    )


def _field(document: Mapping[str, Any], name: str, entry: Mapping[str, Any], *, required: bool) -> Field:
    codes = cast("Mapping[str, int]", entry.get("x-errors", {}))
    invalid = codes.get("invalid", INVALID_BODY)
    needed = entry.get("x-needed-when")
    return Field(
        name,
        entry["type"],
        required,
        codes.get("missing"),
        invalid,
        tuple((keyword, check, codes.get(keyword, invalid)) for keyword, check in _checks(entry)),
        next(((other, frozenset(values)) for other, values in needed.items()), None) if needed else None,
        compile_schema(document, entry["items"]) if entry["type"] == "array" else None,
        entry.get("maxLength", entry.get("maxItems", 0)),
        entry.get("x-max-bytes"),
    )


def _checks(entry: Mapping[str, Any]) -> list[tuple[str, Test]]:
    checks: list[tuple[str, Test]] = []
    if entry["type"] == "integer":
        low, high = RANGES[entry.get("format", "int64")]
        checks.append(("minimum", _at_least(max(low, entry.get("minimum", low)))))
        checks.append(("maximum", _at_most(min(high, entry.get("maximum", high)))))
    checks += [(keyword, _no_shorter(entry[keyword])) for keyword in ("minLength", "minItems") if keyword in entry]
    checks += [(keyword, _no_longer(entry[keyword])) for keyword in ("maxLength", "maxItems") if keyword in entry]
    if "pattern" in entry:
        checks.append(("pattern", full_match(entry["pattern"])))
    return checks


def _at_least(low: int) -> Test:
    return lambda value: value >= low


def _at_most(high: int) -> Test:
    return lambda value: value <= high


def _no_shorter(fewest: int) -> Test:
    return lambda value: len(value) >= fewest


def _no_longer(most: int) -> Test:
    return lambda value: len(value) <= most


def full_match(pattern: str) -> Test:
    """Whether a whole text matches; the contract's patterns are anchored, and Python's ``$`` allows a line break."""
    match = re.compile(pattern.removeprefix("^").removesuffix("$")).fullmatch
    return lambda value: match(value) is not None
