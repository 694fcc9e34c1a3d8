"""A small file system that a test can fill."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest


class SmallDisk:
    """A file system in memory, mounted for a block; skips the test where it may not be mounted.

    Args:
        megabytes: Its size.
    """

    def __init__(self, megabytes: int) -> None:
        # Not among the files of the test, which other users may not read.
        self.folder = Path(tempfile.mkdtemp(prefix="jsms-disk-"))
        self._size = f"size={megabytes}m"
        self._ballast = self.folder / "ballast"

    def __enter__(self) -> Self:
        """Mount it."""
        mount = ["mount", "-t", "tmpfs", "-o", f"{self._size},mode=0755", "none", str(self.folder)]
        try:
            done = subprocess.run(mount, capture_output=True, text=True, check=False)
            problem = done.stderr.strip() if done.returncode else ""
        except FileNotFoundError as error:
            problem = str(error)
        if problem:
            self.folder.rmdir()
            pytest.skip(f"no file system can be mounted: {problem}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Unmount it, also while a file in it is open."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)
        self.folder.rmdir()

    def fill(self) -> None:
        """Leave no free block."""
        file = os.open(self._ballast, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        try:
            while True:
                os.write(file, b"\0" * 65536)
        except OSError as error:
            assert error.errno == errno.ENOSPC
        finally:
            os.close(file)

    def free(self) -> None:
        """Have space again."""
        with suppress(FileNotFoundError):
            self._ballast.unlink()
