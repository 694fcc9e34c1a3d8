"""Whether an exception comes from a signal handler, which may raise in the middle of anything."""

from __future__ import annotations

from traceback import walk_tb
from types import FrameType
from typing import cast


def is_raised_by_handler(error: BaseException) -> bool:
    """Whether a signal handler raised it, in the middle of something that fails with such exceptions too."""
    return any(_is_handler(frame) for frame, _ in walk_tb(error.__traceback__))


def _is_handler(frame: FrameType) -> bool:
    """Whether it is a signal handler's: only those are given the frame that they interrupt."""
    given = list(frame.f_locals.values())
    given += [value for values in given if isinstance(values, tuple) for value in cast("tuple[object, ...]", values)]
    return any(isinstance(value, FrameType) for value in given)
