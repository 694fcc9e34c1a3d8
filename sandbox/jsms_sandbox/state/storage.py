"""Storage of entities: in memory, or as JSON in a SQLite file."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jsms_sandbox.state.entities import Entity

if TYPE_CHECKING:
    from pydantic import TypeAdapter


T = TypeVar("T")


def encode(entity: Any) -> str:
    """Serialise a dataclass as JSON."""
    return _adapter(entity.__class__).dump_json(entity).decode()


def decode(kind: type[T], text: str | bytes) -> T:
    """Parse a dataclass from JSON. Unknown fields are dropped, missing ones take their default.

    Raises:
        ValueError: It is not one; the text names the field, without its value.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - as below

    try:
        return cast("T", _adapter(cast("Any", kind)).validate_json(text, strict=True))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{place or 'the row'}: {first['msg'][:1].lower()}{first['msg'][1:]}") from None


@functools.cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - a sandbox that keeps nothing starts without it

    return TypeAdapter(kind)


APPLICATION_ID = 0x4A534D53
"""Marks a file as ours ("JSMS")."""

FORMAT = 1
"""The version of what is in the file."""

OWNER_ALONE = 0o600
"""The files' mode: numbers, codes and secrets are in them. SQLite gives the files beside it the same mode."""

E = TypeVar("E", bound=Entity)


class StorageError(Exception):
    """The file cannot be used; the text says why, in one sentence."""


class Storage:
    """Where entities are kept. This one keeps none of them: the state is in memory alone."""

    def save(self, entity: Entity) -> None:
        """Keep an entity as it is at the next commit."""

    def remove(self, entity: Entity) -> None:
        """Remove an entity at the next commit."""

    def commit(self) -> None:
        """Write what was saved and removed since the last commit, all of it or nothing."""

    def load(self, kind: type[E]) -> Iterator[E]:  # noqa: ARG002 - a file's
        """Load every kept entity of a kind, in the order of first saving."""
        return iter(())

    def damaged(self, table: str, key: object, why: str) -> StorageError:
        """Make the exception for a kept entity that cannot be used."""
        return StorageError(f"{table} {str(key)[:50]!r}: {why}")

    def clear(self) -> None:
        """Remove everything."""

    def close(self) -> None:
        """Close the file."""


class SQLiteFile(Storage):
    """Keeps entities in one SQLite file, one row each.

    Args:
        path: The file; it is made where it does not exist.

    Raises:
        StorageError: The file cannot be opened or written, or another program or version made it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed: dict[tuple[str, str], Entity | None] = {}
        if path.is_dir():
            raise StorageError(f"{path} is a folder; --db needs a file.")
        with suppress(OSError):  # where there is one, or none can be made, SQLite says more
            path.touch(OWNER_ALONE, exist_ok=False)
        try:
            # The thread that serves may be another than the one that opens; never two at once.
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=0.5, check_same_thread=False)
        except sqlite3.Error as error:
            raise StorageError(f"Cannot open {path}: {error}.") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            if "malformed" in str(error):
                raise self._damaged(error) from error
            if "not a database" in str(error):
                raise StorageError(f"{path} is not a database of this sandbox; name another file.") from error
            if "locked" in str(error):
                raise StorageError(f"{path} is in use by another sandbox; stop it or name another file.") from error
            raise StorageError(f"Cannot write {path}: {error}.") from error
        except StorageError:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        run = self._connection.execute
        (application,) = run("PRAGMA application_id").fetchone()
        (version,) = run("PRAGMA user_version").fetchone()
        tables = run("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != APPLICATION_ID and tables:
            raise StorageError(f"{self._path} is a database of another program; name another file.")
        if application == APPLICATION_ID and version != FORMAT:
            raise StorageError(
                f"{self._path} was made by another version of the sandbox (format {version}, this one reads {FORMAT}); "
                "name another file."
            )
        (state,) = run("PRAGMA quick_check(1)").fetchone()
        if state != "ok":
            raise self._damaged(state.splitlines()[-1])
        self._hide_from_others()
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        run("BEGIN IMMEDIATE")
        run(f"PRAGMA application_id = {APPLICATION_ID}")
        run(f"PRAGMA user_version = {FORMAT}")
        run(
            "CREATE TABLE IF NOT EXISTS entity (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, "
            "data TEXT NOT NULL, UNIQUE (kind, key))"
        )
        run("COMMIT")

    def _hide_from_others(self) -> None:
        """Make the file, and SQLite's files beside it, readable by the owner alone; an earlier version did not."""
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                self._path.with_name(self._path.name + suffix).chmod(OWNER_ALONE)

    def save(self, entity: Entity) -> None:
        """Keep an entity as it is at the next commit."""
        self._changed[entity.table, entity.key] = entity

    def remove(self, entity: Entity) -> None:
        """Remove an entity at the next commit."""
        self._changed[entity.table, entity.key] = None

    def commit(self) -> None:
        """Write what was saved and removed since the last commit, all of it or nothing."""
        if not self._changed:
            return
        run = self._connection.execute
        try:
            with self._connection:
                run("BEGIN IMMEDIATE")
                for (table, key), entity in self._changed.items():
                    if entity is None:
                        run("DELETE FROM entity WHERE kind = ? AND key = ?", (table, key))
                    else:
                        run(
                            "INSERT INTO entity (kind, key, data) VALUES (?, ?, ?) "
                            "ON CONFLICT (kind, key) DO UPDATE SET data = excluded.data",
                            (table, key, encode(entity)),
                        )
        except sqlite3.Error as error:
            raise StorageError(f"Cannot write {self._path}: {error}.") from error
        self._changed.clear()

    def load(self, kind: type[E]) -> Iterator[E]:
        """Load every kept entity of a kind, in the order of first saving."""
        try:
            rows = self._connection.execute(
                "SELECT key, data FROM entity WHERE kind = ? ORDER BY number", (kind.table,)
            ).fetchall()
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        for key, data in rows:
            try:
                entity = decode(kind, data if isinstance(data, str | bytes) else b"")
            except ValueError as error:
                raise self.damaged(kind.table, key, str(error)) from error
            if entity.key != key:
                raise self.damaged(kind.table, key, "the key is another than in the data")
            yield entity

    def damaged(self, table: str, key: object, why: str) -> StorageError:
        """Make the exception for a row that cannot be used."""
        return self._damaged(super().damaged(table, key, why))

    def _damaged(self, why: object) -> StorageError:
        return StorageError(f"{self._path} is damaged ({why}); name another file.")

    def clear(self) -> None:
        """Remove everything."""
        try:
            self._connection.execute("DELETE FROM entity")
        except sqlite3.Error as error:
            raise StorageError(f"Cannot write {self._path}: {error}.") from error
        self._changed.clear()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
