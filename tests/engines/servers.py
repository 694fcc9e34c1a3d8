"""Start an engine, stop it, kill it, and make databases in it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import sqlalchemy
from sqlalchemy.exc import OperationalError

import provisioning

PATIENCE = 60.0
"""Seconds that a busy machine may take to start one."""


class Engine:
    """One running engine; a context manager that ends it and removes its data.

    Args:
        parent: Where its data folder is made; among the temporary files by default.

    Attributes:
        name: As `provisioning` calls it.
        port: Where it listens, on 127.0.0.1.
    """

    name: ClassVar[str]
    _end: ClassVar[signal.Signals] = signal.SIGKILL

    def __init__(self, parent: Path | None = None) -> None:
        found = provisioning.engine_programs(self.name)
        assert found is not None, f"{self.name} is not installed"
        self.programs = found
        self.port = _free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"jsms-{self.name.lower()}-", dir=parent))
        # PostgreSQL refuses to run as root; what it may read belongs to an account without rights then.
        self.user = "nobody" if os.name != "nt" and os.geteuid() == 0 else None
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)

    def __enter__(self) -> Self:
        """Start it."""
        try:
            self.initialize()
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End it."""
        self.close()

    def close(self) -> None:
        """End it and remove its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, and wait until it can be used."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_with_parent(self._end), *self.command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self.user,
            )
        end = time.monotonic() + PATIENCE
        while not self.is_ready():
            ended = self._process.poll() is not None or time.monotonic() > end
            assert not ended, (self.folder / "log").read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(self._end)
            self._process.wait(PATIENCE)

    def crash(self) -> None:
        """Kill each of its processes, so that none of them can put anything in order."""
        assert self._process is not None
        pids = self._pids()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(PATIENCE)
        end = time.monotonic() + PATIENCE
        # Those that are not ours to wait for end a moment later; a new one would find their shared memory in use.
        while any(map(_is_running, pids)):
            assert time.monotonic() < end
            time.sleep(0.01)

    def pause(self) -> None:
        """Let it hang: connections stay open, and nothing comes back."""
        self._signal(signal.SIGSTOP)
        # It stops once the thread that was given the signal has run; the others serve on until then.
        end = time.monotonic() + PATIENCE
        while not all(map(_is_stopped, self._pids())):
            assert time.monotonic() < end
            time.sleep(0.001)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def initialize(self) -> None:
        """Make the data folder."""

    def command(self) -> list[str]:
        """Return the command line of the server."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Return whether it accepts connections."""
        raise NotImplementedError

    def database(self) -> str:
        """Make an empty database; the address of a store in it."""
        raise NotImplementedError

    def run(self, *command: str) -> None:
        """Run one of its programs to its end."""
        done = subprocess.run(command, cwd=self.folder, user=self.user, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def _signal(self, number: int) -> None:
        for pid in self._pids():
            os.kill(pid, number)

    def _pids(self) -> list[int]:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [self._process.pid, *map(int, children.read_text().split())]


class SQLServer(Engine):
    """What PostgreSQL and MariaDB share."""

    scheme: ClassVar[str]
    user_name: ClassVar[str]
    first_database: ClassVar[str] = ""

    def is_ready(self) -> bool:
        """Return whether it accepts connections."""
        try:
            self._execute("SELECT 1")
        except OperationalError:
            return False
        return True

    def database(self) -> str:
        """Make an empty database; the address of a store in it."""
        name = f"store{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        return self._address(name)

    def _address(self, name: str, user: str = "") -> str:
        return f"{self.scheme}://{user or self.user_name}@127.0.0.1:{self.port}/{name}"

    def _execute(self, *statements: str) -> None:
        engine = sqlalchemy.create_engine(
            self._address(self.first_database), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool
        )
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


class PostgreSQL(SQLServer):
    """PostgreSQL. For most tests it need not survive a power cut, so nothing waits for the disk."""

    fsync: ClassVar[str] = "off"
    name = "PostgreSQL"
    scheme = "postgresql+psycopg"
    user_name = "jsms"
    first_database = "postgres"
    # Its own children end with it then, and would go on after SIGKILL.
    _end = signal.SIGQUIT

    def initialize(self) -> None:
        """Make the data folder."""
        data = str(self.folder / "data")
        self.run(self.programs[0], "-D", data, "-U", "jsms", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")

    def command(self) -> list[str]:
        """Return the command line of the server."""
        settings = (
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            f"fsync={self.fsync}",
            "max_connections=200",
        )
        options = [part for setting in settings for part in ("-c", setting)]
        return [self.programs[1], "-D", str(self.folder / "data"), "-p", str(self.port), *options]

    def database(self) -> str:
        """Make an empty schema, and a user whose tables are in it; the address of a store in it.

        A database of its own would be 300 files.
        """
        name = f"store{next(self._numbers)}"
        self._execute(f"CREATE ROLE {name} LOGIN", f"CREATE SCHEMA AUTHORIZATION {name}")
        return self._address(self.first_database, name)


class MariaDB(SQLServer):
    """MariaDB, for everything that speaks MySQL's protocol."""

    name = "MariaDB"
    scheme = "mysql+pymysql"
    user_name = "root"

    def initialize(self) -> None:
        """Make the data folder."""
        data = str(self.folder / "data")
        self.run(
            self.programs[0], "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
            "--skip-test-db", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0",
        )  # fmt: skip

    def command(self) -> list[str]:
        """Return the command line of the server."""
        return [
            self.programs[1], "--no-defaults", f"--datadir={self.folder / 'data'}", f"--port={self.port}",
            "--bind-address=127.0.0.1", f"--socket={self.folder / 's'}", "--skip-name-resolve",
            # A process that is killed loses nothing; only the machine would.
            "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M",
        ]  # fmt: skip


class Redis(Engine):
    """Redis, with every write in its append-only file before it is confirmed."""

    name = "Redis"

    def command(self) -> list[str]:
        """Return the command line of the server."""
        return [
            self.programs[0], "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
            "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--databases", "4096",
        ]  # fmt: skip

    def is_ready(self) -> bool:
        """Return whether it accepts connections."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False

    def database(self) -> str:
        """Choose an empty database; the address of a store in it."""
        return f"redis://127.0.0.1:{self.port}/{next(self._numbers)}"


ENGINES: Mapping[str, type[Engine]] = {kind.name: kind for kind in (PostgreSQL, MariaDB, Redis)}


def _with_parent(end: signal.Signals) -> tuple[str, ...]:
    """Return a command prefix that ends a process with its parent; empty where there is none."""
    setpriv = shutil.which("setpriv")
    return () if setpriv is None else (setpriv, "--pdeathsig", end.name.removeprefix("SIG"))


def _is_stopped(pid: int) -> bool:
    threads = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/stat")]
    return all(thread.rpartition(")")[2].split()[0] == "T" for thread in threads)


def _is_running(pid: int) -> bool:
    """Return whether a process is running, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
