"""What the checks need and no Python package brings: Debian's packages, and npm's below the project."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class NotInstalledError(Exception):
    """The packages could not be installed; the message says why, and what to do."""


def _run(command: Sequence[str], problem: str) -> str:
    """Run a tool to its end, and return what it printed; where it fails, that follows the problem."""
    done = subprocess.run(
        command,
        cwd=_ROOT,
        # In run level 1, Debian's packages start no service of theirs.
        env={"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1", **os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise NotInstalledError(f"{problem}:\n{done.stdout.rstrip()}")
    return done.stdout


@contextmanager
def _whole(target: Path) -> Generator[Path]:
    """Yield a folder that becomes the target at the end; after an error, it is removed."""
    beside = target.with_name(f"{target.name}.new-{os.getpid()}")
    beside.mkdir(parents=True)
    try:
        yield beside
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


# A mirror may fail once, and another process may be installing.
_APT_GET = ("apt-get", "--quiet", "--yes", "-oAcquire::Retries=3", "-oDPkg::Lock::Timeout=120")
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


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
        _run([*_APT_GET, *command], f"apt-get could not install {names}")


def unpack_debian(suite: str, packages: Sequence[str], target: Path) -> None:
    """Unpack packages of another release, and all that they depend on, into a folder, which does not exist yet.

    Nothing else changes on this machine, except that mmdebstrap is installed. Programs in the folder are run
    with ``chroot``.

    Raises:
        NotInstalledError: This machine has no source for its own release, or mmdebstrap failed.
    """
    if shutil.which("mmdebstrap") is None:
        install_debian(["mmdebstrap"])
    options = ["--quiet", "--variant=extract", f"--include={','.join(packages)}"]
    with _whole(target) as root:
        command = ["mmdebstrap", *options, suite, str(root), _source(suite)]
        _run(command, f"mmdebstrap could not unpack {' '.join(packages)} of {suite}")


def _source(suite: str) -> str:
    """Write the line of sources.list for another release, from where this machine takes its own."""
    own = platform.freedesktop_os_release().get("VERSION_CODENAME", "none")
    targets = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", f"Release: {own}"]
    found = _run(["apt-get", *targets], "apt-get could not name its sources").split()
    if not found:
        raise NotInstalledError(f"this machine is no Debian with a source of packages: it cannot take {suite}'s.")
    return f"deb [signed-by={_KEYRING}] {found[0]} {suite} main"


CHROMIUM_PACKAGES = ("chromium", "fonts-noto-cjk")  # of Debian; without the fonts, Chinese text is boxes
# With these it starts everywhere, as root too, and makes no requests of its own.
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
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
    """Find the programs of one of `ENGINES`, in the order of `_PROGRAMS`; None where one is missing."""
    found = [path for name in _PROGRAMS[engine] if (path := _find(name))]
    return tuple(found) if len(found) == len(_PROGRAMS[engine]) else None


def missing_engines() -> list[str]:
    """List the engines that this machine does not have."""
    return [engine for engine in ENGINES if engine_programs(engine) is None]


def _find(name: str) -> str | None:
    paths = (*map(str, PROGRAM_FOLDERS), None)  # None is the PATH
    return next((found for path in paths if (found := shutil.which(name, path=path))), None)


_ROOT = Path(__file__).resolve().parents[1]
# Exact: later ones of Redocly need a newer Node, and what linters accept comes and goes between versions.
REDOCLY = "@redocly/cli@2.77.0"
BIOME = "@biomejs/biome@2.3.8"
TYPESCRIPT = "typescript@5.9.3"
# What renders the contract in the documentation: of version 2, as scripts of version 3 do not start from a disk.
REDOC = "redoc@2.5.4"
# What lets the search of the documentation start from a disk, where browsers start no worker.
IFRAME_WORKER = "iframe-worker@1.0.4"
# Node and npm themselves come as a Python package: Pyright needs them on every machine.
_NPM = (str(Path(sys.executable).with_name("npm")), "--loglevel=error")
_OPTIONS = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund")


def npm_home(package: str) -> Path:
    """Return where a package, such as ``@redocly/cli@2.77.0``, is installed below the project, or would be."""
    return _ROOT / ".node" / package.removeprefix("@").replace("/", "-").replace("@", "-")


def install_npm(package: str) -> None:
    """Install a package below the project.

    Raises:
        NotInstalledError: npm could not install it.
    """
    if not npm_home(package).exists():
        with _whole(npm_home(package)) as folder:
            _run([*_NPM, "install", *_OPTIONS, "--prefix", str(folder), package], f"npm could not install {package}")


def unpack_npm(package: str) -> Path:
    """Unpack the files of a package, without what it depends on; gives the folder that holds them.

    Raises:
        NotInstalledError: npm could not fetch it.
    """
    if not npm_home(package).exists():
        with _whole(npm_home(package)) as folder:
            _run([*_NPM, "pack", "--pack-destination", str(folder), package], f"npm could not install {package}")
            (archive,) = folder.glob("*.tgz")
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
            archive.unlink()
    return npm_home(package) / "package"
