"""Records that the service hands out once: fetched at its pace, kept until somebody takes them."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar

from jsms_client._concurrency import AsyncResettableEvent, PerProcess, ResettableEvent
from jsms_runtime.results import MalformedRecord, Records

T = TypeVar("T")

_log = logging.getLogger("jsms_client")


class ReceiptQueue(Generic[T]):
    """The records of one kind, for everyone who iterates over them with one client.

    Nothing in here waits, so threads and tasks can share it. Each process has its own: records that were fetched
    before a fork are the parent's to hand out.
    """

    __slots__ = ("_states", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._states: PerProcess[_State[T]] = PerProcess(_State)

    def take(self) -> T | None:
        """Return the oldest record that was not taken yet; None where there is none.

        Raises:
            JSMSError: What a poll failed with; each failure is raised once, after the records before it.
        """
        state = self._states.get()
        try:
            found = state.records.popleft()
        except IndexError:
            return None
        if isinstance(found, _Failure):
            raise found.error
        return found

    def turn(self) -> float | None:
        """Ask for the turn to poll.

        Returns:
            None where it is the caller's turn, who must call `finish` after it; otherwise the seconds to wait before
            asking again.
        """
        state = self._states.get()
        with state.lock:
            now = time.monotonic()
            if state.polling:
                return self.seconds
            if now < state.due:
                return state.due - now
            state.polling = True
            return None

    def finish(self, records: Records[T] | None = None, *, error: Exception | None = None) -> None:
        """End a poll.

        The pause counts from here, not from its start: how long a request was on its way to the service is not known,
        and the service counts from when it was there.

        Args:
            records: What it handed out; None where the service did not respond.
            error: What it failed with; raised by the next `take`.
        """
        state = self._states.get()
        if records is not None:
            state.reached = True
            self.keep(records)
            state.records.extend(records)
        if error is not None:
            state.records.append(_Failure(error))
        with state.lock:
            state.polling = False
            state.due = time.monotonic() + self.seconds
            sleepers = list(state.sleepers)
        for sleeper in sleepers:
            sleeper.set()

    def note_poll(self) -> None:
        """Note a poll outside of the turns; the next turn is a whole pause after it."""
        state = self._states.get()
        with state.lock:
            state.due = time.monotonic() + self.seconds

    def keep(self, records: Records[T]) -> None:
        """Keep what could not be read."""
        if records.malformed:
            _log.error(
                "%d records are not what the contract says; they are kept as they came, in malformed",
                len(records.malformed),
            )
            self._states.get().malformed.extend(records.malformed)

    @property
    def malformed(self) -> list[MalformedRecord]:
        """What could not be read; take out what was dealt with."""
        return self._states.get().malformed

    @property
    def undelivered(self) -> int:
        """How many records were fetched and not taken yet."""
        return sum(not isinstance(found, _Failure) for found in self._states.get().records.copy())

    @property
    def reached(self) -> bool:
        """Whether the service ever responded."""
        return self._states.get().reached

    @contextmanager
    def waking(self, sleeper: AsyncResettableEvent | ResettableEvent) -> Generator[None]:
        """Wake someone at the end of every poll."""
        state = self._states.get()
        with state.lock:
            state.sleepers.append(sleeper)
        try:
            yield
        finally:
            with state.lock:
                state.sleepers.remove(sleeper)


class _Failure:
    """A poll's error, in line behind the records before it."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


class _State(Generic[T]):
    """What one process knows."""

    __slots__ = ("due", "lock", "malformed", "polling", "reached", "records", "sleepers")

    def __init__(self) -> None:
        self.lock = Lock()
        self.records: deque[T | _Failure] = deque()
        self.malformed: list[MalformedRecord] = []
        self.sleepers: list[AsyncResettableEvent | ResettableEvent] = []
        self.polling = False
        self.reached = False
        self.due = float("-inf")
