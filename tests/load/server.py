"""A sandbox in its own process, with credit for any load."""

from __future__ import annotations

import itertools
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx

from sandbox.sandbox_process import Process

from .workload import CODE

PLENTY = 2**31 - 1


class Loaded:
    """A running sandbox to be put under load."""

    def __init__(self, process: Process, api: httpx.Client) -> None:
        self.url, self.auth, self._pid, self._api = process.url, process.auth, process.popen.pid, api
        pools = dict.fromkeys(("balance", "voice", "industry", "market"), PLENTY)
        api.patch(f"apps/{self.auth[0]}", json={"credit": pools}).raise_for_status()

    def kept(self) -> list[str]:
        """List the msg_ids that it keeps, newest first."""
        found: list[str] = []
        for _ in itertools.count():
            before = {"before": found[-1]} if found else {}
            page = self._api.get("messages", params={"limit": "1000", **before}).raise_for_status().json()
            found += [message["msg_id"] for message in page["messages"]]
            if not page["more"]:
                break
        return found

    def peak_memory(self) -> int | None:
        """Return its peak memory in bytes; None where the system does not report it."""
        status = Path(f"/proc/{self._pid}/status")
        if not status.exists():
            return None
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) * 1024


@contextmanager
def loaded(*arguments: str) -> Generator[Loaded]:
    """Start one, and stop it in the end."""
    with (
        Process("--code", CODE, *arguments) as process,
        httpx.Client(base_url=f"{process.url}/_sandbox/api/", trust_env=False, timeout=60) as api,
    ):
        yield Loaded(process, api)
