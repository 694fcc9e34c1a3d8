"""The sandbox as one file that any Python from 3.11 on runs: a zip archive with all that it needs."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from .commands import GateError, run
from .installed import sandbox

NAME = "jsms-sandbox.pyz"
MINORS = (11, 12, 13, 14)


def build(wheel: Path, output: Path, minors: Sequence[int] = MINORS) -> Path:
    """Build the file.

    Args:
        wheel: The project's wheel.
        output: The folder for it.
        minors: The Pythons that it is for, on Linux.

    Returns:
        The file, for this kind of machine; elsewhere than on Linux for this Python alone.
    """
    target = output / NAME
    platforms: list[str] = []
    if sys.platform == "linux":
        tag = f"manylinux2014_{platform.machine()}"
        platforms = [word for minor in minors for word in ("--platform", f"{tag}-cp-3.{minor}.0-cp3{minor}")]
    wanted = f"jsms-client[sandbox] @ {wheel.resolve().as_uri()}"
    options = ["--constraints", "requirements/dev.txt", "--no-build", *platforms, "--sh-boot", "--no-emit-warnings"]
    run(["pex", wanted, *options, "--console-script", "jsms-sandbox", "--output-file", target])
    return target


def try_out(file: Path, scratch: Path, minors: Sequence[int] = MINORS) -> list[str]:
    """Run the file with every bare Python of this machine, and send a code over HTTP.

    Args:
        file: The file.
        scratch: A folder for what it unpacks.
        minors: The Pythons to try.

    Returns:
        The Pythons that ran it.

    Raises:
        GateError: It does not work with one of them.
    """
    ran: list[str] = []
    for minor in minors:
        python = shutil.which(f"python3.{minor}")
        if python is None or not _works(python):
            continue
        folder = scratch / f"3.{minor}"
        folder.mkdir()
        with sandbox([python, "-I", str(file.resolve())], folder) as facts:
            _send(facts)
        ran.append(f"3.{minor}")
    if not ran:
        raise GateError(f"No Python is here to try {file.name} with.")
    return ran


def _works(python: str) -> bool:
    try:
        run([python, "-I", "-c", "import ssl, sqlite3"])
    except GateError:
        return False
    return True


def _send(facts: dict[str, str]) -> None:
    response = httpx.post(
        f"{facts['base_url']}/codes",
        auth=(facts["app_key"], facts["master_secret"]),
        json={"mobile": "13800138000", "temp_id": 1},
        trust_env=False,
    )
    if response.status_code != 200:
        raise GateError(f"The sandbox of the single file responded {response.status_code}: {response.text}")
