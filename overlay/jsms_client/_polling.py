"""Records that the service hands out once: read what can be read, and queue it until it is consumed.

They are fetched at the service's pace. One that is not what the contract says must not cost the others, nor be lost.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar, cast

from jsms_client._concurrency import AsyncResettableEvent, ResettableEvent
from jsms_client._decode import InvalidResponse, conform
from jsms_runtime.operation import Shape
from jsms_runtime.results import MALFORMED, MalformedRecord, Records

T = TypeVar("T")

_log = logging.getLogger("jsms_client")
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


class ReceiptQueue(Generic[T]):
    """The records of one kind in one process, for everyone who iterates over them with one client.

    Nothing in here waits, so threads and tasks can share it.
    """

    __slots__ = ("_due", "_lock", "_polling", "_records", "_sleepers", "malformed", "reached", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        # What could not be read; the app takes out what was dealt with.
        self.malformed: list[MalformedRecord] = []
        self.reached = False
        self._lock = Lock()
        # The error of a poll is in line behind the records before it.
        self._records: deque[T | Exception] = deque()
        self._sleepers: list[AsyncResettableEvent | ResettableEvent] = []
        self._polling = False
        self._due = float("-inf")

    def take(self) -> T | None:
        """Return the oldest record that was not taken yet, or None; raises what a poll failed with, in its place."""
        try:
            found = self._records.popleft()
        except IndexError:
            return None
        if isinstance(found, Exception):
            raise found
        return found

    def turn(self) -> float | None:
        """Ask for the turn to poll, which `finish` ends; None is the turn, else the seconds until asking again."""
        with self._lock:
            now = time.monotonic()
            if self._polling:
                return self.seconds
            if now < self._due:
                return self._due - now
            self._polling = True
            return None

    def finish(self, records: Records[T] | None = None, *, error: Exception | None = None) -> None:
        """End a poll with its records, or with what it failed with.

        The pause counts from here, not from its start: how long a request was on its way to the service is not known,
        and the service counts from when it was there.
        """
        if records is not None:
            self.reached = True
            self.keep(records)
            self._records.extend(records)
        if error is not None:
            self._records.append(error)
        with self._lock:
            self._polling = False
            self._due = time.monotonic() + self.seconds
            sleepers = list(self._sleepers)
        for sleeper in sleepers:
            sleeper.set()

    def note_poll(self) -> None:
        """Note a poll outside of the turns; the next turn is a whole pause after it."""
        with self._lock:
            self._due = time.monotonic() + self.seconds

    def keep(self, records: Records[T]) -> None:
        """Keep what could not be read."""
        if records.malformed:
            _log.error(
                "%d records are not what the contract says; they are kept as they came, in malformed",
                len(records.malformed),
            )
            self.malformed.extend(records.malformed)

    @property
    def undelivered(self) -> int:
        """How many records were fetched and not taken yet."""
        return sum(not isinstance(found, Exception) for found in self._records.copy())

    @contextmanager
    def waking(self, sleeper: AsyncResettableEvent | ResettableEvent) -> Generator[None]:
        """Wake someone at the end of every poll."""
        with self._lock:
            self._sleepers.append(sleeper)
        try:
            yield
        finally:
            with self._lock:
                self._sleepers.remove(sleeper)


def read_records(content: bytes, shape: Shape) -> list[object] | None:
    """Return every record of a list, those that cannot be read marked; None where the body does not begin a list."""
    record = shape.of
    if record is None or record.type != "object":
        return None
    # Half a character in one text (an emoji cut in two) is no reason to lose the rest.
    text = content.decode("utf-8-sig", "replace").strip()
    if not text.startswith("["):
        return None
    items, rest = _items(text)
    records = [_read(item, record) for item in items]
    if rest:
        records.append(_marked("the response goes on with something that is no record, or is cut off", rest, record))
    return records


def _items(text: str) -> tuple[list[object], str]:
    """Return the items of a list, and what follows the last one that is whole."""
    try:
        return cast("list[object]", _DECODER.decode(text)), ""
    except (ValueError, RecursionError):
        items: list[object] = []
        place = 1
    while True:
        gap = _BETWEEN.match(text, place)
        place = gap.end() if gap is not None else place
        try:
            item, place = cast("tuple[object, int]", _DECODER.raw_decode(text, place))
        except (ValueError, RecursionError):
            return items, text[place:].removeprefix("]").strip()
        items.append(item)


def _read(item: object, shape: Shape) -> object:
    if not isinstance(item, dict):
        return _marked("it is no object", item, shape)
    raw = cast("dict[str, object]", item)
    # A record counts whether or not its times can be read.
    times = dict.fromkeys(field.name for field in shape.fields if field.required and field.shape.type == "time")
    texts = {_whole(name): _whole(value) if isinstance(value, str) else value for name, value in raw.items()}
    try:
        return conform(times | texts, shape)
    except InvalidResponse as unusable:
        return _marked(str(unusable), raw, shape)


def _whole(text: str) -> str:
    """Return the text without halves of characters, which could never be written again."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _marked(problem: str, raw: object, shape: Shape) -> dict[str, object]:
    return {**dict.fromkeys(field.name for field in shape.fields), MALFORMED: MalformedRecord(problem, raw)}
