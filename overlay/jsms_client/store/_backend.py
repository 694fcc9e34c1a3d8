"""What the backends of a store keep, and the error for one that failed."""

from __future__ import annotations

from typing import NamedTuple

from jsms_client.errors import StoreError
from jsms_runtime.redaction import mask_line


class Entry(NamedTuple):
    """What is kept under a name: a random text that says whose it is, and a value of ASCII characters."""

    owner: str
    value: str = ""


class Leased(NamedTuple):
    """An item of a queue, handed to one consumer for a time: its place in the queue, and a value in ASCII."""

    number: int
    value: str


def lost(store: str, error: Exception, *secrets: str) -> StoreError:
    """Return the error for a database that failed, with what its driver raised and without secrets."""
    lines = str(error).strip().splitlines() or [""]
    words = mask_line(lines[0], [secret for secret in secrets if secret])
    return StoreError(f"the store {store} failed ({type(error).__name__}: {words})")
