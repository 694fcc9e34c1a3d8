"""The engines start on loopback with their own data, and leave nothing behind."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import provisioning

from .fixtures import SQLITE, Started, require
from .servers import ENGINES, Engine


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_an_engine_starts_makes_databases_and_leaves_nothing_behind(engine: Engine) -> None:
    assert engine.database() != engine.database()
    assert engine.is_ready()
    engine.close()
    assert not engine.is_ready()
    assert not engine.folder.exists()


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_an_engine_can_be_killed_and_started_again(engine: Engine) -> None:
    began = time.monotonic()
    for kill in (engine.kill, engine.crash):
        kill()
        assert not engine.is_ready()
        engine.start()
        assert engine.is_ready()
    assert time.monotonic() - began < 60


def test_what_is_not_installed_is_said_and_only_a_complete_run_demands_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioning, "PROGRAM_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JSMS_COMPLETE", raising=False)
    assert provisioning.missing_engines() == list(ENGINES)
    started = Started()
    with pytest.raises(pytest.skip.Exception, match="Redis is not installed"):
        started.get("Redis")
    monkeypatch.setenv("JSMS_COMPLETE", "1")
    with pytest.raises(pytest.fail.Exception, match="Redis is not installed"):
        started.get("Redis")
    assert started.address(SQLITE, tmp_path) == os.path.join(tmp_path, "store.db")  # noqa: PTH118 - spelled another way


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
def test_an_engine_ends_with_the_process_that_started_it_however_that_ends() -> None:
    require("Redis")
    script = (
        "import os, signal; from engines import Redis; engine = Redis(); engine.__enter__();"
        "print(engine.port, engine.folder, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    port, folder = done.stdout.split()
    end = time.monotonic() + 10
    while True:
        with socket.socket() as connection:
            if connection.connect_ex(("127.0.0.1", int(port))):
                break
        assert time.monotonic() < end
        time.sleep(0.05)
    shutil.rmtree(folder)
