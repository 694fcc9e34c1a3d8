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
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
"""With which it starts anywhere, as root too, and asks nobody for anything."""
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# A mirror may stumble, and something else may be installing.
_INSTALL = ("apt-get", "--quiet", "--yes", "-oAcquire::Retries=3", "-oDPkg::Lock::Timeout=120")
_ABSENT = "Chromium is not installed"


def chromium() -> str | None:
    """The Chromium of this machine; None where there is none."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class InBrowser:
    """The tests of the page, and the Chromium that they need."""

    def __init__(self) -> None:
        self._problem = ""
        self._installing: threading.Thread | None = None

    def install(self) -> None:
        """Begin to install Chromium with apt-get, while other checks run; what goes wrong shows when it is needed."""
        if chromium() is not None:
            return
        packages = " ".join(PACKAGES)
        if shutil.which("apt-get") is None:
            self._problem = f"{_ABSENT}, and there is no apt-get here: install Chromium, then run this again."
        elif os.geteuid() != 0:
            self._problem = f"{_ABSENT}, and only root may install it: apt-get install {packages}; then run this again."
        else:
            self._installing = threading.Thread(target=self._install, daemon=True)
            self._installing.start()

    def run(self, arguments: tuple[str, ...]) -> Outcome:
        """Test the page, where Chromium is installed."""
        if self._installing is not None:
            self._installing.join()
        if chromium() is None:
            if self._problem:
                print(self._problem, flush=True)
            hint = "" if self._problem else "; --complete installs it on Debian, as root"
            return Outcome(Result.LEFT_OUT, f"{_ABSENT}{hint}")
        return Outcome.of(openly(in_browser(python(), *arguments)))

    def _install(self) -> None:
        os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
        for command in (["update"], ["install", "--no-install-recommends", *PACKAGES]):
            if quietly([*_INSTALL, *command]):
                self._problem = f"{_ABSENT}: apt-get could not install {' '.join(PACKAGES)}; it says above why."
                return
