"""The SQL databases: how their dialects differ, the one in a file, and the tables of the store."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from jsms_client.errors import StoreError
from jsms_client.store._backend import lost
from jsms_runtime.errors import is_raised_by_handler

_T = TypeVar("_T")


class Rows(NamedTuple):
    """What a statement gave: the rows that it selected, and how many it inserted, updated or deleted."""

    rows: Sequence[Sequence[object]]
    changed: int


class Execute(Protocol):
    """Executes one statement inside a transaction; parameters are written ``:name``."""

    def __call__(self, statement: str, /, **parameters: object) -> Rows:
        """Execute it."""
        ...


class Dialect(NamedTuple):
    """What the databases write in different ways."""

    name: str
    now: str  # seconds since the epoch by the database's clock
    serial: str  # the type of a primary key that counts by itself
    text: str  # the type of a text of any length
    insert_new: str = "INSERT INTO"  # how an INSERT begins that leaves existing rows alone
    unless_there: str = "ON CONFLICT DO NOTHING"  # how it ends
    skip_locked: str = "FOR UPDATE SKIP LOCKED"  # how a SELECT ends whose rows are for one transaction alone
    lock: str = ""  # keeps other processes from changing the tables until the transaction ends, or ``unlock``
    unlock: str = ""
    from_json: str = ""  # a table in a FROM clause, made of a JSON array of objects: see `rows`
    column: str = ""  # one column of it
    joined: str = ""  # how an UPDATE joins such a table

    def rows(self, **columns: type) -> str:
        """Return ``:rows``, a JSON array of objects, as a table ``v``; what an object lacks is NULL there."""
        types = {int: "BIGINT", str: self.text}
        listed = (self.column.format(name=name, type=types[kind]) for name, kind in columns.items())
        return self.from_json.format(columns=", ".join(listed))


# SQLite locks the whole file for a transaction that writes.
SQLITE = Dialect(
    "sqlite",
    now="((julianday('now') - 2440587.5) * 86400.0)",
    serial="INTEGER PRIMARY KEY AUTOINCREMENT",
    text="TEXT",
    skip_locked="",
)
_POSTGRESQL = Dialect(
    "postgresql",
    now="CAST(extract(epoch FROM clock_timestamp()) AS double precision)",
    serial="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    text="TEXT",
    lock="SELECT pg_advisory_xact_lock(7076777783)",
    from_json="json_to_recordset(CAST(:rows AS json)) AS v ({columns})",
    column="{name} {type}",
    joined="UPDATE {table} AS r SET {assignments} FROM {rows}",
)
_MYSQL = Dialect(
    "mysql",
    # Not unix_timestamp(), which reads a time of day in the session's time zone.
    now="(timestampdiff(MICROSECOND, '1970-01-01', utc_timestamp(6)) / 1e6)",
    serial="BIGINT AUTO_INCREMENT PRIMARY KEY",
    # A database may have another character set, in which INSERT IGNORE turns what it lacks into question marks.
    text="LONGTEXT CHARACTER SET utf8mb4",
    insert_new="INSERT IGNORE INTO",
    unless_there="",
    # Changing a table commits. A process that changes it again would be in a deadlock with one that uses it already.
    lock="SELECT GET_LOCK(SHA1(CONCAT('jsms_schema ', DATABASE())), 30)",
    unlock="DO RELEASE_LOCK(SHA1(CONCAT('jsms_schema ', DATABASE())))",
    from_json="JSON_TABLE(:rows, '$[*]' COLUMNS ({columns})) AS v",
    column="{name} {type} PATH '$.{name}'",
    joined="UPDATE {table} AS r JOIN {rows} SET {assignments}",
)
DIALECTS: Mapping[str, Dialect] = {
    "sqlite": SQLITE,
    "postgresql": _POSTGRESQL,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
}

# Seconds that a transaction of SQLite waits for those of other processes.
_PATIENCE = 30


class Database(Protocol):
    """Runs transactions.

    Attributes:
        dialect: How it writes what others write in another way.
    """

    dialect: Dialect

    def run(self, work: Callable[[Execute], _T], *, repeatable: bool = False) -> _T:
        """Run a transaction; one that lost a deadlock is run again.

        Args:
            work: Executes its statements; may be called more than once.
            repeatable: Whether it may also be run again after a commit whose outcome is not known.

        Raises:
            StoreError: The database failed, and the transaction was rolled back or its outcome is not known.
        """
        ...

    def close(self) -> None:
        """Close this process's connections."""
        ...


class SQLiteDatabase:
    """A file, opened for each transaction, so that threads and forked processes share nothing but the file."""

    dialect = SQLITE

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._seen = False

    def run(self, work: Callable[[Execute], _T], *, repeatable: bool = False) -> _T:  # noqa: ARG002 - nothing is lost
        """Run a transaction."""
        try:
            with closing(self._connect()) as connection:
                # Takes the lock at once: a transaction that reads first could not always wait for it.
                connection.execute("BEGIN IMMEDIATE")

                def execute(statement: str, /, **parameters: object) -> Rows:
                    cursor = connection.execute(statement, parameters)
                    return Rows(cursor.fetchall(), cursor.rowcount)

                result = work(execute)
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise lost(str(self._path), error) from error
        self._seen = True
        return result

    def close(self) -> None:
        """Nothing stays open."""

    def _connect(self) -> sqlite3.Connection:
        # A file that was removed meanwhile is missed, not made again empty: it said what has been sent.
        mode = "rw" if self._seen else "rwc"
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE, isolation_level=None
        )
        connection.execute("PRAGMA synchronous=FULL")
        return connection


# Each makes the tables of one version from those of the version before it. Never change one that was released. A
# database that commits each of these by itself may run one again; constraints inside a table are its indexes.
_MIGRATIONS: Sequence[Sequence[str]] = (
    (
        """CREATE TABLE IF NOT EXISTS jsms_entries (id CHAR(64) PRIMARY KEY, owner CHAR(32) NOT NULL,
        value {text} NOT NULL, expires DOUBLE PRECISION NOT NULL, UNIQUE (expires, id))""",
        """CREATE TABLE IF NOT EXISTS jsms_items (number {serial}, queue CHAR(64) NOT NULL, value {text} NOT NULL,
        owner CHAR(32) NOT NULL, leased DOUBLE PRECISION NOT NULL, UNIQUE (queue, leased, number))""",
    ),
    # Campaigns that several processes share. A state is a number of the journal's schema; a holder is the worker that
    # has a recipient in flight, or reserved for its next request.
    (
        """CREATE TABLE IF NOT EXISTS jsms_campaigns (number {serial}, name VARCHAR(200) NOT NULL UNIQUE,
        settings {text} NOT NULL, service VARCHAR(400) NOT NULL, app CHAR(64) NOT NULL, input CHAR(64),
        waiting BIGINT NOT NULL DEFAULT 0, in_flight BIGINT NOT NULL DEFAULT 0, accepted BIGINT NOT NULL DEFAULT 0,
        refused BIGINT NOT NULL DEFAULT 0, unknown BIGINT NOT NULL DEFAULT 0, repeats BIGINT NOT NULL DEFAULT 0,
        bad_lines BIGINT NOT NULL DEFAULT 0, requests BIGINT NOT NULL DEFAULT 0,
        due DOUBLE PRECISION NOT NULL DEFAULT 0, stop {text})""",
        """CREATE TABLE IF NOT EXISTS jsms_recipients (campaign BIGINT NOT NULL, number BIGINT NOT NULL,
        mobile CHAR(11) NOT NULL, temp_para {text}, state SMALLINT NOT NULL DEFAULT 0,
        holder CHAR(32) NOT NULL DEFAULT '', request BIGINT, msg_id VARCHAR(64), code INT, delivery INT,
        delivered_at DOUBLE PRECISION, settled SMALLINT NOT NULL DEFAULT 0, resent SMALLINT NOT NULL DEFAULT 0,
        PRIMARY KEY (campaign, number), UNIQUE (campaign, mobile), UNIQUE (campaign, state, number))""",
        """CREATE TABLE IF NOT EXISTS jsms_requests (campaign BIGINT NOT NULL, number BIGINT NOT NULL,
        left_at DOUBLE PRECISION NOT NULL, send_time CHAR(19), schedule_id VARCHAR(64),
        PRIMARY KEY (campaign, number))""",
        """CREATE TABLE IF NOT EXISTS jsms_set_aside (campaign BIGINT NOT NULL, number BIGINT NOT NULL,
        reason VARCHAR(20) NOT NULL, mobile VARCHAR(32), text {text} NOT NULL, PRIMARY KEY (campaign, number))""",
        """CREATE TABLE IF NOT EXISTS jsms_other_reports (number {serial}, campaign BIGINT NOT NULL,
        msg_id VARCHAR(64) NOT NULL, mobile VARCHAR(32) NOT NULL, status INT NOT NULL, at DOUBLE PRECISION,
        UNIQUE (campaign, msg_id, mobile, status))""",
        """CREATE TABLE IF NOT EXISTS jsms_workers (campaign BIGINT NOT NULL, holder CHAR(32) NOT NULL,
        expires DOUBLE PRECISION NOT NULL, PRIMARY KEY (campaign, holder))""",
    ),
    # Every text of any length, and no two that differ the same: see _ALTERED.
    (),
)
_TABLES = tuple(found for each in _MIGRATIONS for statement in each for found in re.findall(r"EXISTS (\w+)", statement))
# What such a step changes in a database, by the step's version. SQLite keeps texts and numbers of any length as it is.
_ALTERED: Mapping[tuple[str, int], Sequence[str]] = {
    ("postgresql", 3): (
        "ALTER TABLE jsms_campaigns ALTER COLUMN service TYPE TEXT",
        "ALTER TABLE jsms_recipients ALTER COLUMN msg_id TYPE TEXT, ALTER COLUMN delivery TYPE BIGINT",
        "ALTER TABLE jsms_other_reports ALTER COLUMN status TYPE BIGINT",
    ),
    ("mysql", 3): (
        *(f"ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" for table in _TABLES),
        "ALTER TABLE jsms_campaigns MODIFY service LONGTEXT NOT NULL",
        "ALTER TABLE jsms_recipients MODIFY msg_id LONGTEXT, MODIFY delivery BIGINT",
        "ALTER TABLE jsms_other_reports MODIFY status BIGINT NOT NULL",
    ),
}


def migrate(database: Database) -> None:
    """Create the tables of the store, or bring them up to this version."""
    try:
        version = database.run(_version)
    except StoreError:
        version = 0  # there are no tables, or no connection, which the next transaction finds out
    if version < len(_MIGRATIONS):
        version = database.run(lambda execute: _migrate(execute, database.dialect))
    if version > len(_MIGRATIONS):
        raise StoreError(
            f"the tables of the store are of version {version}, and this version of jsms-client knows "
            f"{len(_MIGRATIONS)}: update jsms-client"
        )


def _version(execute: Execute) -> int:
    rows = execute("SELECT max(version) FROM jsms_schema").rows
    return int(str(rows[0][0] or 0))


def _migrate(execute: Execute, dialect: Dialect) -> int:
    if dialect.lock:
        execute(dialect.lock)
    try:
        return _migrate_locked(execute, dialect)
    finally:
        if dialect.unlock:
            # Also where it failed: a connection keeps such a lock beyond its transaction, and is used again.
            try:
                execute(dialect.unlock)
            except Exception as error:
                # One that is gone has no lock, and what it failed with says more.
                if is_raised_by_handler(error):
                    raise


def _migrate_locked(execute: Execute, dialect: Dialect) -> int:
    execute("CREATE TABLE IF NOT EXISTS jsms_schema (version INT PRIMARY KEY)")
    found = _version(execute)
    for version in range(found + 1, len(_MIGRATIONS) + 1):
        for statement in (*_MIGRATIONS[version - 1], *_ALTERED.get((dialect.name, version), ())):
            execute(statement.format(text=dialect.text, serial=dialect.serial))
        execute(f"{dialect.insert_new} jsms_schema (version) VALUES (:version) {dialect.unless_there}", version=version)
    if dialect.unlock:
        # The next one that has the lock must see the version.
        execute("COMMIT")
    return max(found, len(_MIGRATIONS))
