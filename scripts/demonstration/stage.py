"""Makes calls one by one, and shows each with its result and its time."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from enum import Enum
from functools import partial
from typing import TypeVar
from unicodedata import east_asian_width

from jsms_client import JSMSError

_WIDEST = 160
_NARROWEST = 80
_TIME = 11

T = TypeVar("T")


class Stage:
    """Where calls are made and shown.

    Attributes:
        made: How many calls gave a result.
        failures: What went wrong, a line each.
        seconds: What the calls took together.
    """

    def __init__(self) -> None:
        self.made = 0
        self.failures: list[str] = []
        self.seconds = 0.0
        width = min(max(shutil.get_terminal_size((132, 24)).columns, _NARROWEST), _WIDEST) - 1
        self._call_width = (width - _TIME) // 2
        self._result_width = width - _TIME - self._call_width
        print(f"{'call':<{self._call_width}} {'result':<{self._result_width - 1}} {'time':>{_TIME - 1}}")

    def show(self, call: partial[T]) -> T:
        """Make a call and show it.

        Raises:
            JSMSError: The call failed; that is shown too.
        """
        started = time.perf_counter()
        try:
            result = call()
        except JSMSError as error:
            self._line(_written(call), f"{type(error).__name__}: {error}", time.perf_counter() - started)
            self.failures.append(f"{_written(call)}: {error}")
            raise
        seconds = time.perf_counter() - started
        self._line(_written(call), repr(result), seconds)
        self.made += 1
        self.seconds += seconds
        return result

    def _line(self, call: str, result: str, seconds: float) -> None:
        left = _cut(call, self._call_width)
        right = _cut(result, self._result_width - 1)
        print(f"{left} {right} {seconds * 1000:7.1f} ms", flush=True)


def _written(call: partial[T]) -> str:
    """A call as one would write it."""
    method = call.func
    resource = type(getattr(method, "__self__", None)).__name__.lower()
    arguments = [_value(each) for each in call.args]
    arguments += [f"{name}={_value(value)}" for name, value in call.keywords.items()]
    return f"{resource}.{getattr(method, '__name__', method)}({', '.join(arguments)})"


def _value(value: object) -> str:
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, datetime):
        return f"<{value.isoformat(' ', 'minutes')}>"
    return repr(value)


def _cut(text: str, width: int) -> str:
    """A text in exactly that many columns of a terminal, where a Chinese character takes two."""
    shown, used = "", 0
    for index, letter in enumerate(text):
        columns = 2 if east_asian_width(letter) in "WF" else 1
        if used + columns > width - (index < len(text) - 1):
            return shown + "…" + " " * (width - used - 1)
        shown, used = shown + letter, used + columns
    return shown + " " * (width - used)
