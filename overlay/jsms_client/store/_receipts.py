"""Fetched records in the store: written before they are handed out, and removed when their consumer is done."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from jsms_client._polling import read_records
from jsms_client.errors import StoreError
from jsms_client.store._backend import Entry
from jsms_client.store._store import Store, entry_id, new_owner
from jsms_runtime.results import MALFORMED, MalformedRecord

if TYPE_CHECKING:
    from jsms_runtime.operation import Operation, Shape

_log = logging.getLogger("jsms_client")
# Seconds that a poll may take before another process may poll beside it.
_LONGEST_POLL = 30.0
# Seconds between two looks of a consumer that waits for the others' records.
_LOOK = 0.5


class SharedQueue:
    """The records of one kind and app, for one consumer, with so many seconds between two polls in all processes."""

    __slots__ = ("_name", "_owner", "_polling", "_seconds", "_shape", "_store", "_taken", "_turn")

    def __init__(self, store: Store, app: tuple[str, str], kind: str, operation: Operation, seconds: float) -> None:
        self._store = store
        self._shape = cast("Shape", operation.response)
        self._name = entry_id("records", kind, *app)
        self._turn = entry_id("turn", kind, *app)
        self._owner = new_owner()
        self._seconds = seconds
        self._polling = ""
        self._taken: int | None = None

    def put(self, records: Iterable[object]) -> None:
        """Keep what a poll handed out, as the service has it: what cannot be read is found out again."""
        self._store.backend.push(self._name, [json.dumps(_raw(record)) for record in records])

    def take(self) -> list[object]:
        """Return the next record that no consumer has, in a list as a poll has it; empty where there is none."""
        found = self._store.backend.lease(self._name, self._owner, self._store.lease)
        if found is None:
            return []
        self._taken = found.number
        # Checked again: another version may have written it.
        return read_records(f"[{found.value}]".encode(), self._shape) or []

    def finish(self) -> None:
        """Mark the record that was taken last as handled."""
        if self._taken is not None:
            self._store.backend.finish(self._name, self._taken, self._owner)
            self._taken = None

    def turn(self) -> float | None:
        """Ask for the turn to poll; None is the turn, else how many seconds to wait before looking again."""
        # Of this turn alone: the pause after an earlier turn of this consumer is no turn of its own.
        self._polling = new_owner()
        found = self._store.backend.put(self._turn, Entry(self._polling), _LONGEST_POLL)
        return None if found is None or found.owner == self._polling else _LOOK

    def end_turn(self) -> None:
        """End a poll: the next one, in any process, is a whole pause later.

        A store that fails here must not cost what the poll has handed out: the turn ends by itself, only later.
        """
        try:
            self._store.backend.put(self._turn, Entry(self._polling), self._seconds)
        except StoreError as error:
            _log.warning("the next poll is %.0f s late, as %s", _LONGEST_POLL, error)


def _raw(record: object) -> object:
    mark = cast("dict[str, object]", record).get(MALFORMED)
    return mark.raw if isinstance(mark, MalformedRecord) else record
