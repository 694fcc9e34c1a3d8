"""The recipe for Django's tasks, with real workers and PostgreSQL: a lost response, a killed worker, one message."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy

from engines.fixtures import Started
from jsms_sandbox.pytest_plugin import Sandbox

QUEUES = Path(__file__).parents[2] / "examples" / "queues"
ENQUEUE = (
    "import django, sys; django.setup()\n"
    "from django_sms.tasks import send_code\n"
    "for pair in sys.argv[1:]: send_code.enqueue(*pair.split(':'))"
)
RESULTS = "SELECT status, exception_class_path FROM django_tasks_database_dbtaskresult ORDER BY enqueued_at"


class Project:
    """A Django project with tasks."""

    def __init__(self, address: str, sandbox: Sandbox) -> None:
        url = sqlalchemy.make_url(address)
        self._database = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        self._environment: Mapping[str, str] = {
            **os.environ,
            **sandbox.environment,
            "DJANGO_SECRET_KEY": "of this test",
            "DJANGO_SETTINGS_MODULE": "django_sms.settings",
            "JSMS_STORE": address,
            "PGDATABASE": str(url.database),
            "PGHOST": str(url.host),
            "PGPORT": str(url.port),
            "PGUSER": str(url.username),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }

    def run(self, *arguments: str) -> None:
        """Run Python with arguments in the project's folder."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=QUEUES, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def enqueue(self, *pairs: str) -> None:
        """Have codes sent, each given as a login and a number."""
        self.run("-c", ENQUEUE, *pairs)

    @contextmanager
    def worker(self) -> Generator[subprocess.Popen[bytes]]:
        """Start a worker, and kill it at the end."""
        command = [sys.executable, "-m", "django", "db_worker", "--interval", "0.1", "--no-startup-delay"]
        process = subprocess.Popen(command, cwd=QUEUES, env=self._environment)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def results(self) -> list[tuple[str, str]]:
        """Return the state and the exception of each task, in the order of enqueuing."""
        with self._database.connect() as connection:
            return [(row[0], row[1].rpartition(".")[2]) for row in connection.execute(sqlalchemy.text(RESULTS))]


def wait(condition: Callable[[], object], state: Callable[[], object]) -> None:
    end = time.monotonic() + 45
    while not condition():
        assert time.monotonic() < end, state()
        time.sleep(0.05)


@pytest.mark.timeout(120)
def test_a_task_sends_once_though_its_response_is_lost_or_its_worker_killed(
    started_engines: Started, jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    project = Project(started_engines.address("PostgreSQL", tmp_path), jsms_sandbox)
    project.run("-m", "django", "migrate", "--verbosity", "0")
    unknown, accepted = ("FAILED", "UnknownOutcomeError"), ("SUCCESSFUL", "")
    with project.worker() as killed:
        jsms_sandbox.fail_next()
        project.enqueue("1:13800138001", "1:13800138001")
        wait(lambda: project.results() == [unknown, unknown], project.results)
        jsms_sandbox.fail_next(kind="delay", delay=5)
        project.enqueue("2:13800138002")
        wait(lambda: len(jsms_sandbox.requests) == 2, project.results)
        killed.kill()
    with project.worker():
        project.enqueue("2:13800138002", "3:13800138003", "3:13800138003")
        expected = [unknown, unknown, ("RUNNING", ""), unknown, accepted, accepted]
        wait(lambda: project.results() == expected, project.results)
    sent = sorted(message.mobile for message in jsms_sandbox.messages)
    assert sent == ["13800138001", "13800138002", "13800138003"]
    assert len(jsms_sandbox.requests) == 3
