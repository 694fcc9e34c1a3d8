"""Campaigns with and without a journal in a file, and the cost at different sizes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

from benchmarks.figures import Line, Row, Section, Target
from benchmarks.server import running
from benchmarks.sync_calls import KEY, SECRET
from jsms_client import JSMS

REPOSITORY = Path(__file__).resolve().parent.parent
SIZES = (100_000, 1_000_000, 5_000_000)
LIKE_OTHERS = 1_000_000
"""The size whose speed is compared."""
WITH, WITHOUT = "with a journal", "without"


class Run(TypedDict):
    """One campaign, in a process of its own.

    Attributes:
        wall: Seconds.
        cpu: Seconds of the client's process, without its imports.
        memory: The most that it needed, in MB.
    """

    wall: float
    cpu: float
    memory: float


def measure() -> Section:
    """Measure each size, with a journal and without."""
    runs: dict[tuple[str, int], Run] = {}
    with running() as base_url, tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            for name in (WITH, WITHOUT):
                journal = str(Path(folder) / f"{size}.db") if name == WITH else ""
                runs[name, size] = _apart(base_url, size, journal)
    rows = [
        Row(
            f"{size:,} {name}",
            {
                "recipients/s": size / run["wall"],
                "CPU µs each": run["cpu"] / size * 1e6,
                "MB": run["memory"],
            },
            ours=True,
        )
        for (name, size), run in runs.items()
    ]
    first, last = SIZES[0], SIZES[-1]

    def growth(name: str) -> float:
        return runs[name, last]["cpu"] / last / (runs[name, first]["cpu"] / first)

    return Section(
        "Campaigns",
        "`campaigns.send` over a generator, each run in a process of its own; the server runs in another. "
        "CPU and memory are of the client's process.",
        {"recipients/s": "{:,.0f}", "CPU µs each": "{:.1f}", "MB": "{:.0f}"},
        rows,
        [
            Target(
                "recipients a second without a journal",
                LIKE_OTHERS / runs[WITHOUT, LIKE_OTHERS]["wall"],
                100_000,
                at_least=True,
                note="Client and server share this machine's cores; see the CPU of a recipient.",
            ),
            Target(
                "recipients a second with a journal",
                LIKE_OTHERS / runs[WITH, LIKE_OTHERS]["wall"],
                80_000,
                at_least=True,
                note="Client and server share this machine's cores; see the CPU of a recipient.",
            ),
            *(
                Target(
                    f"CPU of a recipient among {last:,}, in that among {first:,}, {name}",
                    growth(name),
                    1.15,
                    note="The files of a large campaign no longer fit the caches.",
                )
                for name in (WITH, WITHOUT)
            ),
            *(
                Target(
                    f"memory for {last:,} recipients, in that for {first:,}, {name}",
                    runs[name, last]["memory"] / runs[name, first]["memory"],
                    1.25,
                    note="See the MB of each size.",
                )
                for name in (WITH, WITHOUT)
            ),
        ],
        lines=[
            Line(name, [(size, runs[name, size]["cpu"] / size * 1e6) for size in SIZES], ours=True)
            for name in (WITH, WITHOUT)
        ],
    )


def _apart(base_url: str, size: int, journal: str) -> Run:
    command = [sys.executable, "-m", "benchmarks.campaigns", base_url, str(size), journal]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    run: Run = json.loads(done.stdout)
    return run


def _run(base_url: str, size: int, journal: str) -> Run:
    begun, cpu = time.perf_counter(), time.process_time()
    with JSMS(KEY, SECRET, base_url=base_url) as jsms:
        jsms.campaigns.send(_members(size), temp_id=1, journal=Path(journal) if journal else None)
    wall = time.perf_counter() - begun
    # Not what getrusage says: that begins with what the parent process had.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    memory = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return Run(wall=wall, cpu=time.process_time() - cpu, memory=memory)


def _members(size: int) -> Iterator[tuple[str, dict[str, str]]]:
    for number in range(size):
        yield f"138{number:08}", {"name": f"Member {number}", "points": str(number)}


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
