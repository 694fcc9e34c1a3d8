"""A list of recipients in a file, read for other uses than a campaign."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jsms_client.campaigns._errors import BadLine
from jsms_client.campaigns._inputs.files import RecipientFile, read_file
from jsms_client.campaigns._inputs.sources import check, chunks
from jsms_runtime.results import MOBILE, SECRET, Result


@dataclass(frozen=True, slots=True, repr=False)
class ListedRecipient(Result):
    """A recipient of a list.

    Attributes:
        line: The line in the file, counted from 1.
        mobile: The number, 11 digits.
        temp_para: The values of the template's variables; None where the line has none.
    """

    line: int
    mobile: str = field(metadata=MOBILE)
    temp_para: Mapping[str, str] | None = field(default=None, hash=False, metadata=SECRET)


def read_recipients(file: str | os.PathLike[str] | RecipientFile) -> Iterator[ListedRecipient | BadLine]:
    """Read a list of recipients as `campaigns.send` does: CSV, TSV or JSON lines.

    Args:
        file: The file; a `RecipientFile` says how to read it where that cannot be found out.

    Yields:
        Each entry, a thousand at a time: those that can be sent to, and those that cannot with the reason.

    Raises:
        CampaignInputError: The file cannot be read, is no list, or does not say where the numbers are.
    """
    for entries in chunks(read_file(file if isinstance(file, RecipientFile) else RecipientFile(file))):
        checked, bad = check(entries)
        yield from (ListedRecipient(line, mobile, temp_para) for line, mobile, temp_para in checked)
        yield from bad


__all__ = ["ListedRecipient", "read_recipients"]
