"""A minimal project, to make environments of it without a network."""

from __future__ import annotations

import sys
from pathlib import Path

_PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "small"
version = "1"
"""
# An editable install in the fewest words that PEP 660 takes.
_BACKEND = """\
import os, zipfile


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    if os.environ.get("SMALL_PROJECT_FAILS"):
        raise SystemExit("the small project cannot be built")
    information = "small-1.dist-info/"
    files = {
        "small.pth": os.getcwd(),
        information + "METADATA": "Metadata-Version: 2.1\\nName: small\\nVersion: 1\\n",
        information + "WHEEL": "Wheel-Version: 1.0\\nGenerator: small\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    record = "".join(f"{name},,\\n" for name in [*files, information + "RECORD"])
    with zipfile.ZipFile(os.path.join(wheel_directory, "small-1-py3-none-any.whl"), "w") as wheel:
        for name, content in {**files, information + "RECORD": record}.items():
            wheel.writestr(name, content)
    with open("built.txt", "a") as log:
        log.write("built\\n")
    return "small-1-py3-none-any.whl"
"""
BASE = getattr(sys, "_base_executable", sys.executable)
"""The Python that environments are made from."""


def small_project(folder: Path) -> Path:
    """Write the project; every editable install of it adds a line to ``built.txt``."""
    (folder / "requirements").mkdir(parents=True)
    (folder / "requirements" / "dev.txt").write_text("# nothing\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text(_PYPROJECT, encoding="utf-8")
    (folder / "backend.py").write_text(_BACKEND, encoding="utf-8")
    return folder


def installs(project: Path) -> int:
    """Count how often the project was installed."""
    log = project / "built.txt"
    return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0
