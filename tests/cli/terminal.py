"""A pseudo-terminal: what the command shows there, and what a person types."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from .runner import environment

PATIENCE = 30.0
# A terminal of its own, so that Ctrl-C reaches the command as it would from a keyboard.
_LAUNCH = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "jsms_cli", *sys.argv[1:]])
"""


class Terminal:
    """One command in a pseudo-terminal; a context manager that ends it.

    Attributes:
        seen: Everything the terminal showed so far.
    """

    def __init__(self, *arguments: str, output: Path | None = None, variables: Mapping[str, str] | None = None) -> None:
        self._own, terminal = pty.openpty()
        self.seen = ""
        written = terminal if output is None else os.open(output, os.O_WRONLY | os.O_CREAT)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, *arguments],
            env=environment(TERM="xterm-256color", **(variables or {})),
            stdin=terminal,
            stdout=written,
            stderr=terminal,
            start_new_session=True,
        )
        for descriptor in {terminal, written}:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._own)

    def wait_for(self, text: str) -> None:
        """Wait until the terminal shows a text."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen:
            assert time.monotonic() < end, f"{text!r} did not appear: {self.seen!r}"
            assert self._read(end), f"it ended without {text!r}: {self.seen!r}"

    def type(self, text: str) -> None:
        """Type."""
        os.write(self._own, text.encode())

    def end(self) -> int:
        """Wait for the command to end; its exit code."""
        end = time.monotonic() + PATIENCE
        while self._read(end):
            assert time.monotonic() < end, self.seen
        return self._process.wait(PATIENCE)

    def _read(self, end: float) -> bool:
        """Read what there is; False once the other end is closed."""
        if not select.select([self._own], [], [], max(0.0, end - time.monotonic()))[0]:
            return True
        try:
            part = os.read(self._own, 1 << 16)
        except OSError:  # how Linux says that the other side is closed
            return False
        self.seen += part.decode()
        return bool(part)
