"""Which addresses a store accepts, how it refuses others, and what it never shows."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType, ModuleType

import pytest
import redis
import sqlalchemy

from jsms_client import ConfigurationError, MissingDependencyError, Store, StoreError
from jsms_client.store._backend import Entry

PASSWORD = "s3cret"


@pytest.mark.parametrize("form", ["{0}", "sqlite:///{0}", "sqlite+pysqlite:///{0}?mode=rw", "path"])
def test_a_file_is_a_store(tmp_path: Path, form: str) -> None:
    path = tmp_path / ("with # and ? in it.db" if form == "{0}" else "with # and %20 in it.db")
    store = Store(path if form == "path" else form.format(path))
    store.backend.put("n" * 64, Entry("m" * 32), 60)
    assert path.exists()


@pytest.mark.parametrize(
    "address", ["", " ", ":memory:", "a\0b", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://jsms.db"]
)
def test_what_other_processes_cannot_open_is_no_store(address: str) -> None:
    with pytest.raises(ConfigurationError, match="other processes can open"):
        Store(address)


@pytest.mark.parametrize("address", [7, None, b"x", object()])
def test_what_is_no_address_is_refused_by_its_type(address: object) -> None:
    with pytest.raises(ConfigurationError, match=f"store is of type {type(address).__name__}"):
        Store(address)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - what is tested


@pytest.mark.parametrize(
    "address",
    ["oracle://u:s3cret@h/d", "nothing://h", "://", "mongodb://u:s3cret@h", "postgresql+psycopg://u:s3cret@h:port/d"],
)
def test_databases_that_cannot_be_used_are_named_by_what_can(address: str) -> None:
    with pytest.raises(ConfigurationError, match=r"postgresql\+psycopg://") as caught:
        Store(address)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("address", ["redis://host:port", "redis://u:s3cret@[::1/0", "redis://u:s3cret@h:99999999"])
def test_an_address_that_redis_cannot_have_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="no address of Redis") as caught:
        Store(address)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("address", ["postgresql+asyncpg://h/d", "sqlite+aiosqlite:///x.db"])
def test_a_driver_for_asyncio_alone_or_one_that_is_missing_is_named(address: str) -> None:
    with pytest.raises((ConfigurationError, MissingDependencyError), match="driver"):
        Store(address)


def test_a_driver_for_asyncio_alone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.dialects.postgresql import psycopg

    assert psycopg.dialect_async.is_async
    with pytest.raises(ConfigurationError, match="driver for asyncio alone"):
        Store("postgresql+psycopg_async://h/d")


@pytest.mark.parametrize(
    ("scheme", "module", "extra"), [("redis", "redis", "redis"), ("postgresql", "sqlalchemy", "sql")]
)
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, scheme: str, module: str, extra: str) -> None:
    for name in [name for name in sys.modules if name.startswith("jsms_client.store._")]:
        if name.endswith(("_redis", "_sqlalchemy")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependencyError, match=rf"jsms-client\[{extra}\]"):
        Store(f"{scheme}://h/d")


@pytest.mark.parametrize("setting", ["keep", "lease"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), True, "1"])
def test_times_are_seconds_above_zero(tmp_path: Path, setting: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"{setting} must be a number of seconds above 0"):
        Store(tmp_path / "jsms.db", **{setting: value})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - what is tested


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://u:s3cret@127.0.0.1:1/d",
        "mysql+pymysql://u:s3cret@127.0.0.1:1/d",
        "redis://u:s3cret@127.0.0.1:1",
    ],
)
def test_a_server_that_is_not_there_is_a_store_error_without_the_password(address: str) -> None:
    store = Store(address)
    with pytest.raises(StoreError, match=r"the store \S+127\.0\.0\.1:1\S* failed") as caught:
        store.backend.put("n" * 64, Entry("m" * 32), 60)
    for shown in (str(caught.value), repr(store), str(caught.value.__cause__)):
        assert PASSWORD not in shown
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(store)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://u:s3cret@db..example/d",
        "postgresql+psycopg://u:s3cret@127.0.0.1:1/d?prepare_threshold=x",
        "mysql+pymysql://u:s3cret@db..example/d",
        "mysql+pymysql://u:s3cret@127.0.0.1:1/d?bogus=1",
        "mysql+pymysql://u:s3cret@127.0.0.1:1/d?charset=nope",
        "mysql+pymysql://u:s3cret@127.0.0.1:1/d?ssl_ca=/missing.pem",
        "redis://u:s3cret@db..example",
        "redis://u:s3cret@127.0.0.1:1?bogus=1",
    ],
)
def test_a_host_or_an_option_that_a_driver_cannot_use_is_a_store_error_without_the_password(address: str) -> None:
    with Store(address) as store, pytest.raises(StoreError, match=r"the store \S+ failed \(\w+Error: ") as caught:
        store.backend.get("n" * 64)
    assert PASSWORD not in str(caught.value)


def test_an_option_of_the_wrong_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"option behind the \? of its address that mysql\+pymysql cannot"):
        Store("mysql+pymysql://u:s3cret@127.0.0.1:1/d?connect_timeout=soon")


@pytest.mark.parametrize(("package", "address"), [(redis, "redis://h"), (sqlalchemy, "postgresql+psycopg://h/d")])
def test_what_a_signal_handler_raises_passes_through_a_store(
    package: ModuleType, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handler(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError("of the app's own")

    def interrupted(*_: object, **_options: object) -> None:
        signal.raise_signal(signal.SIGUSR1)

    kind, method = ("Redis", "eval") if package is redis else ("Engine", "connect")
    monkeypatch.setattr(getattr(package, kind), method, interrupted)
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with Store(address) as store, pytest.raises(TimeoutError, match="of the app's own"):
            store.backend.get("n" * 64)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_folder_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"missing/jsms\.db failed"):
        Store(tmp_path / "missing" / "jsms.db").backend.get("n" * 64)


def test_a_file_that_was_removed_meanwhile_is_missed_and_not_made_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "jsms.db")
    store.backend.put("n" * 64, Entry("m" * 32), 60)
    (tmp_path / "jsms.db").unlink()
    with pytest.raises(StoreError):
        store.backend.put("n" * 64, Entry("m" * 32), 60)
    assert not (tmp_path / "jsms.db").exists()


def test_a_file_that_is_no_database_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "jsms.db").write_text("nothing of the kind, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store(tmp_path / "jsms.db").backend.get("n" * 64)


def test_a_full_disk_is_a_store_error(tmp_path: Path) -> None:
    """With a limit on the size of files, in a process of its own."""
    script = (
        "import resource, signal, sys\n"
        "from jsms_client import Store, StoreError\n"
        "from jsms_client.store._backend import Entry\n"
        "store = Store(sys.argv[1])\n"
        "store.backend.put('n' * 64, Entry('m' * 32), 60)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))\n"
        "try:\n"
        "    store.backend.put('o' * 64, Entry('m' * 32, 'x' * 100_000), 60)\n"
        "except StoreError as error:\n"
        "    print(error)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)\n"
        "assert store.backend.get('n' * 64) and store.backend.get('o' * 64) is None\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "jsms.db")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "failed (OperationalError: " in done.stdout


def test_tables_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "jsms.db"
    Store(path).backend.get("n" * 64)
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO jsms_schema VALUES (999)")
    connection.close()
    with pytest.raises(StoreError, match="update jsms-client"):
        Store(path).backend.get("n" * 64)
