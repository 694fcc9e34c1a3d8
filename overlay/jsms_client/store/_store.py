"""The store: one address, and what the processes of an app share through it."""

from __future__ import annotations

import os
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self, TypeAlias, cast
from urllib.parse import urlsplit

from jsms_client.errors import ConfigurationError, MissingDependencyError

if TYPE_CHECKING:
    from jsms_client.store._backend import Backend

StoreLike: TypeAlias = "str | os.PathLike[str] | Store"
"""What every ``store=`` takes: a file, an address, or a `Store`."""

_REDIS = ("redis", "rediss", "unix")


class Store:
    """What the processes and machines of an app share: a file, a database or Redis.

    ```python
    jsms = JSMS(store="postgresql+psycopg://user:password@db/shop")
    jsms.codes.send("13800138000", temp_id=1, once="login-42")
    ```

    May be shared by clients, threads, tasks and, through a fork, by processes. Both clients use it; an AsyncJSMS
    waits for it in worker threads. Its tables are created and migrated when it is first used.

    Args:
        address: A file for SQLite (``"jsms.db"``), or ``postgresql+psycopg://``, ``mysql+pymysql://`` or
            ``redis://`` with user, password, host and database.
        keep: How long a key of ``once=`` is kept, as seconds or a timedelta; 30 days. After that it can send again.
        lease: How many seconds a consumer of delivery reports or replies has for one record; 60. Then it goes to
            another consumer, as the first one seems to have died.

    Raises:
        ConfigurationError: An argument cannot work.
        MissingDependencyError: The extra or the driver that the address needs is not installed.
    """

    def __init__(
        self, address: str | os.PathLike[str], *, keep: float | timedelta = timedelta(days=30), lease: float = 60.0
    ) -> None:
        self.keep = _seconds("keep", keep.total_seconds() if isinstance(keep, timedelta) else keep)
        self.lease = _seconds("lease", lease)
        self._shown, self._backend = _open(address)

    @property
    def backend(self) -> Backend:
        """The steps that everything shared is made of; internal."""
        return self._backend

    def close(self) -> None:
        """Close this process's connections; the next use opens them again."""
        self._backend.close()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close this process's connections."""
        self.close()

    def __repr__(self) -> str:
        """Return the kind of store, and nothing that opens it."""
        return f"<Store {self._shown}>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: the address may have a password in it.

        Raises:
            TypeError: Always.
        """
        raise TypeError("a store holds a password and cannot be pickled; make one where it is needed")


def open_store(store: StoreLike) -> Store:
    """Return the store of an argument ``store=``."""
    return store if isinstance(store, Store) else Store(store)


def entry_id(*parts: str) -> str:
    """Return the id of an entry or a queue: of fixed length, showing none of the characters of its parts."""
    digest = sha256()
    for part in parts:
        content = part.encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def new_owner() -> str:
    """Return a text that no other process has."""
    return os.urandom(16).hex()


def _open(address: object) -> tuple[str, Backend]:
    if not isinstance(address, (str, os.PathLike)):
        raise ConfigurationError(
            f"store is of type {type(address).__name__}: give a file, an address such as "
            "postgresql+psycopg://user:password@host/database, or a Store"
        )
    text = os.fsdecode(cast("str | os.PathLike[str]", address))
    if not text.strip() or "\0" in text or text in (":memory:", "memory"):
        raise ConfigurationError(
            "store must name a file or a database that other processes can open: it is empty or in memory"
        )
    scheme, separator, _ = text.partition("://")
    if not separator or scheme == "sqlite":
        from jsms_client.store._database import SQLiteDatabase
        from jsms_client.store._sql import SQLBackend

        # As SQLAlchemy writes it: sqlite:///relative.db, sqlite:////absolute.db.
        path = Path(urlsplit(text).path[1:] if separator else text)
        return f"sqlite:///{path}", SQLBackend(SQLiteDatabase(path))
    try:
        if scheme in _REDIS:
            from jsms_client.store._redis import RedisBackend

            return scheme, RedisBackend(text)
        from jsms_client.store._sql import SQLBackend
        from jsms_client.store._sqlalchemy import SQLAlchemyDatabase

        return scheme, SQLBackend(SQLAlchemyDatabase(text))
    except ModuleNotFoundError as error:
        extra = "redis" if scheme in _REDIS else "sql"
        raise MissingDependencyError(
            f"a store at {scheme}:// needs the extra {extra!r} (missing: {error.name}): install jsms-client[{extra}]"
        ) from error


def _seconds(name: str, value: float) -> float:
    if not isinstance(value, bool) and isinstance(cast("object", value), (int, float)) and 0 < value < 1e10:
        return float(value)
    raise ConfigurationError(f"{name} must be a number of seconds above 0")
