"""Database settings of administrators: read-only, few connections or rights, serializable, no persistence."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy

from engines import ENGINES
from engines.fixtures import Started
from jsms_client import JSMS, Store, StoreError, UnknownOutcomeError
from jsms_client.campaigns import JournalError
from jsms_client.store._backend import Entry
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import MOBILE, by_threads
from .store_faults import MINE, database_of, execute_as_owner, outcome, redis_command


def test_a_user_without_free_connections_sends_nothing_twice(
    started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    address = started_engines.address("PostgreSQL", tmp_path)
    with Store(address) as store:
        store.backend.get(MINE)
    execute_as_owner(address, f"ALTER ROLE {sqlalchemy.make_url(address).username} CONNECTION LIMIT 2")

    def call(key: int) -> object:
        with Store(address) as store:
            return outcome(jsms_sandbox, store, str(key % 8))

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(call, range(16)))
    assert StoreError in results
    sent = [message.msg_id for message in jsms_sandbox.messages]
    assert set(results) - {StoreError, UnknownOutcomeError} == set(sent)
    assert len(sent) == len(set(sent)) <= 8


@pytest.mark.parametrize("name", ENGINES)
def test_a_database_that_may_only_be_read_sends_nothing(
    name: str, started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    address = started_engines.address(name, tmp_path)
    with Store(address) as store:
        first = outcome(jsms_sandbox, store, "1")
    url = sqlalchemy.make_url(address)
    if name == "PostgreSQL":
        execute_as_owner(address, f"ALTER ROLE {url.username} SET default_transaction_read_only = on")
    elif name == "MariaDB":
        execute_as_owner(address, "CREATE USER reader", f"GRANT SELECT ON {url.database}.* TO reader")
        address = url.set(username="reader").render_as_string()
    with ExitStack() as stack:
        if name == "Redis":
            redis_command(address, "ACL", "SETUSER", "reader", "on", "nopass", "~*", "+@read", "+eval", "+select")
            stack.callback(redis_command, address, "ACL", "DELUSER", "reader")
            address = address.replace("redis://", "redis://reader:any@")
        store = stack.enter_context(Store(address))
        with pytest.raises(StoreError, match="nothing was sent"):
            by_threads("sendCode", jsms_sandbox.settings, store=store, once="2")
    assert [message.msg_id for message in jsms_sandbox.messages] == [first]


def test_a_user_who_may_not_create_tables_can_use_those_that_are_there(
    started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    address = started_engines.address("PostgreSQL", tmp_path)
    owner = sqlalchemy.make_url(address).username
    user = f"{owner}_app"
    app_address = address.replace(f"{owner}@", f"{user}@")
    execute_as_owner(
        address,
        f"CREATE ROLE {user} LOGIN",
        f"ALTER ROLE {user} SET search_path = {owner}",
        f"GRANT USAGE ON SCHEMA {owner} TO {user}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {user}",
    )
    with Store(app_address) as store, pytest.raises(StoreError, match="permission denied"):
        store.backend.get(MINE)
    with JSMS(**jsms_sandbox.settings) as jsms, pytest.raises(JournalError, match="permission denied"):
        jsms.campaigns.send([(MOBILE, {"code": "1234"})], temp_id=1, journal=f"{app_address}?campaign=spring")
    with Store(address) as store:
        store.backend.get(MINE)
    with Store(app_address) as store:
        assert isinstance(first := outcome(jsms_sandbox, store, "1"), str)
        assert outcome(jsms_sandbox, store, "1") == first


def test_no_statement_is_prepared_as_pgbouncer_could_not_find_it_again(
    started_engines: Started, tmp_path: Path
) -> None:
    with Store(started_engines.address("PostgreSQL", tmp_path)) as store:
        for number in range(10):
            store.backend.put(f"{number:064}", Entry(MINE), 60)
        prepared = "SELECT count(*) FROM pg_prepared_statements"
        assert database_of(store).run(lambda execute: execute(prepared)).rows == [(0,)]


SERIALIZABLE = {
    "PostgreSQL": ("ALTER ROLE {user} SET default_transaction_isolation = 'serializable'", ""),
    "MariaDB": ("SET GLOBAL tx_isolation = 'SERIALIZABLE'", "SET GLOBAL tx_isolation = 'REPEATABLE-READ'"),
}


@pytest.mark.parametrize("name", SERIALIZABLE)
def test_a_database_whose_transactions_are_serializable_sends_once(
    name: str, started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    address = started_engines.address(name, tmp_path)
    before, after = SERIALIZABLE[name]
    execute_as_owner(address, before.format(user=sqlalchemy.make_url(address).username))
    try:
        with Store(address) as store, ThreadPoolExecutor(6) as threads:
            results = set(threads.map(outcome, [jsms_sandbox] * 12, [store] * 12, ["1"] * 12))
    finally:
        if after:
            execute_as_owner(address, after)
    assert results - {UnknownOutcomeError} == {jsms_sandbox.messages[0].msg_id}
    assert len(jsms_sandbox.messages) == 1


DEFAULTS = {"maxmemory": "0", "maxmemory-policy": "noeviction", "appendonly": "yes"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, None),
        ({"maxmemory": "1gb", "maxmemory-policy": "noeviction"}, None),
        ({"maxmemory-policy": "volatile-lru"}, None),
        ({"maxmemory": "1gb", "maxmemory-policy": "volatile-lru"}, "maxmemory-policy volatile-lru"),
        ({"appendonly": "no"}, "no append-only file"),
    ],
)
def test_settings_of_redis_that_can_lose_a_key_are_logged_once(
    settings: dict[str, str],
    said: str | None,
    started_engines: Started,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    address = started_engines.address("Redis", tmp_path)
    with Store(address) as store:
        try:
            for name, value in settings.items():
                redis_command(address, "CONFIG", "SET", name, value)
            for number in range(2):
                store.backend.put(f"{number:064}", Entry(MINE), 60)
        finally:
            for name, value in DEFAULTS.items():
                redis_command(address, "CONFIG", "SET", name, value)
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == (said is not None)
    assert (said or "") in "".join(warnings)


def test_a_user_of_redis_needs_no_more_rights_than_the_documented_ones(
    started_engines: Started, tmp_path: Path
) -> None:
    """Without INFO the settings are not known, and nothing is said of them."""
    address = started_engines.address("Redis", tmp_path)
    redis_command(
        address,
        "ACL",
        "SETUSER",
        "app",
        "on",
        "nopass",
        *["~jsms:*", "+@read", "+@write", "+@connection", "+eval", "+time"],
    )
    try:
        with Store(address.replace("redis://", "redis://app:any@")) as store:
            backend = store.backend
            assert backend.put("n" * 64, Entry(MINE), 60) is None
            assert backend.put("n" * 64, Entry(MINE), 60) == Entry(MINE)
            backend.remove("n" * 64)
            assert backend.reserve("n" * 64, 1) == 0
            backend.push("q" * 64, ["1"])
            item = backend.lease("q" * 64, MINE, 60)
            assert item is not None
            backend.finish("q" * 64, item.number, MINE)
    finally:
        redis_command(address, "ACL", "DELUSER", "app")
