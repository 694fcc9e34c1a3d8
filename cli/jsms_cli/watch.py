"""Show records as they come, until Ctrl-C or until there are enough; none that was fetched is lost."""

from __future__ import annotations

import select
import signal
import sys
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from jsms_cli.output import OutputClosedError, note, write, write_json
from jsms_cli.tables import line_of

if TYPE_CHECKING:
    from jsms_client import ReceiptStream
    from jsms_client.results import MalformedRecord, Records

T = TypeVar("T")

_LOOK_EVERY = 250
"""Milliseconds."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def show_all(records: Records[T], *, as_json: bool) -> None:
    """Show what one poll handed out.

    Raises:
        OutputClosedError: The output was closed.
    """
    for done, record in enumerate(records):
        try:
            _show(record, as_json=as_json)
        except OutputClosedError:
            _tell_lost(len(records) - done)
            raise
    _show_malformed(list(records.malformed), as_json=as_json)


def watch(stream: ReceiptStream[T], count: int | None, *, as_json: bool, kept: bool = False) -> None:
    """Show records until Ctrl-C, or until there were enough.

    Args:
        stream: Where they come from.
        count: How many are enough; more may be shown, as whatever was fetched is handed out once only.
        as_json: Whether a machine reads them.
        kept: Whether a store keeps those that were fetched and not shown.

    Raises:
        OutputClosedError: The output was closed.
    """
    done = 0
    with stream, stopping_at_signal(stream.stop), _stopping_unread(stream) as unread:
        for record in stream:
            try:
                _show(record, as_json=as_json)
            except OutputClosedError:
                stream.stop()
                if not kept:
                    _tell_lost(1 + sum(1 for _ in stream))
                raise
            done += 1
            if count is not None and done >= count:
                stream.stop()
            _show_malformed(stream.malformed, as_json=as_json)
    _show_malformed(stream.malformed, as_json=as_json)
    if unread.is_set():
        raise OutputClosedError


@contextmanager
def _stopping_unread(stream: ReceiptStream[T]) -> Generator[threading.Event]:
    """End the stream once the output is closed: before the next poll, whose records would be lost."""
    unread, done = threading.Event(), threading.Event()

    def look(poll: select.poll) -> None:
        while not done.is_set():
            if poll.poll(_LOOK_EVERY):
                unread.set()
                stream.stop()
                return

    # Not on Windows, and not where the output is no file of the system's.
    with suppress(AttributeError, OSError, ValueError):
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        threading.Thread(target=look, args=(poll,), daemon=True).start()
    try:
        yield unread
    finally:
        done.set()


@contextmanager
def stopping_at_signal(stop: Callable[[], object]) -> Generator[None]:
    """Call something at the first signal, to end well; the second one ends the process, whatever is still shown."""
    before: dict[int, object] = {}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # what signal.signal itself returned

    def heed(number: int, frame: FrameType | None) -> None:
        del number, frame
        restore()
        stop()

    # Only the main thread may set handlers; another thread is ended by its starter.
    with suppress(ValueError):
        for number in _SIGNALS:
            before[number] = signal.signal(number, heed)
    try:
        yield
    finally:
        with suppress(ValueError):
            restore()


def _show(record: object, *, as_json: bool) -> None:
    if as_json:
        write_json(record)
    else:
        write(f"{line_of(record)}\n")


def _show_malformed(malformed: list[MalformedRecord], *, as_json: bool) -> None:
    for record in malformed:
        note(f"a record could not be read: {record.problem}")
        if as_json:
            facts: Mapping[str, object] = {"problem": record.problem, "raw": record.raw}
            write_json(facts)
    malformed.clear()


def _tell_lost(count: int) -> None:
    note(f"{count} records were fetched and could not be written; the service does not hand them out again.")
