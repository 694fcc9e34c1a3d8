"""Times: to the service in Beijing time, and back from every form it has been seen to use."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final

from jsms_runtime.validation import compiled, invalid_argument, kind

BEIJING: Final = timezone(timedelta(hours=8), "UTC+08:00")
"""The service's clock. China has one time zone and no summer time."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FORM: Final = '"2030-07-01 09:00:00"'
FORM_PATTERN: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
"""How the service writes a time, where a field has no pattern of its own."""
_HINT: Final = "such as datetime(2030, 7, 1, 9, tzinfo=ZoneInfo('Asia/Shanghai'))"

_HEADER_IS_EXACT_TO = 1.5
"""Seconds: the Date header has whole ones, and a response takes a while."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}.*", re.ASCII)
# What Java's Date.toString() writes: Fri Apr 14 15:04:05 CST 2017.
_JAVA = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) +(?P<day>[0-9]{1,2}) (?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r" (?P<zone>[A-Z]{3}) (?P<year>[0-9]{4})"
)
# By hand: strptime would read the months in the language of the process.
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ZONES: Final[dict[str, tzinfo]] = {"CST": BEIJING, "UTC": UTC, "GMT": UTC}


def parse_send_time(value: object, argument: str = "send_time", pattern: str = FORM_PATTERN) -> str:
    """Return the moment to send at, as the service writes it: ``yyyy-MM-dd HH:mm:ss`` in Beijing time.

    It is given as an aware datetime in any zone (the service counts whole seconds: a fraction is dropped), or as the
    service's own text. Whether it has passed already is for the service's clock to say.
    """
    if isinstance(value, datetime):
        _check_zone(value, argument)
        try:
            return value.astimezone(BEIJING).replace(tzinfo=None).isoformat(" ", "seconds")
        except OverflowError as error:
            raise invalid_argument(argument, "is out of range in Beijing time", "give a time nearer to now") from error
    if isinstance(value, date):
        raise invalid_argument(
            argument, "is a date without a time of day", f"give a datetime with a time zone, {_HINT}"
        )
    if not isinstance(value, str):
        raise invalid_argument(argument, f"is {kind(value)}", f"give a datetime with a time zone, {_HINT}")
    if not compiled(pattern).fullmatch(value):
        raise invalid_argument(
            argument,
            f"is not a time written like {_FORM}",
            f"write Beijing time in that form, or give an aware datetime, {_HINT}",
        )
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise invalid_argument(argument, "is not in the calendar", f"give a time that exists, like {_FORM}") from error
    return str.__str__(value)


def parse_moment(value: object, argument: str) -> int:
    """Return a moment as milliseconds since the epoch."""
    if isinstance(value, datetime):
        _check_zone(value, argument)
        return (value - _EPOCH) // timedelta(milliseconds=1)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    raise invalid_argument(argument, f"is {kind(value)}", f"give a datetime with a time zone, {_HINT}")


def _check_zone(value: datetime, argument: str) -> None:
    if value.utcoffset() is None:
        raise invalid_argument(argument, "is a datetime without a time zone", f"say which one it means, {_HINT}")


def parse_time(value: object) -> datetime:
    """Return a time of the service's, in any form it has been seen to use, as an aware datetime in Beijing time.

    Milliseconds since the epoch as a number or its digits; ``yyyy-MM-dd HH:mm:ss`` with or without a fraction, with
    a space or ``T``, and ``Fri Apr 14 15:04:05 CST 2017``, all in Beijing time where they name no other zone.

    Raises:
        ValueError: It is none of them, or a moment that no calendar has.
    """
    try:
        if isinstance(value, str):
            return _parse_text(value.strip())
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _parse_milliseconds(value)
    except OverflowError as error:
        raise ValueError("a time out of range") from error
    raise ValueError(f"a time is not {kind(value)}")


def _parse_milliseconds(value: float) -> datetime:
    # Added to the epoch, not fromtimestamp: exact, and the same on every platform.
    return (_EPOCH + timedelta(milliseconds=value)).astimezone(BEIJING)


def _parse_text(value: str) -> datetime:
    if _NUMBER.fullmatch(value):
        return _parse_milliseconds(int(value))
    if java := _JAVA.fullmatch(value):
        if (month := java["month"]) not in _MONTHS or (zone := _ZONES.get(java["zone"])) is None:
            raise ValueError("a time with an unknown month or zone")
        day = f"{java['year']}-{_MONTHS.index(month) + 1:02}-{int(java['day']):02}"
        return datetime.fromisoformat(f"{day}T{java['time']}").replace(tzinfo=zone).astimezone(BEIJING)
    if not _ISO.fullmatch(value):
        raise ValueError("a time in an unknown form")
    time = datetime.fromisoformat(value)
    return time.replace(tzinfo=BEIJING) if time.utcoffset() is None else time.astimezone(BEIJING)


def clock_difference(date: str | None, now: float) -> float:
    """Return the seconds that a response's clock (its Date header) is ahead of this machine's; 0 where not known."""
    if date is None:
        return 0.0
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - seldom asked

    try:
        ahead = parsedate_to_datetime(date).timestamp() - now
    except (ValueError, OverflowError):
        return 0.0
    return ahead if abs(ahead) > _HEADER_IS_EXACT_TO else 0.0
