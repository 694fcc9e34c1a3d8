"""CSV and TSV, as spreadsheets and people write them."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator

from jsms_client.campaigns.errors import BadLine, CampaignInputError
from jsms_client.campaigns.reading.columns import find_mobile
from jsms_client.campaigns.reading.entries import Entry
from jsms_client.errors import ArgumentError
from jsms_client.values import read_mobile

MOST_LINES = 50
"""Lines that one quoted cell may reach over; beyond that, a quote was forgotten."""

_AFTER_QUOTE = re.compile(r'(?<!")" +(?=[,;\t\r\n]|$)')
_NUMBERS = tuple[int, "str | BadLine"]


def read_delimited(lines: Iterator[_NUMBERS], delimiter: str | None, mobile_column: str | None) -> Iterator[Entry]:
    """Every entry of a file with a header line, or of one that has numbers and nothing else.

    Args:
        lines: The lines, each with its number.
        delimiter: What stands between cells; None to find out from the header.
        mobile_column: The name of the column with the numbers; None to find out.

    Raises:
        CampaignInputError: The header does not say where the numbers are.
    """
    source = _Source(lines)
    rows = _rows(source, delimiter or _delimiter(source.peek()))
    header = next(rows, None)
    if header is None:
        return
    number, cells = header
    if isinstance(cells, BadLine):
        raise CampaignInputError(f"the header, line {number}, cannot be read: {cells.reason}")
    names = _names(cells)
    mobile = find_mobile(names, mobile_column)
    if mobile is None:
        if not _is_mobile(names[0]) or len(names) > 1:
            raise CampaignInputError(
                f"no column of the header, line {number}, is known to have the numbers: call it mobile, or say which "
                "it is, by mobile_column"
            )
        # A list of numbers and nothing else needs no header.
        yield number, (names[0], None)
        mobile, names = 0, ["mobile"]
    others = [(place, name) for place, name in enumerate(names) if place != mobile]
    width = len(names)
    for number, row in rows:
        if isinstance(row, BadLine):
            yield number, row
        elif len(row) != width and (len(row) < width or any(row[width:])):
            yield number, BadLine(number, f"it has {len(row)} cells where the header has {width}")
        else:
            yield number, (row[mobile], {name: row[place] for place, name in others} if others else None)


def _is_mobile(text: str) -> bool:
    try:
        read_mobile(text)
    except ArgumentError:
        return False
    return True


def _names(cells: list[str]) -> list[str]:
    names = list(cells)
    # Spreadsheets write columns that were used once.
    while not names[-1]:
        names.pop()
    if "" in names:
        raise CampaignInputError(f"column {names.index('') + 1} of the header has no name")
    for name in names:
        if names.count(name) > 1:
            raise CampaignInputError(f"two columns of the header have the same name, {name[:40]!r}")
    return names


def _delimiter(header: str) -> str:
    return next((one for one in ",;\t" if one in header), ",")


def _rows(source: _Source, delimiter: str) -> Iterator[tuple[int, list[str] | BadLine]]:
    """Every row that is not blank, its cells without spaces around them, and the number of its first line."""
    while True:
        reader = csv.reader(source, delimiter=delimiter, skipinitialspace=True, strict=True)
        try:
            while True:
                source.begin()
                cells = [cell.strip() for cell in next(reader)]
                if any(cells):
                    yield source.first, cells
        except StopIteration:
            return
        except _Unusable as unusable:
            yield source.first, source.give_back(unusable.bad)
        except csv.Error as error:
            reason = f"the quoting is wrong ({error})"
            if len(source.taken) > 1 or "unexpected end" in str(error):
                reason = "a quote is opened and never closed"
            yield source.first, source.give_back(BadLine(source.first, reason))


class _Unusable(Exception):  # noqa: N818 - not an error, but how a line gets past the reader
    """A line that is no text, or one quoted cell over too many lines."""

    def __init__(self, bad: BadLine | None) -> None:
        super().__init__()
        self.bad = bad


class _Source:
    """Lines for the csv module; what a forgotten quote swallowed can be given back."""

    def __init__(self, lines: Iterator[_NUMBERS]) -> None:
        self._lines = lines
        self._again: deque[_NUMBERS] = deque()
        self.taken: list[_NUMBERS] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        number, line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append((number, line))
        if isinstance(line, BadLine):
            if len(self.taken) > 1:
                # It stands inside of a quoted cell: the quote's line is bad, and this one is bad by itself.
                raise _Unusable(None)
            raise _Unusable(line)
        if len(self.taken) > MOST_LINES:
            raise _Unusable(None)
        return _AFTER_QUOTE.sub('"', line) if '" ' in line else line

    @property
    def first(self) -> int:
        """The number of the first line since `begin`."""
        return self.taken[0][0]

    def begin(self) -> None:
        """A row begins."""
        self.taken.clear()

    def give_back(self, bad: BadLine | None) -> BadLine:
        """Read all lines but the first of this row once more, as rows of their own."""
        self._again.extendleft(reversed(self.taken[1:]))
        return bad or BadLine(self.first, "a quote is opened and never closed")

    def peek(self) -> str:
        """The first line that is not blank, which is still to be read."""
        skipped: list[_NUMBERS] = []
        found = ""
        for number, line in self._lines:
            skipped.append((number, line))
            if isinstance(line, BadLine) or line.strip():
                found = "" if isinstance(line, BadLine) else line
                break
        self._again.extend(skipped)
        return found


__all__ = ["MOST_LINES", "read_delimited"]
