"""Lists in text files, line by line: CSV, TSV and JSON lines."""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TextIO, TypeAlias, cast

from jsms_client.campaigns._errors import BadLine, CampaignInputError
from jsms_client.errors import ArgumentError
from jsms_runtime.recipients import RecipientLike
from jsms_runtime.validation import parse_mobile

Entry: TypeAlias = tuple[int, RecipientLike | BadLine]
"""An entry of a list: its number, and what is there."""

LONGEST_LINE = 1 << 16
"""Characters; no message is as long."""

_UNREADABLE = re.compile("[\udc80-\udcff]")


def numbered_lines(file: TextIO) -> Iterator[tuple[int, str | BadLine]]:
    """Every line with its number from 1 and its end; bytes that cannot be read are surrogates (``surrogateescape``)."""
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


_NAMES = frozenset(
    (
        *("mobile", "mobilenumber", "mobilephone", "phone", "phonenumber", "tel", "telephone", "cell", "cellphone"),
        *("手机", "手机号", "手机号码", "电话", "电话号码", "号码", "移动电话", "联系电话"),
    )
)
_BESIDES_LETTERS = str.maketrans("", "", " _-.\u3000")


def plain(name: str) -> str:
    """Return a column's name without what people write in different ways."""
    return name.casefold().translate(_BESIDES_LETTERS)


def find_mobile(names: Sequence[str], wanted: str | None) -> int | None:
    """Where the numbers are; None where no column has such a name."""
    if wanted is not None:
        if wanted not in names:
            raise CampaignInputError(f"the list has no column {wanted!r}; it has {_listed(names)}")
        return names.index(wanted)
    found = [place for place, name in enumerate(names) if plain(name) in _NAMES]
    if len(found) > 1:
        # "mobile" is the service's own word.
        found = [place for place in found if plain(names[place]) == "mobile"] or found
    if len(found) > 1:
        several = _listed([names[place] for place in found])
        raise CampaignInputError(
            f"more than one column could have the numbers: {several}; call that one mobile, or say which it is, by "
            "mobile_column"
        )
    return found[0] if found else None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:10]) or "none"


MOST_LINES = 50
"""Lines that one quoted cell may reach over; beyond that, a quote was forgotten."""

_SAID_DELIMITER = re.compile(r"(?i)\ufeff?sep=(.)")
_EXPORTED = frozenset(("state", "msg_id", "schedule_id", "delivery", "delivered_at", "settled", "temp_para"))
_MOST_TITLES = 5
_AFTER_QUOTE = re.compile(r'(?<!")" +(?=[,;\t\r\n]|$)')
_NUMBERS = tuple[int, "str | BadLine"]


def read_delimited(lines: Iterator[_NUMBERS], delimiter: str | None, mobile_column: str | None) -> Iterator[Entry]:
    """Every entry of a file with a header line, or of one that has numbers and nothing else."""
    source = _Source(lines)
    # What Excel writes for itself in front of the header.
    if (said := _SAID_DELIMITER.fullmatch(source.peek().rstrip())) is not None:
        delimiter = said[1]
        while not next(source).strip():
            pass
        source.begin()
    rows = _rows(source, delimiter or _delimiter(source.peek()))
    header = _header(rows, mobile_column)
    if header is None:
        return
    number, names = header
    if len(_EXPORTED.intersection(names)) > 1:
        raise CampaignInputError(
            "this is the export of a campaign, not a list: its columns are not parameters. To go on with the campaign, "
            "send the list that it was made from with its journal; for a new list, keep the columns that the template "
            "needs"
        )
    has_index = names[0] == ""
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
    others = [(place, name) for place, name in enumerate(names) if place != mobile and name]
    width = len(names)
    for number, row in rows:
        if isinstance(row, BadLine):
            yield number, row
        elif len(row) != width and (len(row) < width or any(row[width:])):
            yield number, BadLine(number, f"it has {len(row)} cells where the header has {width}")
        elif has_index and not row[0].isdigit():
            yield number, BadLine(number, "the first column has no name in the header; name it, or take it out")
        else:
            yield number, (row[mobile], {name: row[place] for place, name in others} if others else None)


def _header(rows: Iterator[tuple[int, list[str] | BadLine]], mobile_column: str | None) -> tuple[int, list[str]] | None:
    """Return the header and the number of its line; titles above it are left out."""
    first: tuple[int, list[str]] | None = None
    for number, cells in islice(rows, _MOST_TITLES + 1):
        if isinstance(cells, BadLine):
            raise CampaignInputError(f"the header, line {number}, cannot be read: {cells.reason}")
        # A title is one cell, with empty ones beside it at most; anything else is the header.
        is_title = sum(map(bool, cells)) == 1 and not _is_mobile(cells[0]) and not _has_mobile(cells, mobile_column)
        if not is_title and (first is None or _has_mobile(cells, mobile_column)):
            return number, _names(cells)
        first = first or (number, cells)
        if not is_title:
            break
    return None if first is None else (first[0], _names(first[1]))


def _has_mobile(cells: list[str], mobile_column: str | None) -> bool:
    return mobile_column in cells or (mobile_column is None and find_mobile(cells, None) is not None)


def _is_mobile(text: str) -> bool:
    try:
        parse_mobile(text)
    except ArgumentError:
        return False
    return True


def _names(cells: list[str]) -> list[str]:
    names = list(cells)
    # Spreadsheets write columns that were used once.
    while not names[-1]:
        names.pop()
    # The first may be the index that pandas writes.
    if "" in names[1:]:
        raise CampaignInputError(f"column {names.index('', 1) + 1} of the header has no name")
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
                # It is inside a quoted cell: the quote's line is bad, and this one is bad by itself.
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
        """Begin a row."""
        self.taken.clear()

    def give_back(self, bad: BadLine | None) -> BadLine:
        """Read all lines but the first of this row once more, as rows of their own."""
        self._again.extendleft(reversed(self.taken[1:]))
        return bad or BadLine(self.first, "a quote is opened and never closed")

    def peek(self) -> str:
        """Return the first line that is not blank, which is still to be read."""
        skipped: list[_NUMBERS] = []
        found = ""
        for number, line in self._lines:
            skipped.append((number, line))
            if isinstance(line, BadLine) or line.strip():
                found = "" if isinstance(line, BadLine) else line
                break
        self._again.extend(skipped)
        return found


_PARAMETERS = "temp_para"


def read_json_lines(lines: Iterator[tuple[int, str | BadLine]], mobile_key: str | None) -> Iterator[Entry]:
    """Every entry: ``{"mobile": …, "temp_para": {…}}``, ``{"mobile": …, "name": …}`` or a number alone."""
    for number, line in lines:
        if isinstance(line, BadLine):
            yield number, line
        elif line.strip():
            yield number, _read(number, line, mobile_key)


class _RepeatedFieldError(ValueError):
    """A field is in an object more than once."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise _RepeatedFieldError
    return fields


def _read(number: int, line: str, mobile_key: str | None) -> RecipientLike | BadLine:
    try:
        value: object = json.loads(line, object_pairs_hook=_object)
    except _RepeatedFieldError:
        return BadLine(number, "a field is in it more than once")
    except ValueError as error:
        # Only its words: the error itself holds the line.
        return BadLine(number, f"it is not JSON ({getattr(error, 'msg', 'a number too long')})")
    except RecursionError:
        return BadLine(number, "it is not JSON that can be read: nested too deep")
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return (cast("str", value), None)
    if not isinstance(value, dict):
        return BadLine(number, "it is neither an object nor a number")
    fields = cast("dict[str, object]", value)
    names = list(fields)
    try:
        place = find_mobile(names, mobile_key)
    except CampaignInputError as error:
        return BadLine(number, error.message)
    if place is None:
        return BadLine(number, "no field of it is known to have the number: call it mobile")
    mobile = fields.pop(names[place])
    if _PARAMETERS not in fields:
        return {"mobile": mobile, "temp_para": fields or None}
    parameters = fields.pop(_PARAMETERS)
    if fields:
        return BadLine(number, "it has temp_para and other fields beside it; put all parameters into one place")
    return {"mobile": mobile, "temp_para": parameters}
