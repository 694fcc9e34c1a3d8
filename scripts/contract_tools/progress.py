"""What a run is doing, a line for each step that is done."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Prints each step when it is done, with the seconds it took; safe to share between threads."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._started = time.monotonic()

    @contextmanager
    def step(self, words: str) -> Generator[None]:
        """Times what happens inside; says nothing where it fails, since the failure says more."""
        started = time.monotonic()
        yield
        self.say(f"  {time.monotonic() - started:5.2f} s  {words}")

    def say(self, line: str = "") -> None:
        """Prints a line at once."""
        with self._lock:
            print(line, file=self._stream, flush=True)

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._started
