"""The command in this process, in its own folder, without the environment of the tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jsms_sandbox.pytest_plugin import Sandbox

from .runner import Command


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Provide the working folder; configuration is read from its ``config``."""
    for name in list(os.environ):
        if name.startswith("JSMS_") or name.lower().endswith("_proxy") or name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def jsms(folder: Path) -> Command:
    """Provide the command."""
    return Command()


@pytest.fixture
def parcel(jsms_sandbox: Sandbox) -> int:
    """Provide a notice template with one variable."""
    return jsms_sandbox.add_template("您的包裹{{number}}已到达。")
