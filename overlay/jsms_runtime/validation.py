"""Validate arguments before anything is sent: numbers, texts, ids, codes, lists and maps.

Each function raises `ArgumentError` for any other value: it names the argument, and says what to do.
"""

from __future__ import annotations

import math
import operator
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import Final, SupportsIndex, cast

from jsms_runtime.errors import ArgumentError
from jsms_runtime.redaction import mask_mobile

# Spaces, hyphens and dashes, brackets and dots: what people and address books put between the digits of a number,
# invisible marks of writing direction (copied along with a contact) among them.
_BETWEEN_DIGITS = re.compile(r"[\s().\-\u2010-\u2015\u2212\u00b7\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
# 13800138000.0, as pandas and spreadsheets write a column of numbers.
_DECIMALS = re.compile(r"(\+?[0-9]{11,15})\.0+")
_SCIENTIFIC = re.compile(r"\+?(?P<whole>[0-9])(?:\.(?P<part>[0-9]{1,20}))?[eE]\+?0?(?P<exponent>1[0-4])")
# A spreadsheet shows three to six digits before an exponent; a program that writes all of them rarely needs fewer.
_EXACT_DIGITS = 8
_COUNTRY_CODE = re.compile(r"\A(?:\+|00)?86")
# What a path takes unescaped (RFC 3986, unreserved), so that no id can reach another path.
_ID = re.compile(r"(?!\.+\Z)[A-Za-z0-9._~-]+")
_SHORT_NUMBER = re.compile(r"[0-9]{1,18}")
# Longer ones are not written into a message, nor into a path.
_BEYOND_ANY_NUMBER = 10**40
compiled = lru_cache(maxsize=64)(re.compile)
MOBILE_PATTERN: Final = "^1[0-9]{10}$"
"""How a mainland China mobile number is written, where a field has no pattern of its own."""


def parse_mobile(value: object, argument: str = "mobile", pattern: str = MOBILE_PATTERN) -> str:
    """Return a mainland China mobile number as the service writes it: 11 digits.

    ``"+86 138-0013-8000"``, ``"0086 13800138000"``, full-width digits, the numbers 13800138000 and 13800138000.0, and
    what a spreadsheet makes of it (``"13800138000.0"``, ``"'13800138000"``, ``"1.3800138E+10"``) are the same number.
    """
    form: re.Pattern[str] = compiled(pattern)
    if isinstance(value, str):
        if form.fullmatch(value):
            return value if type(value) is str else str.__str__(value)
        written = value
    else:
        written = _whole_number(value, argument)
    digits = _BETWEEN_DIGITS.sub("", _as_typed(written, argument))
    for number in (digits, _COUNTRY_CODE.sub("", digits, count=1)):
        if form.fullmatch(number):
            return number
    if not digits:
        raise invalid_argument(argument, "is empty", 'give a mobile number, such as "13800138000"')
    raise invalid_argument(
        argument,
        f"is not a mainland China mobile number ({mask_mobile(digits)})",
        "give the 11 digits beginning with 1, with or without +86",
    )


def _whole_number(value: object, argument: str) -> str:
    """Return the digits of a number that is exact, whatever its type."""
    if isinstance(value, bool) or not isinstance(value, (SupportsIndex, float, Decimal, Fraction)):
        raise invalid_argument(argument, f"is {kind(value)}", 'give the number as a text, such as "13800138000"')
    if isinstance(value, SupportsIndex):
        number = operator.index(value)
    else:
        try:
            number = int(value)
        except (ValueError, OverflowError):
            number = 0
        if number != value:
            raise invalid_argument(
                argument, "is not a whole number", 'give the number as a text, such as "13800138000"'
            )
    return str(number) if 0 < number < _BEYOND_ANY_NUMBER else "0"


def _as_typed(text: str, argument: str) -> str:
    """Return what was typed into a spreadsheet, from what it wrote into a file."""
    text = unicodedata.normalize("NFKC", text).strip().lstrip("'\u2018\u2019")
    if found := _DECIMALS.fullmatch(text):
        return found[1]
    if found := _SCIENTIFIC.fullmatch(text):
        digits = found["whole"] + (found["part"] or "")
        if len(digits) < _EXACT_DIGITS:
            raise invalid_argument(
                argument,
                "has lost digits: a spreadsheet wrote it with an exponent",
                "format the column as text, enter the numbers again, and save the file anew",
            )
        return digits.ljust(int(found["exponent"]) + 1, "0")
    return text


def parse_text(
    value: object,
    argument: str,
    *,
    shortest: int = 0,
    longest: int | None = None,
    pattern: str | None = None,
    advice: str = "leave the others out",
) -> str:
    """Return a text within its limits, counted in characters, that matches a pattern as a whole."""
    if not isinstance(value, str):
        raise invalid_argument(argument, f"is {kind(value)}", "give a text")
    if not value.isascii():
        check_writable(value, argument)
    if not value and shortest:
        raise invalid_argument(argument, "is empty", "give a text")
    if not _is_within(len(value), shortest, longest):
        raise invalid_argument(argument, f"has {len(value)} characters", f"it takes {_span(shortest or None, longest)}")
    if pattern is not None and not compiled(pattern).fullmatch(value):
        raise invalid_argument(argument, "has characters that it cannot have", advice)
    return str.__str__(value)


def check_writable(value: str, argument: str) -> None:
    """Refuse half of a surrogate pair, which no UTF-8 can carry."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        # Not chained: the error holds the whole text.
        where = error.start
    else:
        return
    raise invalid_argument(
        argument,
        f"cannot be written in UTF-8 (character {where + 1} is half of a surrogate pair)",
        "decode the text properly where it is read",
    )


def parse_number(
    value: object,
    argument: str,
    *,
    smallest: int | None = None,
    largest: int | None = None,
    unit: str = "",
    advice: str = "",
) -> int:
    """Return a whole number within its limits; a member of an enum is its number."""
    # The usual kind first: asking for a protocol takes longer than all the rest.
    if type(value) is int or (isinstance(value, SupportsIndex) and not isinstance(value, bool)):
        number = operator.index(value)
        if _is_within(number, smallest, largest):
            return number
        problem = f"is {number}" if abs(number) < _BEYOND_ANY_NUMBER else "is out of range"
    else:
        problem = f"is {kind(value)}, not a whole number"
        if isinstance(value, str) and _SHORT_NUMBER.fullmatch(value) and _is_within(int(value), smallest, largest):
            advice = f"give the number, {value}"
    raise invalid_argument(argument, problem, advice or f"it takes {_span(smallest, largest)}{unit}")


def parse_choice(
    value: object, argument: str, choices: type[IntEnum], *, smallest: int | None = None, largest: int | None = None
) -> int:
    """Return a number of an enum, also one that was added after this version, within the range of the contract."""
    members = ", ".join(f"{choice.value} ({choice.name})" for choice in choices)
    advice = f"give one of {choices.__name__}: {members}"
    return parse_number(value, argument, smallest=smallest, largest=largest, advice=advice)


def _is_within(number: float, least: float | None, most: float | None) -> bool:
    return (least is None or number >= least) and (most is None or number <= most)


def _span(least: float | None, most: float | None) -> str:
    """Say what a number may be, or how long a text."""
    if most is None:
        return "a whole number" if least is None else f"at least {least}"
    if least is None:
        return f"at most {most}"
    return f"exactly {most}" if least == most else f"from {least} to {most}"


def parse_id(value: object, argument: str) -> str:
    """Return an id that becomes a part of the path: a text, or the number that some have stored it as."""
    if isinstance(value, str):
        if _ID.fullmatch(value):
            return str.__str__(value)
        problem = "has characters that no id has" if value.strip() else "is empty"
    elif isinstance(value, int) and not isinstance(value, bool):
        if 0 < value < _BEYOND_ANY_NUMBER:
            return str(int(value))
        problem = "is a number that no id can be"
    else:
        problem = f"is {kind(value)}"
    raise invalid_argument(argument, problem, f"give the {argument} that the service returned, nothing added")


def parse_code(
    value: object,
    argument: str,
    *,
    shortest: int = 0,
    longest: int | None = None,
    pattern: str | None = None,
    advice: str = "leave the others out",
) -> str:
    """Return a verification code: never a number, which has no leading zeros.

    Where it has no pattern it is what a person typed, and spaces around it do not count.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        raise invalid_argument(argument, "is a number, which loses leading zeros", 'give it as a text, such as "0426"')
    text = value.strip() if isinstance(value, str) and pattern is None else value
    return parse_text(text, argument, shortest=shortest, longest=longest, pattern=pattern, advice=advice)


def parse_decimal(
    value: object, argument: str, *, smallest: float | None = None, largest: float | None = None, unit: str = ""
) -> float:
    """Return a number, whole or not, within its limits."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, Fraction)):
        raise invalid_argument(argument, f"is {kind(value)}, not a number", "give a number")
    try:
        number = value if isinstance(value, int) else float(value)
        finite = math.isfinite(number)
    except OverflowError:
        number, finite = 0, False
    if not finite:
        raise invalid_argument(argument, "is not a finite number", "give a number")
    if not _is_within(number, smallest, largest):
        raise invalid_argument(argument, f"is {number}", f"it takes {_span(smallest, largest)}{unit}")
    return number


def parse_boolean(value: object, argument: str) -> bool:
    """Validate a boolean."""
    if isinstance(value, bool):
        return value
    raise invalid_argument(argument, f"is {kind(value)}", "give True or False")


def invalid_argument(argument: str, problem: str, advice: str) -> ArgumentError:
    """Return the error for an argument that cannot be sent; the problem names no value, which may be secret."""
    return ArgumentError(f"{argument} {problem}; {advice}.")


def kind(value: object) -> str:
    """Return what a message may say of any value: its type."""
    return "None" if value is None else f"of type {type(value).__name__}"


def parse_list(value: object, argument: str, *, fewest: int = 0, most: int | None = None) -> list[object]:
    """Return a list within its limits, from any iterable, read once and no further than the limit."""
    given: object = value
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise invalid_argument(argument, f"is {kind(given)}", "give a list")
    items = list(islice(cast("Iterable[object]", value), None if most is None else most + 1))
    _check_count(len(items), argument, fewest, most)
    return items


def parse_map(value: object, argument: str, *, fewest: int = 0, most: int | None = None) -> dict[str, object]:
    """Return a mapping with texts as names."""
    if not isinstance(value, Mapping):
        raise invalid_argument(argument, f"is {kind(value)}", "give a mapping")
    found: dict[str, object] = {}
    for name, item in cast("Mapping[object, object]", value).items():
        if not isinstance(name, str):
            raise invalid_argument(argument, f"has a name {kind(name)}", "give names as texts")
        check_writable(name, argument)
        found[str.__str__(name)] = item
    _check_count(len(found), argument, fewest, most)
    return found


def parse_fields(
    value: object, argument: str, *, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, object]:
    """Return the fields of an object, None for those that are left out."""
    given = parse_map(value, argument)
    names = ", ".join((*required, *optional))
    for name in given:
        if name not in required and name not in optional:
            raise invalid_argument(
                argument, f"has a field that it cannot have; it takes {names}", "leave the others out"
            )
    for name in required:
        if given.get(name) is None:
            raise invalid_argument(argument, f"has no {name}", f"it takes {names}")
    return {name: given.get(name) for name in (*required, *optional)}


def _check_count(count: int, argument: str, fewest: int, most: int | None) -> None:
    if most is not None and count > most:
        raise invalid_argument(argument, f"has more than {most} entries", f"it takes at most {most}")
    if count < fewest:
        raise invalid_argument(argument, f"has {count} entries" if count else "is empty", f"it takes at least {fewest}")
