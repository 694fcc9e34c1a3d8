"""The protocol of a store's backend: the few steps that everything shared is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from jsms_client.errors import StoreError
from jsms_runtime.redaction import mask_line


class Entry(NamedTuple):
    """What is kept under a name.

    Attributes:
        owner: A random text: whose entry it is, and who may replace it.
        value: A text of ASCII characters.
    """

    owner: str
    value: str = ""


class Leased(NamedTuple):
    """An item of a queue, handed to one consumer for a time.

    Attributes:
        number: Its place in the queue.
        value: A text of ASCII characters.
    """

    number: int
    value: str


class Backend(Protocol):
    """Each method is one atomic step, safe to call from any thread and process, and raises `StoreError`.

    Names of entries and queues are texts of 64 characters. Times are measured by the store's clock.
    """

    def add(self, name: str, entry: Entry, seconds: float) -> Entry:
        """Keep an entry for so many seconds unless there is one; gives the one that is there afterwards."""
        ...

    def get(self, name: str) -> Entry | None:
        """Return the entry; None where there is none, or its time is over."""
        ...

    def replace(self, name: str, entry: Entry, seconds: float) -> bool:
        """Replace an entry of the same owner; False where there is none."""
        ...

    def remove(self, name: str, owner: str | None = None) -> None:
        """Remove an entry, of this owner alone where one is given."""
        ...

    def reserve(self, name: str, seconds: float) -> float:
        """Reserve the next free stretch of time, that long; gives the seconds until it begins."""
        ...

    def push(self, queue: str, values: Sequence[str]) -> None:
        """Append items to a queue, all or none."""
        ...

    def lease(self, queue: str, owner: str, seconds: float) -> Leased | None:
        """Return the first item that no consumer has, for so many seconds; None where there is none."""
        ...

    def finish(self, queue: str, number: int, owner: str) -> None:
        """Remove an item that its consumer is done with; does nothing where its time was over."""
        ...

    def close(self) -> None:
        """Close this process's connections."""
        ...


def lost(store: str, error: Exception, *secrets: str) -> StoreError:
    """Return the error for a database that failed.

    Args:
        store: Which one, without its password.
        error: What its driver raised.
        secrets: What must not be shown.
    """
    lines = str(error).strip().splitlines() or [""]
    words = mask_line(lines[0], [secret for secret in secrets if secret])
    return StoreError(f"the store {store} failed ({type(error).__name__}: {words})")
