"""A real Chromium for the inbox page: Debian's, as no Python package brings one."""

from __future__ import annotations

import shutil

PACKAGES = ("chromium", "fonts-noto-cjk")
"""Of Debian. Without the fonts, Chinese text is boxes."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
"""With these it starts everywhere, as root too, and makes no requests of its own."""
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium() -> str | None:
    """The Chromium of this machine; None where there is none."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)
