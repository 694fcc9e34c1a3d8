"""The sandbox as a process, started by its command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx

ROOT = Path(__file__).parents[2]
STOPS = 20
"""Seconds that a slow machine may need to stop it; an idle connection, which would take 75, is not waited for."""


def environment(settings: Mapping[str, str] | None = None, generated: Path = ROOT / "generated") -> dict[str, str]:
    """Return the environment in which the process finds its packages; it has the given settings alone."""
    paths = [str(generated), *(str(ROOT / name) for name in ("sandbox", "overlay"))]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JSMS_SANDBOX_")}
    return clean | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"} | dict(settings or {})


def run(
    *arguments: str, timeout: float = 45, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    command = [sys.executable, "-m", "jsms_sandbox", *arguments]
    return subprocess.run(
        command, env=environment(settings), capture_output=True, text=True, timeout=timeout, check=False
    )


class Process:
    """One running sandbox; a context manager that ends it."""

    def __init__(
        self, *arguments: str, settings: Mapping[str, str] | None = None, generated: Path = ROOT / "generated"
    ) -> None:
        command = [
            sys.executable,
            "-m",
            "jsms_sandbox",
            *(arguments if "--port" in arguments else ("--port", "0", *arguments)),
        ]
        self.popen = subprocess.Popen(
            command, env=environment(settings, generated), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.popen.stdout is not None
        self.welcome = ""
        for line in self.popen.stdout:
            self.welcome += line
            if "Ctrl-C" in line:
                break
        assert "Ctrl-C" in self.welcome, self.popen.communicate()
        self.url = self._find(r"Base URL +(\S+)/v1")
        self.auth = (self._find("appKey ([^,]+),"), self._find(r"masterSecret (\S+)"))
        self.http = httpx.Client(base_url=f"{self.url}/v1", auth=self.auth, trust_env=False, timeout=30)

    def _find(self, pattern: str) -> str:
        match = re.search(pattern, self.welcome)
        assert match is not None, self.welcome
        return match[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.communicate()
