"""The wheel in an empty environment: a send to its own sandbox, the licences of what comes along, and a list of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from .commands import GateError, clean_environment, run

EXTRAS = "callbacks,cli,fast,otel,redis,sandbox,sql"
# What may be used beside MIT-licensed code and handed on with it. MPL 2.0 asks for the source of its own files alone.
LICENCES = (
    *("Apache-2.0", "Apache-2.0 OR BSD-3-Clause", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "ISC License (ISCL)"),
    *("MIT", "MIT License", "MIT-0", "Mozilla Public License 2.0 (MPL 2.0)", "PSF-2.0"),
)
SEND = "from jsms_client import JSMS; print(JSMS().codes.send('13800138000', temp_id=1).msg_id)"
STOPS = 30


def install(wheel: Path, home: Path) -> Path:
    """Install a wheel with all its extras.

    Returns:
        The Python of the environment.
    """
    uv = [sys.executable, "-m", "uv", "--quiet"]
    run([*uv, "venv", "--python", sys.executable, home])
    python = home / "bin" / "python"
    wanted = f"jsms-client[{EXTRAS}] @ {wheel.resolve().as_uri()}"
    run([*uv, "pip", "install", "--python", python, "--constraint", "requirements/dev.txt", wanted])
    return python


def send(python: Path) -> None:
    """Start the installed sandbox, and send a code to it with the installed client and over plain HTTP.

    Raises:
        GateError: It does not work.
    """
    folder = python.parent
    with sandbox([str(folder / "jsms-sandbox")], folder) as facts:
        keys = {"JSMS_BASE_URL": facts["base_url"], "JSMS_APP_KEY": facts["app_key"]}
        environment = keys | {"JSMS_MASTER_SECRET": facts["master_secret"]}
        msg_id = run([python, "-I", "-c", SEND], cwd=folder, environment=environment, timeout=60).strip()
        shown = run([folder / "jsms", "balance", "--json"], cwd=folder, environment=environment, timeout=60)
        if not msg_id.isdigit() or not json.loads(shown):
            raise GateError(f"The installed client printed {msg_id!r} and {shown!r}.")


@contextmanager
def sandbox(command: Sequence[str], folder: Path) -> Generator[dict[str, str]]:
    """A sandbox that a command starts; what it prints with --json.

    Raises:
        GateError: It does not start, is not ready, or does not stop cleanly.
    """
    with subprocess.Popen(
        [*command, "--port", "0", "--json"],
        cwd=folder,
        env=clean_environment() | {"HOME": str(folder), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise GateError(f"{' '.join(command)} did not start:\n{process.communicate()[1]}")
            facts: dict[str, str] = json.loads(line)
            ready = facts["base_url"].removesuffix("/v1") + "/_sandbox/readyz"
            if (status := httpx.get(ready, trust_env=False, timeout=STOPS).status_code) != 200:
                raise GateError(f"{' '.join(command)} responds {status} to readyz.")
            yield facts
            process.send_signal(signal.SIGTERM)
            errors = process.communicate(timeout=STOPS)[1]
            if process.returncode or errors:
                raise GateError(f"{' '.join(command)} ended with {process.returncode}:\n{errors}")
        finally:
            if process.poll() is None:
                process.kill()


def check_licences(python: Path) -> None:
    """Check the licence of every package that the extras bring.

    Raises:
        GateError: One of them is not among those that are allowed.
    """
    run(["pip-licenses", "--python", python, "--from", "mixed", "--allow-only", ";".join(LICENCES)])


def list_parts(python: Path, target: Path) -> None:
    """Write the software bill of materials (CycloneDX) of the wheel with all its extras."""
    run(["cyclonedx-py", "environment", "--output-reproducible", "--of", "JSON", "-o", target, python])
