"""The command ``scripts/site``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from provisioning.debian import NotInstalledError

from .building import BuildError, build
from .pages import ROOT
from .settings import repository

TARGET = ROOT / "build" / "site"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site.

    Args:
        arguments: The command line; the process's own if left out.

    Returns:
        0 when it was built, 1 when not.
    """
    parser = argparse.ArgumentParser(
        prog="scripts/site",
        description="Build the documentation as a static site, in English and Chinese, that needs no server.",
    )
    parser.add_argument("folder", nargs="?", type=Path, default=TARGET, help="the folder to make (build/site)")
    parser.add_argument("--without-contract", action="store_true", help="leave out the rendered contract")
    given = parser.parse_args(arguments)
    folder: Path = given.folder
    without_contract: bool = given.without_contract
    if folder.exists() and not _is_site(folder):
        print(f"{folder} is there already and is no site. Name another folder.")
        return 1
    try:
        build(folder.resolve(), repository=repository(), with_contract=not without_contract)
    except (BuildError, NotInstalledError) as error:
        print(error)
        return 1
    print(f"wrote {folder}; open {folder / 'index.html'}")
    return 0


def _is_site(folder: Path) -> bool:
    return folder.is_dir() and (not any(folder.iterdir()) or (folder / "llms.txt").exists())
