"""A campaign of 100,000: list in, journal written, every recipient accepted."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from jsms_client import JSMS

from .figures import Row, Section, Target
from .server import running
from .sync_calls import KEY, SECRET

COUNT = 100_000


def measure() -> Section:
    """With the journal in a file, and in memory."""
    rows: list[Row] = []
    with running() as base_url, tempfile.TemporaryDirectory() as folder:
        for name, journal in (("with a journal", Path(folder) / "campaign.db"), ("without", None)):
            cpu, wall = time.process_time(), time.perf_counter()
            with JSMS(KEY, SECRET, base_url=base_url) as jsms:
                cast("Any", jsms).campaigns.send(_members(), temp_id=1, journal=journal)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            rows.append(Row(name, {"recipients/s": COUNT / wall, "CPU µs each": cpu / COUNT * 1e6}, ours=True))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Section(
        f"A campaign of {COUNT:,}",
        "`campaigns.send` over a generator, one process; the server answers batches in a process of its own. Memory of "
        f"the whole run of benchmarks up to here: {memory:.0f} MB.",
        {"recipients/s": "{:,.0f}", "CPU µs each": "{:.1f}"},
        rows,
        [Target("recipients a second, journal included", rows[0].values["recipients/s"], 20_000, at_least=True)],
    )


def _members() -> Iterator[tuple[str, dict[str, str]]]:
    for number in range(COUNT):
        yield f"138{number:08}", {"name": f"Member {number}", "points": str(number)}
