"""A process that sends a long list, and prints its memory and time."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from benchmarks.server import running

from jsms_client import JSMS
from sandbox.sandbox_process import ROOT

WARMING_UP = 1_000


def members(count: int) -> Iterator[tuple[str, dict[str, str]]]:
    """So many recipients, one at a time."""
    for number in range(count):
        yield f"138{number:08}", {"name": f"会员 {number}", "points": str(number)}


def peak() -> int:
    """Return this process's peak memory, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measure(base_url: str, count: int) -> dict[str, float]:
    """Send to so many, in this process."""
    with JSMS("a" * 24, "b" * 24, base_url=base_url) as jsms, tempfile.TemporaryDirectory() as folder:
        # What is loaded and kept for the first of any campaign is no matter of its length.
        jsms.campaigns.send(members(WARMING_UP), temp_id=1, journal=Path(folder) / "small.db")
        before, began = peak(), time.monotonic()
        campaign = jsms.campaigns.send(members(count), temp_id=1, journal=Path(folder) / "large.db")
        seconds = time.monotonic() - began
        seen = sum(one.msg_id is not None for one in campaign)
        size = (Path(folder) / "large.db").stat().st_size
        cpu = time.process_time()
    assert campaign.counts.accepted == seen == count
    return {"before": before, "growth": peak() - before, "seconds": seconds, "cpu": cpu, "journal": size}


def measured(count: int) -> dict[str, float]:
    """Send to so many, in a process of its own, against a server that responds at once."""
    paths = [str(ROOT), *(str(ROOT / folder) for folder in ("tests", "overlay", "generated", "sandbox"))]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    with running() as base_url:
        command = [sys.executable, "-m", "campaigns.memory", base_url, str(count)]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return cast("dict[str, float]", json.loads(done.stdout))


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
