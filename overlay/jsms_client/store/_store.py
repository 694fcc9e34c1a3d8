"""The store: one address, what the processes of an app share through it, and the nonces of their callbacks."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self, TypeAlias, cast

from jsms_client.errors import ConfigurationError, MissingDependencyError
from jsms_client.store._backend import Entry

if TYPE_CHECKING:
    from jsms_client.store._redis import RedisBackend
    from jsms_client.store._sql import SQLBackend

Backend: TypeAlias = "RedisBackend | SQLBackend"
"""The few steps that everything shared is made of, the same in every store; `SQLBackend` says what each does."""

StoreLike: TypeAlias = "str | os.PathLike[str] | Store"
"""What every ``store=`` takes: a file, an address, or a `Store`."""

# Seconds that a nonce is kept for longer than its callback is accepted: clocks of machines differ.
_MARGIN = 3600.0
# How long a statement may take where the driver can end it.
_STATEMENT_SECONDS = 10
_SQLITE = ("sqlite", "sqlite+pysqlite")
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


class SharedNonceStore:
    """A `NonceStore` that all processes share: ``CallbackReceiver(nonce_store="redis://…")`` makes one.

    Its methods are plain functions; `CallbackApp` and ``async with receiver.accept(…)`` run them in worker threads.

    Args:
        store: A file, an address or a `Store`.
        scope: What keeps apps that share a store apart; the receiver gives its app's key.
    """

    def __init__(self, store: StoreLike, scope: str = "") -> None:
        self._store = open_store(store)
        self._scope = scope

    def add(self, nonce: str, expires: datetime) -> bool:
        """Remember a nonce, in one atomic step.

        Args:
            nonce: The nonce.
            expires: When it may be forgotten.

        Returns:
            True if the nonce is new, False if it is already remembered.

        Raises:
            StoreError: The store failed. The apps respond with 500, and the service tries again.
        """
        owner = new_owner()
        seconds = max(0.0, (expires - datetime.now(UTC)).total_seconds()) + _MARGIN
        before = self._store.backend.put(self._name(nonce), Entry(owner), seconds)
        return before is None or before.owner == owner

    def contains(self, nonce: str) -> bool:
        """Whether a nonce is remembered.

        Raises:
            StoreError: The store failed.
        """
        return self._store.backend.get(self._name(nonce)) is not None

    def discard(self, nonce: str) -> None:
        """Forget a nonce whose callback could not be handled.

        Raises:
            StoreError: The store failed.
        """
        self._store.backend.remove(self._name(nonce))

    def __repr__(self) -> str:
        """Return the store, and nothing that opens it."""
        return f"{type(self).__name__}({self._store!r})"

    def _name(self, nonce: str) -> str:
        return entry_id("nonce", self._scope, nonce)


def open_store(store: StoreLike) -> Store:
    """Return the store of an argument ``store=``."""
    return store if isinstance(store, Store) else Store(store)


def entry_id(*parts: str) -> str:
    """Return the id of an entry or a queue: of fixed length, showing none of the characters of its parts."""
    digest = sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass")
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
    scheme, separator, rest = text.partition("://")
    is_file = not separator or scheme in _SQLITE
    # As SQLAlchemy writes it: sqlite:///relative.db, sqlite:////absolute.db.
    file = rest.partition("?")[0].partition("/")[2] if separator else text
    if not text.strip() or "\0" in text or (is_file and file.strip() in ("", ":memory:", "memory")):
        raise ConfigurationError(
            "store must name a file or a database that other processes can open: it is empty or in memory"
        )
    if is_file:
        from jsms_client.store._database import SQLiteDatabase
        from jsms_client.store._sql import SQLBackend

        path = Path(file)
        return f"sqlite:///{path}", SQLBackend(SQLiteDatabase(path))
    try:
        if scheme in _REDIS:
            from jsms_client.store._redis import RedisBackend

            return scheme, RedisBackend(text)
        from jsms_client.store._sql import SQLBackend
        from jsms_client.store._sqlalchemy import SQLAlchemyDatabase

        return scheme, SQLBackend(SQLAlchemyDatabase(text, _STATEMENT_SECONDS))
    except ModuleNotFoundError as error:
        extra = "redis" if scheme in _REDIS else "sql"
        raise MissingDependencyError(
            f"a store at {scheme}:// needs the extra {extra!r} (missing: {error.name}): install jsms-client[{extra}]"
        ) from error


def _seconds(name: str, value: float) -> float:
    if not isinstance(value, bool) and isinstance(cast("object", value), (int, float)) and 0 < value < 1e10:
        return float(value)
    raise ConfigurationError(f"{name} must be a number of seconds above 0")
