"""Debian's packages, installed with apt-get by root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

# A mirror may fail once, and another process may be installing.
_APT_GET = ("apt-get", "--quiet", "--yes", "-oAcquire::Retries=3", "-oDPkg::Lock::Timeout=120")


class NotInstalledError(Exception):
    """The packages could not be installed; the message says why, and what to do."""


def install(packages: Sequence[str]) -> None:
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
        done = subprocess.run(
            [*_APT_GET, *command],
            # In run level 1, Debian's packages start no service of theirs.
            env={"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1", **os.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise NotInstalledError(f"apt-get could not install {names}:\n{done.stdout.rstrip()}")
