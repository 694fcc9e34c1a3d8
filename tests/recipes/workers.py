"""Web apps with several workers, and ways to choose which worker takes a request."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

WORKERS = 4
open_url = build_opener(ProxyHandler({})).open


class App:
    """A running web app.

    Attributes:
        address: Where it is.
        pid: The process that was started.
    """

    def __init__(self, address: str, pid: int) -> None:
        self.address = address
        self.pid = pid

    def get(self, path: str) -> tuple[int, bytes]:
        """Send a GET on a new connection."""
        return self._open(Request(f"{self.address}{path}"))

    def post(self, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Send a POST on a new connection."""
        return self._open(Request(f"{self.address}{path}", body))

    def workers(self) -> list[int]:
        """Return the processes that serve, once all of them do."""
        end = time.monotonic() + 30
        while True:
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            # uvicorn has one more, which only watches for its end.
            workers = [
                int(child)
                for child in children
                if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()
            ]
            if len(workers) == WORKERS:
                time.sleep(1)
                return workers
            assert time.monotonic() < end, workers
            time.sleep(0.1)

    def _open(self, request: Request) -> tuple[int, bytes]:
        try:
            with open_url(request, timeout=30) as response:
                return response.status, response.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()


@contextmanager
def running(folder: Path, *command: str, environment: Mapping[str, str]) -> Generator[App]:
    """Run an app with Python, in its folder."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    address = None
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:[1-9][0-9]*", line):
            address = found[0]
            break
    reader = threading.Thread(target=process.stdout.read, daemon=True)  # so that it never waits to be read
    reader.start()
    try:
        assert address is not None, "".join(said)
        yield App(address, process.pid)
    finally:
        process.terminate()
        process.wait(30)
        reader.join()
        process.stdout.close()


@contextmanager
def only(worker: int, workers: list[int]) -> Generator[None]:
    """Let one of the workers take all requests for a while."""
    others = [each for each in workers if each != worker]
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in others:
            os.kill(pid, signal.SIGCONT)
