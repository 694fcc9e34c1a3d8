"""The lines of a file, numbered; what does not fit its encoding costs one line and not the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO

from jsms_client.campaigns._errors import BadLine

LONGEST_LINE = 1 << 16
"""Characters; nobody is sent as much."""

_UNREADABLE = re.compile("[\udc80-\udcff]")


def numbered_lines(file: TextIO) -> Iterator[tuple[int, str | BadLine]]:
    """Every line with its number from 1 and its end, blank ones too.

    Args:
        file: Opened with ``newline=""`` and ``errors="surrogateescape"``.
    """
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if number == 1:
            # Whatever encoding was asked for, the mark at the beginning is none of the text.
            line = line.removeprefix("\ufeff")
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
                pass
            yield number, BadLine(number, f"the line is longer than {LONGEST_LINE} characters")
        elif not line.isascii() and _UNREADABLE.search(line):
            yield number, BadLine(number, f"the line is not valid in the file's encoding, {file.encoding}")
        else:
            yield number, line


__all__ = ["LONGEST_LINE", "numbered_lines"]
