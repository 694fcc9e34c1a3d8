"""A process that sends campaigns, is interrupted, and prints how each of them ended.

Each line on its input has the milliseconds until the first Ctrl-C, the milliseconds from that to the second one, and
the journal, ``-`` for a temporary one. Where the second is below 0 there is none, and the first counts from the end
of the list, else from the first request.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from jsms_client import JSMS, AsyncJSMS, RetryPolicy
from jsms_client.campaigns import Progress
from sandbox.sandbox_process import ROOT

from .recipients import people

# An import that is interrupted leaves half a module behind.
import_module("jsms_client._async.fast")

RECIPIENTS = 8_000
BATCH = 500
CONCURRENCY = 4
TEMPLATE = 1250


def interrupt(first: float, second: float) -> None:
    """Send Ctrl-C to this process, once or twice."""
    time.sleep(first / 1000)
    os.kill(os.getpid(), signal.SIGINT)
    if second >= 0:
        time.sleep(second / 1000)
        os.kill(os.getpid(), signal.SIGINT)


class Once:
    """Does something the first time that it is called."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = [work]

    def __call__(self, progress: Progress | None = None) -> None:
        """Do it: at the end of the list, or with the first progress of sending."""
        if self._work and (progress is None or progress.phase == "sending"):
            self._work.pop()()


def members(then: Callable[[], None]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the list, and call a function at its end."""
    yield from people(RECIPIENTS)
    if not isinstance(then, Once):
        then()


def send(url: str, auth: tuple[str, str], journal: Path | None, then: Callable[[], None]) -> None:
    """Send by threads."""
    with JSMS(*auth, base_url=url, retry=RetryPolicy(attempts=1)) as jsms:
        jsms.campaigns.send(members(then), temp_id=TEMPLATE, journal=journal, concurrency=CONCURRENCY, batch_size=BATCH)


def send_by_tasks(url: str, auth: tuple[str, str], journal: Path | None, then: Callable[[], None]) -> None:
    """Send by tasks."""

    async def main() -> None:
        async with AsyncJSMS(*auth, base_url=url, retry=RetryPolicy(attempts=1)) as jsms:
            await jsms.campaigns.send(
                members(then),
                temp_id=TEMPLATE,
                journal=journal,
                concurrency=CONCURRENCY,
                batch_size=BATCH,
                on_progress=then if isinstance(then, Once) else None,
            )

    asyncio.run(main())


def main(url: str, key: str, secret: str, kind: str) -> None:
    """Do as each line says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work = send if kind == "threads" else send_by_tasks
    for line in sys.stdin:
        first, second, journal = line.split()
        ended = "complete"
        shots = threading.Thread(target=interrupt, args=(float(first), float(second)), daemon=True)
        try:
            try:
                signal.signal(signal.SIGINT, signal.default_int_handler)
                then = shots.start if float(second) < 0 else Once(shots.start)
                work(url, (key, secret), None if journal == "-" else Path(journal), then)
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
        except KeyboardInterrupt:
            ended = "interrupted"
        if shots.ident is not None:
            shots.join()
        print(ended, flush=True)


class Signalled:
    """That process; a context manager that ends it.

    Args:
        kind: Whether it sends by ``threads`` or by ``tasks``.
        settings: What its client is made with.
    """

    def __init__(self, kind: str, settings: Mapping[str, Any]) -> None:
        paths = [str(ROOT / folder) for folder in ("tests", "overlay", "generated", "sandbox")]
        credentials = (settings["base_url"], settings["app_key"], settings["master_secret"])
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "campaigns.signals", *credentials, kind],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def send(self, first: float, second: float, journal: Path | None) -> str:
        """Have it send, and be interrupted; how that ended."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._popen.stdin.write(f"{first} {second} {journal or '-'}\n")
        self._popen.stdin.flush()
        ended = self._popen.stdout.readline().strip()
        if not ended:
            _, errors = self._popen.communicate()
            raise AssertionError(f"the process ended with {self._popen.returncode}: {errors}")
        return ended

    def __exit__(self, *_: object) -> None:
        self._popen.communicate()


if __name__ == "__main__":
    main(*sys.argv[1:])
