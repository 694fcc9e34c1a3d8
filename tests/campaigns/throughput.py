"""Measure how fast one worker and several send a shared campaign, to a server that responds at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import cast

import sqlalchemy
from benchmarks.server import running

from jsms_client import JSMS
from jsms_client.campaigns import Progress
from sandbox.sandbox_process import ROOT

from .memory import members


@dataclass(frozen=True)
class Throughput:
    """What was measured.

    Attributes:
        workers: How many processes sent.
        recipients: To how many.
        loading: Seconds until the list was in the database.
        sending: Seconds from the first request of a worker to the end of the last one.
        cpu: Seconds of CPU time that all workers took while they sent.
        size: Bytes that the tables take afterwards.
    """

    workers: int
    recipients: int
    loading: float
    sending: float
    cpu: float
    size: int


class _LoadedError(Exception):
    """The list is in the database."""


def measured(workers: int, recipients: int, database: str) -> Throughput:
    """Send one campaign.

    Args:
        workers: How many processes send it.
        recipients: How many there are.
        database: The address of an empty database in PostgreSQL.
    """
    journal = f"{database}?campaign=spring"
    with running() as base_url:
        (loading,) = _work(1, base_url, journal, recipients, "load")
        sent = _work(workers, base_url, journal, recipients, "send")
    return Throughput(
        workers,
        recipients,
        loading["seconds"],
        max(each["end"] for each in sent) - min(each["begin"] for each in sent),
        sum(each["cpu"] for each in sent),
        _size(database),
    )


def _work(workers: int, *arguments: object) -> list[dict[str, float]]:
    paths = [str(ROOT), *(str(ROOT / folder) for folder in ("tests", "overlay", "generated", "sandbox", "scripts"))]
    command = [sys.executable, "-m", "campaigns.throughput", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    running = [
        subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(workers)
    ]
    said = [each.communicate()[0] for each in running]
    assert all(each.returncode == 0 for each in running), said
    return [cast("dict[str, float]", json.loads(each)) for each in said]


def _size(database: str) -> int:
    engine = sqlalchemy.create_engine(database)
    with engine.connect() as connection:
        # Not the database's: every campaign that is measured has a schema of its own in the same one.
        size = connection.exec_driver_sql(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        ).scalar_one()
    engine.dispose()
    return int(size)


def work(base_url: str, journal: str, recipients: int, what: str) -> dict[str, float]:
    """Load a list, or send it with others; in this process."""
    began = time.monotonic()
    at: list[tuple[float, float]] = []

    def note(progress: Progress) -> None:
        if progress.phase == "sending" and not at:
            at.append((time.monotonic(), time.process_time()))
            if what == "load":
                raise _LoadedError

    with JSMS("a" * 24, "b" * 24, base_url=base_url) as jsms:
        try:
            campaign = jsms.campaigns.send(members(recipients), temp_id=1, journal=journal, on_progress=note)
        except _LoadedError:
            return {"seconds": at[0][0] - began}
    assert campaign.counts.accepted == recipients
    return {"begin": at[0][0], "end": time.monotonic(), "cpu": time.process_time() - at[0][1]}


if __name__ == "__main__":
    print(json.dumps(work(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])))
