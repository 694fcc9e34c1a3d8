"""The recipe for web apps, with four real workers: a lost response, a retry at another worker, a kill, one message."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import RemoteDisconnected
from pathlib import Path
from urllib.error import URLError

import pytest

from engines.fixtures import Started
from jsms_sandbox.pytest_plugin import Sandbox

from .workers import WORKERS, only, running

FOLDER = Path(__file__).parents[2] / "examples" / "fastapi_workers"
# Workers that the test stops are not hung.
COMMAND = ("-m", "uvicorn", "app:app", "--port", "0", "--workers", str(WORKERS), "--timeout-worker-healthcheck", "60")


def wait(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.timeout(120)
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs the list of a process's children")
def test_a_login_gets_one_message_whichever_worker_takes_the_retry(
    started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    environment = {**jsms_sandbox.environment, "JSMS_STORE": started_engines.address("PostgreSQL", tmp_path)}
    with running(FOLDER, *COMMAND, environment=environment) as app:

        def send(login: int) -> tuple[int, bytes]:
            return app.post(f"/logins/{login}/code?mobile=1380013800{login}")

        workers = app.workers()
        with only(workers[0], workers):
            while True:
                with suppress(URLError):  # nothing listens before the first worker does
                    first = send(1)
                    break
            jsms_sandbox.fail_next()
            assert send(2)[0] == 409
        # What a browser lost was the app's response, or the app lost the service's: its retry finds the key.
        for worker in workers[1:]:
            with only(worker, workers):
                assert (send(1), send(2)[0]) == (first, 409)
        assert first[0] == 202
        assert len(jsms_sandbox.requests) == 2

        jsms_sandbox.fail_next(kind="delay", delay=5)
        with ThreadPoolExecutor(1) as threads, only(workers[0], workers):
            killed = threads.submit(send, 3)
            wait(lambda: len(jsms_sandbox.requests) == 3)
            os.kill(workers[0], signal.SIGKILL)
            assert isinstance(killed.exception(30), RemoteDisconnected | ConnectionResetError)
        with only(workers[1], workers[1:]):
            assert send(3)[0] == 409
        wait(lambda: len(jsms_sandbox.messages) == 3)
        assert send(4)[0] == 202
    assert sorted(message.mobile for message in jsms_sandbox.messages) == [
        f"1380013800{login}" for login in range(1, 5)
    ]
    assert len(jsms_sandbox.requests) == 4
