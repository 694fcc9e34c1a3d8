"""A database that is killed, closes connections or hangs: nothing is sent twice, each error says what was sent."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest
import sqlalchemy
from sqlalchemy.exc import DBAPIError

from engines import ENGINES, Engine
from engines.fixtures import Started
from jsms_client import Store, StoreError, UnknownOutcomeError
from jsms_client.store import _store
from jsms_client.store._sql import SQLBackend
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import by_threads
from .store_faults import MINE, After, database_of, execute_as_owner, outcome, redis_command


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_a_database_that_is_killed_while_a_request_is_on_its_way_keeps_its_key(
    engine: Engine, jsms_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    settings = jsms_sandbox.settings
    with Store(engine.database()) as store:
        first = outcome(jsms_sandbox, store, "1")
        with httpx.Client(transport=After(engine.crash)) as http_client:
            assert by_threads("sendCode", settings, store=store, once="2", http_client=http_client)
        assert "stays in doubt" in caplog.text
        assert outcome(jsms_sandbox, store, "1") is StoreError
        engine.start()
        assert outcome(jsms_sandbox, store, "1") == first
        assert outcome(jsms_sandbox, store, "2") is UnknownOutcomeError
        assert outcome(jsms_sandbox, store, "3")
    assert len(jsms_sandbox.messages) == 3


KILL = {
    "PostgreSQL": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{user}'",
    "MariaDB": "KILL USER root",
}


@pytest.mark.parametrize("name", ENGINES)
def test_connections_that_are_ended_while_a_request_is_on_its_way_cost_nothing(
    name: str, started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    address = started_engines.address(name, tmp_path)

    def end_connections() -> None:
        if name == "Redis":
            redis_command(address, "CLIENT", "KILL", "TYPE", "normal")
            return
        with suppress(DBAPIError):  # this one's own too
            execute_as_owner(address, KILL[name].format(user=sqlalchemy.make_url(address).username))

    with Store(address) as store, httpx.Client(transport=After(end_connections)) as http_client:
        first = by_threads("sendCode", jsms_sandbox.settings, store=store, once="1", http_client=http_client)
        assert by_threads("sendCode", jsms_sandbox.settings, store=store, once="1") == first
    assert "doubt" not in caplog.text


class CuttingProxy:
    """Stands between a client and a database, and ends the first connection that commits, right after its commit.

    Args:
        port: The database's.
    """

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.armed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server, suppress(OSError):
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    (server if ready is client else client).sendall(data)
                    if ready is client and b"COMMIT" in data and self.armed.is_set():
                        self.armed.clear()
                        server.recv(65536)  # it is committed, and the client does not hear of it
                        return


@pytest.mark.parametrize("name", ["PostgreSQL", "MariaDB"])
def test_a_key_whose_commit_was_not_confirmed_is_the_callers_own(
    name: str, started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    url = sqlalchemy.make_url(started_engines.address(name, tmp_path))
    proxy = CuttingProxy(url.port or 0)
    with closing(proxy), Store(url.set(port=proxy.port).render_as_string(hide_password=False)) as store:
        store.backend.get(MINE)
        proxy.armed.set()
        first = outcome(jsms_sandbox, store, "1")
        assert not proxy.armed.is_set()
        assert isinstance(first, str)
        assert outcome(jsms_sandbox, store, "1") == first
        # What is not the same when it is done twice is not done again.
        proxy.armed.set()
        with pytest.raises(StoreError):
            store.backend.push(MINE, ["record"])
    assert len(jsms_sandbox.messages) == 1


def test_a_database_that_hangs_is_a_store_error(
    started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the driver ends a statement; with PostgreSQL, the network and connecting alone have a timeout."""
    monkeypatch.setattr(_store, "_STATEMENT_SECONDS", 1)
    engine = started_engines.get("MariaDB")
    with Store(engine.database()) as store:
        store.backend.get(MINE)
        engine.pause()
        try:
            assert outcome(jsms_sandbox, store, "1") is StoreError
        finally:
            engine.resume()
        assert outcome(jsms_sandbox, store, "1")
    assert len(jsms_sandbox.messages) == 1


def test_a_key_that_the_store_lost_while_its_request_was_on_its_way_is_kept_and_logged(
    store_address: str, jsms_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    settings = jsms_sandbox.settings
    with Store(store_address) as store:

        def lose() -> None:
            if isinstance(store.backend, SQLBackend):
                database_of(store).run(lambda execute: execute("DELETE FROM jsms_entries"))
            else:
                redis_command(store_address, "FLUSHDB")

        def lose_and_use() -> None:
            lose()
            by_threads("sendCode", settings, store=store, once="2")

        with httpx.Client(transport=After(lose)) as http_client:
            first = by_threads("sendCode", settings, store=store, once="1", http_client=http_client)
        assert "the store lost once='1' while its request was on its way:" in caplog.text
        assert by_threads("sendCode", settings, store=store, once="1") == first
        with httpx.Client(transport=After(lose_and_use)) as http_client:
            by_threads("sendCode", settings, store=store, once="2", http_client=http_client)
        assert "and another call has sent under it" in caplog.text
