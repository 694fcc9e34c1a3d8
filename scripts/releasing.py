"""The command ``scripts/release``: every gate in order, each with its time; the first that fails ends it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import httpx
from packaging.version import InvalidVersion, Version

from contract_tools.changes.revisions import package_version

ROOT = Path(__file__).resolve().parents[1]
Say = Callable[[str], None]


def launch(arguments: Sequence[str] | None = None) -> int:
    """Run ``main`` in the check of that name, which has the tools."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _parser().parse_args(given)
    return subprocess.call([ROOT / "scripts" / "test", "release", "--", *(given or ["--output", str(ROOT / "dist")])])


def main(arguments: Sequence[str] | None = None) -> int:
    """Pass every gate; the exit code is 1 where one is not passed."""
    options = _parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="jsms-release-") as folder:
            output = Path(folder) / "dist" if options.check else options.output
            _release(output, Path(folder), full=not options.check)
    except GateError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    if not options.check:
        print(f"\nEverything is in {output}. Nothing was uploaded: CONTRIBUTING.md says what comes next.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/release",
        description="Make everything of a release and check it: wheel, source archive, sandbox as one file, contract "
        "kit, list of parts (SBOM). Nothing is uploaded.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="keep nothing, run no other checks, and take a tree with changes and a version without date",
    )
    output = "where to (default: dist/ here, emptied first)"
    parser.add_argument("--output", type=Path, default=ROOT / "dist", metavar="DIR", help=output)
    return parser


def _release(output: Path, scratch: Path, *, full: bool) -> None:
    version = package_version(ROOT)
    print(f"jsms-client {version}", flush=True)
    if full:
        with _gate("tree without changes"):
            if changes := run(["git", "status", "--porcelain"]):
                raise GateError(f"There are changes; commit them first:\n{changes}")
    with _gate("changelog"):
        check_changelog((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version, release=full)
    with _gate("files of GitHub, GitLab, Docker"):
        _check_automation()
    if full:
        with _gate("contract and Python API against the last release") as say:
            tag = _last_tag()
            say(f"since {tag}" if tag else "no release yet")
            run([ROOT / "scripts" / "regenerate", "--check", *(["--against", tag] if tag else [])])
        with _gate("scripts/test --complete"):
            run([ROOT / "scripts" / "test", "--complete"], timeout=3600)
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    with _gate("wheel and source archive, the same bytes twice") as say:
        wheel, sdist = build(output, scratch)
        say(f"{wheel.stat().st_size:,} and {sdist.stat().st_size:,} bytes")
    with _gate("contents of the wheel"):
        run(["check-wheel-contents", wheel])
    with _gate("metadata and description"):
        run(["twine", "check", "--strict", wheel, sdist])
    with _gate("a send from an empty environment"):
        python = install(wheel, scratch / "empty")
        send(python)
    with _gate("licences"):
        run(["pip-licenses", "--python", python, "--from", "mixed", "--allow-only", ";".join(LICENCES)])
    with _gate("list of parts"):
        parts = output / f"jsms-client-{version}.cdx.json"
        run(["cyclonedx-py", "environment", "--output-reproducible", "--of", "JSON", "-o", parts, python])
    with _gate("the sandbox as one file") as say:
        minors = MINORS if full else (sys.version_info.minor,)  # each takes a while to download
        file = build_sandbox_file(wheel, output, minors)
        ran = try_sandbox_file(file, scratch, minors)
        say(f"{file.stat().st_size:,} bytes, ran with Python {', '.join(ran)}")
    with _gate("contract kit"):
        run([ROOT / "scripts" / "kit", "--output", output])


def _last_tag() -> str:
    tags = run(["git", "tag", "--list", "v*", "--sort=-version:refname", "--merged", "HEAD"])
    return tags.partition("\n")[0]


@contextmanager
def _gate(name: str) -> Generator[Say]:
    notes: list[str] = []
    started = time.monotonic()
    print(f"  {name} …", end="", flush=True)
    yield notes.append
    print(f" passed in {time.monotonic() - started:.1f} s{''.join(f' ({note})' for note in notes)}", flush=True)


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


_SCHEMAS = {
    "vendor.github-workflows": (".github/workflows/*.yml", "examples/containers/github-actions.yml"),
    "vendor.github-issue-forms": (".github/ISSUE_TEMPLATE/[!c]*.yml",),
    "vendor.github-issue-config": (".github/ISSUE_TEMPLATE/config.yml",),
    "vendor.dependabot": (".github/dependabot.yml",),
    "vendor.compose-spec": ("sandbox/compose.yaml",),
    "vendor.gitlab-ci": ("examples/containers/gitlab-ci.yml",),
}


def _check_automation() -> None:
    """Check every file that GitHub, GitLab or Docker reads."""
    for schema, patterns in _SCHEMAS.items():
        files = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
        transform = ["--data-transform", "gitlab-ci"] if schema == "vendor.gitlab-ci" else []
        run(["check-jsonschema", "--builtin-schema", schema, *transform, *(path.relative_to(ROOT) for path in files)])
    run(["zizmor", "--offline", "--no-progress", "--quiet", ".github"])
    run(["hadolint", "sandbox/Dockerfile"])


UNRELEASED: Final = "unreleased"


def entries(changelog: str) -> list[tuple[Version, date | None, str]]:
    """Read each version of a changelog, its date, None while it is not out, and its lines.

    Raises:
        GateError: It does not have the form.
    """
    found: list[tuple[Version, date | None, str]] = []
    for part in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        head, _, text = part.partition("\n")
        try:
            version, _, when = head.removesuffix(")").partition(" (")
            found.append((Version(version), None if when == UNRELEASED else date.fromisoformat(when), text.strip()))
        except (ValueError, InvalidVersion) as error:
            raise GateError(
                f"CHANGELOG.md: “## {head}” is no heading of a version, such as ## 1.2.0 (2026-11-30) or ## 1.2.0 "
                f"({UNRELEASED})."
            ) from error
    return found


def check_changelog(changelog: str, version: str, *, release: bool) -> None:
    """Check that a changelog has the entry of a version as its newest, with a date where it is a release.

    Raises:
        GateError: It does not.
    """
    found = entries(changelog)
    if not found or found[0][0] != Version(version):
        raise GateError(f"CHANGELOG.md: the newest entry must be that of {version}, the version in _version.py.")
    versions = [each for each, _, _ in found]
    if versions != sorted(set(versions), reverse=True):
        raise GateError("CHANGELOG.md: the versions must be in order, the newest first, each once.")
    if any(released is None for _, released, _ in found[1:]):
        raise GateError("CHANGELOG.md: only the newest version can be unreleased.")
    _, released, text = found[0]
    for line in text.splitlines():
        if not re.match(r"- \S|  \S|### \S|$", line):
            raise GateError(
                f"CHANGELOG.md: “{line[:60]}” is neither an item (- ) nor the next line of one (two spaces)."
            )
    if not text:
        raise GateError(f"CHANGELOG.md: the entry of {version} is empty.")
    if release and released is None:
        raise GateError(f"CHANGELOG.md: {version} is unreleased; write the date of its release in its heading.")


IN_SDIST = (
    *("benchmarks", "cli", "docs", "examples", "generated", "overlay", "requirements", "sandbox", "scripts", "tests"),
    "translations",
)


def build(output: Path, scratch: Path) -> tuple[Path, Path]:
    """Build wheel and source archive, and once more from a copy of what git tracks, in a scratch folder.

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
    for one, other in zip(first, second, strict=True):
        if one.read_bytes() != other.read_bytes():
            raise GateError(
                f"{one.name} has other bytes when it is built from a copy of the files that git tracks: it holds an "
                "untracked file, or something that depends on time or place."
            )
    with tarfile.open(first[1]) as archive:
        inside = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    missing = {name for name in tracked if name.startswith(tuple(f"{each}/" for each in IN_SDIST))} - inside
    if missing:
        raise GateError(f"The source archive lacks {', '.join(sorted(missing)[:5])}.")
    return first


def _build(source: Path, output: Path) -> tuple[Path, Path]:
    time = {"SOURCE_DATE_EPOCH": run(["git", "log", "-1", "--format=%ct"]).strip()}
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", output, source], environment=time)
    (wheel,), (sdist,) = output.glob("*.whl"), output.glob("*.tar.gz")
    return wheel, sdist


# What may be used beside MIT-licensed code and handed on with it. MPL 2.0 asks for the source of its own files alone.
LICENCES = (
    *("Apache-2.0", "Apache-2.0 OR BSD-3-Clause", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "ISC License (ISCL)"),
    *("MIT", "MIT License", "MIT-0", "Mozilla Public License 2.0 (MPL 2.0)", "PSF-2.0"),
)
_SEND = "from jsms_client import JSMS; print(JSMS().codes.send('13800138000', temp_id=1).msg_id)"
_TIMEOUT = 30.0  # seconds for a request to a sandbox, and for its end


def install(wheel: Path, home: Path) -> Path:
    """Install a wheel with all its extras; return the Python of the environment."""
    uv = [sys.executable, "-m", "uv", "--quiet"]
    run([*uv, "venv", "--python", sys.executable, home])
    python = home / "bin" / "python"
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    wanted = f"jsms-client[{','.join(extras)}] @ {wheel.resolve().as_uri()}"
    run([*uv, "pip", "install", "--python", python, "--constraint", "requirements/dev.txt", wanted])
    return python


def send(python: Path) -> None:
    """Start the installed sandbox, send a code to it with the installed client, and ask for the balance."""
    folder = python.parent
    with sandbox([str(folder / "jsms-sandbox")], folder) as facts:
        keys = {"JSMS_BASE_URL": facts["base_url"], "JSMS_APP_KEY": facts["app_key"]}
        environment = keys | {"JSMS_MASTER_SECRET": facts["master_secret"]}
        msg_id = run([python, "-I", "-c", _SEND], cwd=folder, environment=environment, timeout=60).strip()
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
            if (status := httpx.get(ready, trust_env=False, timeout=_TIMEOUT).status_code) != 200:
                raise GateError(f"{' '.join(command)} responds {status} to readyz.")
            yield facts
            process.send_signal(signal.SIGTERM)
            errors = process.communicate(timeout=_TIMEOUT)[1]
            if process.returncode or errors:
                raise GateError(f"{' '.join(command)} ended with {process.returncode}:\n{errors}")
        finally:
            if process.poll() is None:
                process.kill()


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
        if python is None or subprocess.call([python, "-I", "-c", "import ssl, sqlite3"], stderr=subprocess.DEVNULL):
            continue
        folder = scratch / f"3.{minor}"
        folder.mkdir()
        with sandbox([python, "-I", str(file.resolve())], folder) as facts:
            response = httpx.post(
                f"{facts['base_url']}/codes",
                auth=(facts["app_key"], facts["master_secret"]),
                json={"mobile": "13800138000", "temp_id": 1},
                trust_env=False,
            )
            if response.status_code != 200:
                raise GateError(f"The sandbox of the single file responded {response.status_code}: {response.text}")
        ran.append(f"3.{minor}")
    if not ran:
        raise GateError(f"No Python is here to try {file.name} with.")
    return ran
