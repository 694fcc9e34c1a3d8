"""What is released: the wheel and the source archive, the wheel installed, and the sandbox as one file."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]


class GateError(Exception):
    """A gate is not passed; the text says why, and what to do."""


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    timeout: float = 900,
) -> str:
    """Run a command to its end; return what it printed to standard output.

    Raises:
        GateError: It failed, or is not installed.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env=clean_environment() | dict(environment or {}),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise GateError(f"{words[0]} is not installed: start this with scripts/release.") from error
    except subprocess.TimeoutExpired as error:
        raise GateError(f"{' '.join(words)} did not end within {timeout:.0f} seconds.") from error
    if done.returncode:
        raise GateError(f"{' '.join(words)} failed:\n{(done.stdout + done.stderr).strip()}")
    return done.stdout


def clean_environment() -> dict[str, str]:
    """Copy the environment without what changes how Python and the project behave."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("JSMS_", "PYTHON", "PEX_"))}


IN_SDIST = (
    *("benchmarks", "cli", "docs", "examples", "generated", "overlay", "requirements", "sandbox", "scripts", "tests"),
    "translations",
)


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is uploaded to a package index."""

    wheel: Path
    sdist: Path


def build(output: Path, scratch: Path) -> Distribution:
    """Build both, and once more from a copy of what git tracks, in a scratch folder.

    Raises:
        GateError: The bytes differ, or a file of the project is missing in the source archive.
    """
    first = _build(ROOT, output)
    copy = scratch / "copy"
    listed = run(["git", "ls-files", "-z"]).split("\0")
    tracked = [name for name in listed if name and (ROOT / name).is_file()]
    for name in tracked:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
        (copy / name).chmod((ROOT / name).stat().st_mode)
    second = _build(copy, scratch / "again")
    for one, other in ((first.wheel, second.wheel), (first.sdist, second.sdist)):
        if one.read_bytes() != other.read_bytes():
            raise GateError(
                f"{one.name} has other bytes when it is built from a copy of the files that git tracks: it holds an "
                "untracked file, or something that depends on time or place."
            )
    with tarfile.open(first.sdist) as archive:
        inside = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    missing = {name for name in tracked if name.startswith(tuple(f"{each}/" for each in IN_SDIST))} - inside
    if missing:
        raise GateError(f"The source archive lacks {', '.join(sorted(missing)[:5])}.")
    return first


def _build(source: Path, output: Path) -> Distribution:
    time = {"SOURCE_DATE_EPOCH": run(["git", "log", "-1", "--format=%ct"]).strip()}
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", output, source], environment=time)
    (wheel,), (sdist,) = output.glob("*.whl"), output.glob("*.tar.gz")
    return Distribution(wheel, sdist)


EXTRAS = "callbacks,cli,fast,otel,redis,sandbox,sql"
# What may be used beside MIT-licensed code and handed on with it. MPL 2.0 asks for the source of its own files alone.
LICENCES = (
    *("Apache-2.0", "Apache-2.0 OR BSD-3-Clause", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "ISC License (ISCL)"),
    *("MIT", "MIT License", "MIT-0", "Mozilla Public License 2.0 (MPL 2.0)", "PSF-2.0"),
)
SEND = "from jsms_client import JSMS; print(JSMS().codes.send('13800138000', temp_id=1).msg_id)"
STOPS = 30


def install(wheel: Path, home: Path) -> Path:
    """Install a wheel with all its extras; return the Python of the environment."""
    uv = [sys.executable, "-m", "uv", "--quiet"]
    run([*uv, "venv", "--python", sys.executable, home])
    python = home / "bin" / "python"
    wanted = f"jsms-client[{EXTRAS}] @ {wheel.resolve().as_uri()}"
    run([*uv, "pip", "install", "--python", python, "--constraint", "requirements/dev.txt", wanted])
    return python


def send(python: Path) -> None:
    """Start the installed sandbox, send a code to it with the installed client, and ask for the balance."""
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
    """Start a sandbox by a command; yield what it prints with --json.

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
    """Check that the licence of every package that the extras bring is allowed."""
    run(["pip-licenses", "--python", python, "--from", "mixed", "--allow-only", ";".join(LICENCES)])


def list_parts(python: Path, target: Path) -> None:
    """Write the software bill of materials (CycloneDX) of the wheel with all its extras."""
    run(["cyclonedx-py", "environment", "--output-reproducible", "--of", "JSON", "-o", target, python])


SANDBOX_FILE = "jsms-sandbox.pyz"
MINORS = (11, 12, 13, 14)


def build_sandbox_file(wheel: Path, output: Path, minors: Sequence[int] = MINORS) -> Path:
    """Build the file for some Pythons on this kind of machine; elsewhere than on Linux for this Python alone."""
    target = output / SANDBOX_FILE
    platforms: list[str] = []
    if sys.platform == "linux":
        tag = f"manylinux2014_{platform.machine()}"
        platforms = [word for minor in minors for word in ("--platform", f"{tag}-cp-3.{minor}.0-cp3{minor}")]
    wanted = f"jsms-client[sandbox] @ {wheel.resolve().as_uri()}"
    options = ["--constraints", "requirements/dev.txt", "--no-build", *platforms, "--sh-boot", "--no-emit-warnings"]
    run(["pex", wanted, *options, "--console-script", "jsms-sandbox", "--output-file", target])
    return target


def try_sandbox_file(file: Path, scratch: Path, minors: Sequence[int] = MINORS) -> list[str]:
    """Run the file with every bare Python of this machine, and send a code over HTTP; return what ran it.

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
            _send_plainly(facts)
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


def _send_plainly(facts: dict[str, str]) -> None:
    response = httpx.post(
        f"{facts['base_url']}/codes",
        auth=(facts["app_key"], facts["master_secret"]),
        json={"mobile": "13800138000", "temp_id": 1},
        trust_env=False,
    )
    if response.status_code != 200:
        raise GateError(f"The sandbox of the single file responded {response.status_code}: {response.text}")
