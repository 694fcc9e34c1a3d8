"""The arguments of a campaign, validated: what it sends, and how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import time
from typing import Literal, NamedTuple, Protocol, TypeAlias, cast

from jsms_contract.fields import ARGUMENTS, Argument
from jsms_contract.limits import (
    SCHEDULE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS,
    SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS,
)
from jsms_runtime.times import parse_send_time, parse_time
from jsms_runtime.validation import invalid_argument, kind, parse_decimal, parse_number, parse_text

_SENDS, _SCHEDULES = "sendMessageBatch", "createScheduleBatch"
"""The operations that campaigns are made of: at once, and with a ``send_time``."""
_LARGEST = {
    _SENDS: SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS,
    _SCHEDULES: SCHEDULE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS,
}
"""How many recipients a request of each may have."""


def _arguments(operation: str) -> Mapping[str, Argument]:
    return {each.name: each for each in ARGUMENTS[operation]}


def _number(value: object, argument: Argument) -> int:
    smallest, largest = cast("tuple[int | None, int | None]", (argument.minimum, argument.maximum))
    return parse_number(value, argument.name, smallest=smallest, largest=largest)


def _text(value: object, argument: Argument) -> str:
    return parse_text(
        value,
        argument.name,
        shortest=argument.shortest or 0,
        longest=argument.longest,
        pattern=argument.pattern or None,
    )


class Service(NamedTuple):
    """Which service sends a campaign, and for which app.

    Attributes:
        url: The service's address.
        app: A hash of the app's key.
    """

    url: str
    app: str


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """What every request of a campaign has in common.

    Attributes:
        temp_id: The template.
        sign_id: The signature; None for the app's default signature.
        tag: A label for your own statistics.
        send_time: When the service is to send, ``yyyy-MM-dd HH:mm:ss`` in Beijing time; None for at once.
    """

    temp_id: int
    sign_id: int | None = None
    tag: str | None = None
    send_time: str | None = None

    @classmethod
    def read(cls, temp_id: object, sign_id: object, tag: object, send_time: object) -> CampaignSettings:
        """Check them."""
        of = _arguments(_SENDS if send_time is None else _SCHEDULES)
        return cls(
            _number(temp_id, of["temp_id"]),
            None if sign_id is None else _number(sign_id, of["sign_id"]),
            None if tag is None else _text(tag, of["tag"]),
            None if send_time is None else parse_send_time(send_time, pattern=of["send_time"].pattern),
        )

    @property
    def operation(self) -> str:
        """The operation that sends it."""
        return _SENDS if self.send_time is None else _SCHEDULES

    @property
    def largest_batch(self) -> int:
        """How many recipients a request may have."""
        return _LARGEST[self.operation]

    def goes_on_as(self, other: CampaignSettings, now: float) -> bool:
        """Whether these are those of the same campaign, at another time, as its own has passed.

        Args:
            other: The settings that it is to go on with.
            now: The time, in seconds since 1970.
        """
        if self.send_time is None or other.send_time is None or parse_time(self.send_time).timestamp() > now:
            return False
        return replace(self, send_time=other.send_time) == other

    def body(self) -> dict[str, object]:
        """Return the body of every request, without the recipients."""
        return {name: value for name, value in asdict(self).items() if value is not None}


OnBadLine: TypeAlias = Literal["stop", "set_aside"]
"""What to do about entries that cannot be sent to: send nothing at all, or leave them out."""


class StopEvent(Protocol):
    """Stops a campaign when it is set: a `threading.Event`, an `asyncio.Event`, a `multiprocessing.Event` or the like.

    It is read from another thread, before each request and ten times a second.
    """

    def is_set(self) -> bool:
        """Whether the campaign is to stop."""
        ...


MOST_AT_ONCE = 64
"""Requests that may be on their way at once; each has up to a thousand recipients."""

SLOWEST = 1 / 86_400
"""Recipients a second: one a day."""


def read_concurrency(value: object) -> int:
    """How many requests may be on their way at once."""
    return parse_number(value, "concurrency", smallest=1, largest=MOST_AT_ONCE)


def read_max_rate(value: object) -> float | None:
    """How many recipients a second."""
    if value is None:
        return None
    rate = parse_decimal(value, "max_rate")
    if rate < SLOWEST:
        raise invalid_argument("max_rate", f"is {rate:g}", "give recipients a second, at least one a day")
    return rate


def read_batch_size(value: object) -> int | None:
    """How many recipients a request may have."""
    return None if value is None else parse_number(value, "batch_size", smallest=1, largest=_LARGEST[_SENDS])


def read_stop_event(value: object) -> StopEvent | None:
    """Return what stops the campaign when it is set."""
    if value is not None and not callable(getattr(value, "is_set", None)):
        raise invalid_argument("stop_event", f"is {kind(value)}", "give a threading.Event, or any object with is_set()")
    return cast("StopEvent | None", value)


def read_on_bad_line(value: object) -> OnBadLine:
    """Return what to do about entries that cannot be sent to."""
    if value == "stop":
        return "stop"
    if value == "set_aside":
        return "set_aside"
    raise invalid_argument("on_bad_line", "is neither of the two ways", 'give "stop" or "set_aside"')


def read_seconds(value: object, argument: str) -> float:
    """How many seconds to wait; infinity for ever."""
    return value if isinstance(value, float) and value >= 0 else parse_decimal(value, argument, smallest=0)


class Window:
    """The hours of a day in which requests may leave, in Beijing time.

    Args:
        begins: When they begin.
        ends: When they end; before ``begins`` for hours over midnight.
    """

    def __init__(self, begins: time, ends: time) -> None:
        self._begins = _seconds_of(begins)
        self._length = (_seconds_of(ends) - self._begins) % _DAY

    def seconds(self, now: float) -> float:
        """How many seconds until a request may leave; 0 inside of the hours."""
        since = (now + _BEIJING - self._begins) % _DAY
        return 0.0 if since < self._length else _DAY - since


_DAY = 86_400.0
_BEIJING = 8 * 3600.0
_WINDOW = re.compile(r"([0-9]{1,2}:[0-9]{2})\s*[-\u2013]\s*([0-9]{1,2}:[0-9]{2})")


def _seconds_of(moment: time) -> float:
    return moment.hour * 3600.0 + moment.minute * 60.0 + moment.second


def read_window(value: object) -> Window | None:
    """Return the hours in which requests may leave."""
    if value is None:
        return None
    moments = cast("tuple[object, ...]", value) if isinstance(value, tuple) else ()
    if isinstance(value, str) and (found := _WINDOW.fullmatch(value.strip())) is not None:
        with suppress(ValueError):
            moments = tuple(time.fromisoformat(each.zfill(5)) for each in found.groups())
    match moments:
        case (time() as begins, time() as ends) if begins != ends:
            return Window(begins, ends)
        case _:
            advice = 'give two times of a day in Beijing time, such as "08:00-21:00"'
            raise invalid_argument("window", "is no span of a day", advice)
