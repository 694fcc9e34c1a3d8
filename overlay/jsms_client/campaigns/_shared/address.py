"""Where a shared campaign is: ``postgresql+psycopg://user:password@host/database?campaign=spring``."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from jsms_client.errors import ConfigurationError, MissingDependencyError
from jsms_client.store._store import entry_id
from jsms_runtime.validation import invalid_argument

if TYPE_CHECKING:
    from jsms_client.store._sqlalchemy import SQLAlchemyDatabase

LEASE = 60.0
"""Seconds after which a worker that does not write is dead."""
_LONGEST_NAME = 200
_UNNAMEABLE = re.compile("[\0-\x1f\x7f\ud800-\udfff]")


class SharedAddress:
    """A campaign in a database.

    Args:
        journal: What the caller gave.

    Attributes:
        key: Tells it from other campaigns, and shows nothing of the address.

    Raises:
        ArgumentError: It names no campaign, or no database that can be used.
        MissingDependencyError: The extra or the driver that it needs is not installed.
    """

    def __init__(self, journal: object) -> None:
        parts = urlsplit(os.fsdecode(cast("str | os.PathLike[str]", journal)))
        query = dict(parse_qsl(parts.query))
        self.campaign = query.pop("campaign", "").strip()
        lease = query.pop("lease", str(LEASE))
        try:
            self.lease = float(lease)
        except ValueError:
            self.lease = 0.0
        if not 0 < len(self.campaign) <= _LONGEST_NAME or _UNNAMEABLE.search(self.campaign):
            raise invalid_argument(
                "journal",
                "names no campaign",
                f"end the address with ?campaign= and a name of your own, of at most {_LONGEST_NAME} characters",
            )
        if not 0 < self.lease < 1e6:
            raise invalid_argument("journal", "has a lease that is no number of seconds above 0", "leave it out for 60")
        if parts.scheme.partition("+")[0] not in ("postgresql", "mysql", "mariadb"):
            raise invalid_argument(
                "journal",
                f"is in {parts.scheme}, which cannot hold a campaign for several machines",
                "give a file, or an address that begins with postgresql+psycopg:// or mysql+pymysql://",
            )
        try:
            from jsms_client.store._sqlalchemy import SQLAlchemyDatabase  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise MissingDependencyError(
                f"a journal in {parts.scheme} needs the extra 'sql' (missing: {error.name}): install jsms-client[sql]"
            ) from error
        database = urlunsplit(parts._replace(query=urlencode(query)))
        self.key = entry_id(database, self.campaign)
        try:
            self.database: SQLAlchemyDatabase = SQLAlchemyDatabase(database)
        except ConfigurationError as error:
            raise invalid_argument("journal", error.message.removeprefix("store "), "see docs/campaigns.md") from error

    def __str__(self) -> str:
        """Return the campaign's name, and nothing that opens the database."""
        return f"the shared campaign {self.campaign!r}"
