"""The recipes for task queues, with real brokers and workers: a lost response, a killed worker, one message."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engines.fixtures import Started
from jsms_sandbox.pytest_plugin import Sandbox

QUEUES = Path(__file__).parents[2] / "examples" / "queues"
ENQUEUE = {
    "celery": "import celery_tasks, sys; celery_tasks.send_code.delay(*sys.argv[1:])",
    "rq": "import os, sys; from redis import Redis; from rq import Queue, Retry; import rq_tasks;"
    "Queue(connection=Redis.from_url(os.environ['BROKER'])).enqueue("
    "rq_tasks.send_code, *sys.argv[1:], retry=Retry(max=2))",
}


class Worker:
    """A running worker of a queue.

    Args:
        kind: Which queue.
        environment: What its processes get.
        log: Where it writes.
    """

    def __init__(self, kind: str, environment: dict[str, str], log: Path) -> None:
        self._kind, self._environment, self._log = kind, environment, log
        command = {
            "celery": ("celery", "--app", "celery_tasks", "worker", "--concurrency", "1", "--loglevel", "info"),
            "rq": ("rq.cli", "worker", "--url", environment["BROKER"]),
        }[kind]
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=QUEUES,
                env=environment,
                stdout=output,
                stderr=output,
            )

    def enqueue(self, login: str, mobile: str) -> None:
        """Have a code sent."""
        command = [sys.executable, "-c", ENQUEUE[self._kind], login, mobile]
        subprocess.run(command, cwd=QUEUES, env=self._environment, check=True)

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        end = time.monotonic() + 45
        while not condition():
            assert time.monotonic() < end, self.said
            assert self.popen.poll() is None, self.said
            time.sleep(0.1)

    @property
    def said(self) -> str:
        """What it has written."""
        return self._log.read_text()

    def kill_child(self) -> None:
        """Kill the process that runs the task, as a machine without memory would."""
        children = Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children").read_text().split()
        os.kill(int(children[-1]), signal.SIGKILL)


@contextmanager
def working(kind: str, sandbox: Sandbox, broker: str, store: str, folder: Path) -> Generator[Worker]:
    environment = {
        **os.environ,
        **sandbox.environment,
        "BROKER": broker,
        "JSMS_STORE": store,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "C_FORCE_ROOT": "1",
    }
    worker = Worker(kind, environment, folder / "log")
    try:
        yield worker
    finally:
        worker.popen.terminate()
        try:
            worker.popen.wait(20)
        except subprocess.TimeoutExpired:
            worker.popen.kill()
            worker.popen.wait()


@pytest.mark.timeout(180)
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs the list of a process's children")
@pytest.mark.parametrize("kind", ENQUEUE)
def test_a_task_sends_once_though_its_response_is_lost_or_its_worker_killed(
    kind: str, started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    broker = started_engines.address("Redis", tmp_path)
    store = started_engines.address("Redis", tmp_path)
    with working(kind, jsms_sandbox, broker, store, tmp_path) as worker:
        jsms_sandbox.fail_next()
        worker.enqueue("1", "13800138001")
        worker.enqueue("1", "13800138001")  # as a broker that delivers a task again
        worker.wait(lambda: worker.said.count("UnknownOutcomeError") >= 2)
        jsms_sandbox.fail_next(kind="delay", delay=5)
        worker.enqueue("2", "13800138002")
        worker.wait(lambda: len(jsms_sandbox.requests) == 2)
        worker.kill_child()
        # The task is delivered again, and finds its key in doubt.
        worker.wait(lambda: "login-2" in worker.said)
        worker.enqueue("3", "13800138003")
        worker.wait(lambda: any(message.mobile == "13800138003" for message in jsms_sandbox.messages))
    sent = [message.mobile for message in jsms_sandbox.messages]
    assert sent.count("13800138001") == 1
    assert sent.count("13800138002") <= 1
    assert len(jsms_sandbox.requests) == 3
