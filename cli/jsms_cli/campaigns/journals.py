"""The journal argument of the command: a file, or the address of a campaign in a database."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit


class JournalPath(os.PathLike[str]):
    """The path of a file, or the address of a campaign in a database."""

    def __init__(self, given: str) -> None:
        self._given = given
        self._is_shared = "://" in given

    def __fspath__(self) -> str:
        """Return it in the client's form."""
        return self._given

    @property
    def is_gone(self) -> bool:
        """Whether there is no file; a campaign in a database is never gone."""
        return not self._is_shared and not Path(self._given).exists()

    def exists(self) -> bool:
        """Whether the file is there, or the campaign has begun.

        Raises:
            JournalError: The database cannot be used.
        """
        if not self._is_shared:
            return not self.is_gone
        from jsms_client.campaigns import NoCampaignError, open_campaign

        try:
            open_campaign(self)
        except NoCampaignError:
            return False
        return True

    @property
    def files(self) -> list[Path]:
        """Its files, which nothing may be written over."""
        return [] if self._is_shared else [Path(self._given), Path(f"{self._given}-journal")]

    def __str__(self) -> str:
        """Return the path, or the address without its password."""
        if not self._is_shared:
            return self._given
        parts = urlsplit(self._given)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def is_one_of(file: Path, *others: Path) -> bool:
    """Whether a name means one of some files, by whichever way, or would once that is there."""
    for other in others:
        if file.resolve() == other.resolve() or (file.exists() and other.exists() and file.samefile(other)):
            return True
    return False
