"""Faults of a store, and how tests call it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import closing

import httpx
import sqlalchemy

from jsms_client import Store, StoreError, UnknownOutcomeError
from jsms_client.results import SentMessage
from jsms_client.store import _database
from jsms_client.store._sql import SQLBackend
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import by_threads

MINE = "m" * 32


class After(httpx.HTTPTransport):
    """Does something after a response has come, and before the store hears of it."""

    def __init__(self, do: Callable[[], object]) -> None:
        super().__init__()
        self._do = do

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        response.read()
        self._do()
        return response


def execute_as_owner(address: str, *statements: str) -> None:
    """Execute a statement as the owner of the server, not of the store."""
    url = sqlalchemy.make_url(address)
    owner = url.set(username="jsms") if url.get_backend_name() == "postgresql" else url
    engine = sqlalchemy.create_engine(owner, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def redis_command(address: str, *words: str | bytes) -> object:
    """Have Redis execute a command."""
    redis = importlib.import_module("redis")  # whose types are partial
    with closing(redis.Redis.from_url(address, decode_responses=True)) as connection:
        result: object = connection.execute_command(*words)
        return result


def database_of(store: Store) -> _database.Database:
    """Return the database of a store in SQL."""
    backend = store.backend
    assert isinstance(backend, SQLBackend)
    return backend.database


def outcome(sandbox: Sandbox, store: Store | str, key: str) -> object:
    """Return the msg_id that a key gives, or the class of its error."""
    try:
        sent = by_threads("sendCode", sandbox.settings, store=store, once=key)
    except (StoreError, UnknownOutcomeError) as error:
        assert ("nothing was sent" in str(error)) == (error.attempts == 0), error
        return type(error)
    assert isinstance(sent, SentMessage)
    return sent.msg_id
