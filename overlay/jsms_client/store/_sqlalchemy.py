"""A store in PostgreSQL, MySQL or MariaDB, through SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from jsms_client._concurrency import PerProcess
from jsms_client.errors import ConfigurationError, MissingDependencyError, StoreError
from jsms_client.store._backend import lost
from jsms_client.store._database import DIALECTS, Execute, Rows
from jsms_runtime.errors import is_raised_by_handler

_T = TypeVar("_T")
_ATTEMPTS = 5
# Of MySQL, and of PostgreSQL (deadlock_detected, serialization_failure).
_DEADLOCKS = (1213, "40P01", "40001")
# A database that cannot be reached must not hold a send for minutes; the address may say otherwise. All are seconds but
# for tcp_user_timeout, which is milliseconds.
_LIBPQ: Mapping[str, int] = {"connect_timeout": 10, "tcp_user_timeout": 10_000, "keepalives_idle": 30}
_MYSQL = ("pymysql", "mysqldb")
_OPTIONS: Mapping[str, Mapping[str, int | None]] = {
    "psycopg": {**_LIBPQ, "prepare_threshold": None},  # PgBouncer gives each transaction another connection
    "psycopg2": _LIBPQ,
    "pymysql": {"connect_timeout": 10},
    "mysqldb": {"connect_timeout": 10},
}


class SQLAlchemyDatabase:
    """A pool of connections for each process."""

    def __init__(self, address: str, statement_seconds: int | None = None) -> None:
        self._statement_seconds = statement_seconds
        try:
            url = make_url(address)
            dialect = DIALECTS.get(url.get_backend_name())
        except (ArgumentError, ValueError):
            dialect, url = None, URL.create("unknown")
        if dialect is None:
            raise ConfigurationError(
                "store is an address of no database that can be used: give a file, or an address that begins with "
                "postgresql+psycopg://, mysql+pymysql:// or redis://"
            )
        self.dialect = dialect
        self._url = url
        self._shown = url.render_as_string(hide_password=True).partition("?")[0]
        self._engines = PerProcess(self._make)
        try:
            self._is_async = self._engines.get().dialect.is_async
        except (ImportError, NoSuchModuleError) as error:
            raise MissingDependencyError(
                f"store needs the driver of {url.drivername}, which is not installed ({error}): install psycopg for "
                "postgresql+psycopg://, PyMySQL for mysql+pymysql://"
            ) from error
        except (ArgumentError, TypeError, ValueError) as error:
            raise ConfigurationError(
                f"store has an option behind the ? of its address that {url.drivername} cannot use"
            ) from error
        if self._is_async:
            raise ConfigurationError(
                f"store cannot use {url.drivername}, a driver for asyncio alone: use postgresql+psycopg:// or "
                "mysql+pymysql://, which serve both clients"
            )

    def run(self, work: Callable[[Execute], _T], *, repeatable: bool = False) -> _T:
        """Run a transaction."""
        attempt = 1
        while True:
            try:
                with self.connection() as (connection, execute), connection.begin():
                    return work(execute)
            except SQLAlchemyError as error:
                if _is_disconnect(error) and repeatable:
                    repeatable = False  # once: a database that hangs must not hold a send for minutes
                elif not _is_deadlock(_cause(error)) or attempt == _ATTEMPTS:
                    raise self._lost(error) from _cause(error)
                attempt += 1

    @contextmanager
    def connection(self) -> Generator[tuple[Connection, Execute]]:
        """Open a connection for several transactions, each from its first statement to its commit or roll-back."""
        try:
            connection = self._engines.get().connect()
        except Exception as error:
            # A driver raises anything for a host or an option that it cannot use.
            if isinstance(error, SQLAlchemyError) or is_raised_by_handler(error):
                raise
            raise self._lost(error) from error
        try:
            yield connection, _executing(connection)
        finally:
            with suppress(SQLAlchemyError):
                connection.close()

    @contextmanager
    def translating(self) -> Generator[None]:
        """Raise what SQLAlchemy raises as a `StoreError`."""
        try:
            yield
        except SQLAlchemyError as error:
            raise self._lost(error) from _cause(error)

    def _lost(self, error: Exception) -> StoreError:
        return lost(self._shown, _cause(error), str(self._url.password or ""))

    def close(self) -> None:
        """Close this process's connections."""
        engine = self._engines.pop()
        if engine is not None:
            engine.dispose()

    def _make(self) -> Engine:
        options = dict(_OPTIONS.get(self._url.get_driver_name(), {}))
        if self._url.get_driver_name() in _MYSQL and self._statement_seconds is not None:
            options |= {"read_timeout": self._statement_seconds, "write_timeout": self._statement_seconds}
        return create_engine(
            self._url,
            pool_pre_ping=True,  # a connection that the database closed meanwhile is replaced
            isolation_level="READ COMMITTED",
            hide_parameters=True,
            connect_args={name: value for name, value in options.items() if name not in self._url.query},
        )


def _cause(error: Exception) -> Exception:
    """Return the driver's own error: SQLAlchemy's holds the statement's parameters."""
    cause: object = getattr(error, "orig", None)
    return cause if isinstance(cause, Exception) else error


def _executing(connection: Connection) -> Execute:
    def execute(statement: str, /, **parameters: object) -> Rows:
        result = connection.execute(text(statement), parameters)
        rows = [tuple(row) for row in result] if result.returns_rows else []
        return Rows(rows, result.rowcount)

    return execute


def _is_disconnect(error: SQLAlchemyError) -> bool:
    """Whether an open connection was lost; a database that cannot be connected to is another failure."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _is_deadlock(error: Exception) -> bool:
    return getattr(error, "sqlstate", None) in _DEADLOCKS or (bool(error.args) and error.args[0] in _DEADLOCKS)
