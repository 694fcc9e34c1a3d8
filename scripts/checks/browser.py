"""The inbox page in a real Chromium, which no Python package brings: Debian's is asked for."""

from __future__ import annotations

import os
import shutil
import threading

from .check import Outcome, Result
from .suite import in_browser
from .tools import openly, python, quietly

PACKAGES = ("chromium", "fonts-noto-cjk")
"""Of Debian. Without the fonts Chinese text is boxes."""
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_INSTALL = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes")
_ABSENT = "Chromium is not installed"
_problem = ""
_installing: threading.Thread | None = None


def chromium() -> str | None:
    """The Chromium of this machine; None where there is none."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def test(arguments: tuple[str, ...] = ()) -> Outcome:
    """Test the page, where Chromium is installed."""
    if _installing is not None:
        _installing.join()
    if chromium() is None:
        if _problem:
            print(_problem, flush=True)
        return Outcome(Result.LEFT_OUT, _ABSENT if _problem else f"{_ABSENT}; --complete installs it on Debian, as root")
    return Outcome.of(openly(in_browser(python(), *arguments)))


def install() -> None:
    """Begin to install it with apt-get, while other checks run; whatever goes wrong shows when it is needed."""
    global _installing, _problem  # noqa: PLW0603  # one machine, one Chromium
    if chromium() is not None:
        return
    packages = " ".join(PACKAGES)
    if shutil.which("apt-get") is None:
        _problem = f"{_ABSENT}, and there is no apt-get here: install Chromium, then run this again."
    elif os.geteuid() != 0:
        _problem = f"{_ABSENT}, and only root may install it: apt-get install {packages}; then run this again."
    else:
        _installing = threading.Thread(target=_install, daemon=True)
        _installing.start()


def _install() -> None:
    global _problem  # noqa: PLW0603  # as above
    failed = quietly([*_INSTALL, "update"]) or quietly([*_INSTALL, "install", "--no-install-recommends", *PACKAGES])
    if failed:
        _problem = f"{_ABSENT}: apt-get could not install {' '.join(PACKAGES)}; it says above why."
