"""A fork of the contract, installed beside the wheel, changes what JSMS offers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from contract_tools.cli import main
from regenerate.maintainer import copy_contract, edit

from .conftest import Built

pytestmark = pytest.mark.timeout(300)

PROGRAM = """
import json
import httpx
from jsms_client import JSMS
from jsms_client.results import TallyReport

def respond(request):
    return httpx.Response(200, json={"used": 3, "phones": [], "cost": 0.5, "newer": 1})

jsms = JSMS("a" * 24, "b" * 24, base_url="http://127.0.0.1:9/v1", http_client=httpx.Client(
    transport=httpx.MockTransport(respond)))
usage = jsms.accounts.tally(day=3)
assert isinstance(usage, TallyReport)
print(usage.used, usage.cost, dict(usage.extra))
"""


class Environment:
    """An empty environment, which finds what the wheel needs among what the tests have."""

    def __init__(self, home: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
        self.python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def pip(self, *arguments: str | Path) -> None:
        command = [sys.executable, "-m", "pip", "--python", str(self.python), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def run(self, program: str, folder: Path) -> subprocess.CompletedProcess[str]:
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE", "JSMS_"))
        }
        return subprocess.run(
            [str(self.python), "-c", program], cwd=folder, env=clean, capture_output=True, text=True, check=False
        )


def test_a_fork_is_installed_beside_the_wheel_and_stays_when_that_is_installed_again(
    built: Built, tmp_path: Path
) -> None:
    copy_contract(tmp_path)
    edit(tmp_path)
    assert main([str(tmp_path / "openapi.yaml"), "--output", str(tmp_path / "fork")]) == 0

    environment = Environment(tmp_path / "venv")
    environment.pip("install", "--quiet", built.wheel)
    environment.pip("install", "--quiet", tmp_path / "fork")
    done = environment.run(PROGRAM, tmp_path)
    assert (done.stdout, done.stderr) == ("3 0.5 {'newer': 1}\n", "")

    environment.pip("install", "--quiet", "--force-reinstall", "--no-deps", built.wheel)
    assert environment.run(PROGRAM, tmp_path).stdout == done.stdout
    environment.pip("uninstall", "--quiet", "--yes", "jsms-client-fork")
    gone = environment.run(
        "from jsms_client import JSMS; print(hasattr(JSMS('a' * 24, 'b' * 24).accounts, 'tally'))", tmp_path
    )
    assert (gone.stdout, gone.stderr) == ("False\n", "")
