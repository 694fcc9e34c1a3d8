"""A fork of the contract, installed beside the wheel, changes what JSMS, the command and the sandbox offer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from contract_tools.cli import main
from regenerate.maintainer import copy_contract, edit

from .conftest import Built, environment, install

pytestmark = pytest.mark.timeout(300)

PROGRAM = """
import asyncio
from jsms_client import JSMS, AsyncJSMS
from jsms_client.results import TallyReport

async def ask():
    async with AsyncJSMS() as jsms:
        return await jsms.accounts.tally(day=3)

with JSMS() as jsms:
    usages = [jsms.accounts.tally(day=3), asyncio.run(ask())]
for usage in usages:
    assert isinstance(usage, TallyReport)
    print(usage.used, usage.phones, usage.cost, dict(usage.extra))
"""
PRINTED = """\
3 ('13800138000',) None {'sandbox_unknown_field': {'added': True}}
3 ('13800138000',) None {}
"""


class Environment:
    """An environment with the wheel, its command and its sandbox."""

    def __init__(self, wheel: Path, home: Path) -> None:
        self.python = install(wheel, "cli,sandbox", home / "venv")
        self._home = home

    def pip(self, *arguments: str | Path) -> None:
        command = [sys.executable, "-m", "pip", "--python", str(self.python), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def run(self, program: str, *arguments: str, **settings: str) -> tuple[str, str]:
        """Run one of its programs; return what it printed, and what it said on standard error."""
        command = [str(self.python.with_name(program)), *arguments]
        clean = environment(XDG_CONFIG_HOME=str(self._home), **settings)
        done = subprocess.run(command, cwd=self._home, env=clean, capture_output=True, text=True, check=False)
        return done.stdout, done.stderr

    @contextmanager
    def sandbox(self) -> Generator[dict[str, str]]:
        """Run its sandbox, and provide what the sandbox says of itself."""
        command = [str(self.python), "-m", "jsms_sandbox", "--port", "0", "--json"]
        with subprocess.Popen(
            command, cwd=self._home, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stdout is not None
                line = process.stdout.readline()
                assert line, process.communicate()
                yield json.loads(line)
            finally:
                process.terminate()

    def check_the_new_operation(self) -> None:
        """Call it over a socket with both clients, once with a field that no document has, and by command."""
        with self.sandbox() as sandbox:
            settings = {
                "JSMS_BASE_URL": sandbox["base_url"],
                "JSMS_APP_KEY": sandbox["app_key"],
                "JSMS_MASTER_SECRET": sandbox["master_secret"],
            }
            fault = {"kind": "variant", "variant": "unknown_field", "operation": "getTally"}
            httpx.post(f"{sandbox['page']}api/faults", json=fault, trust_env=False, timeout=60).raise_for_status()
            assert self.run(self.python.name, "-c", PROGRAM, **settings) == (PRINTED, "")
            out, err = self.run("jsms", "api", "getTally", "--day", "3", "--json", **settings)
            tally = {"used": 3, "phones": ["13800138000"], "cost": None, "tally_name": None}
            assert (json.loads(out), err) == (tally, "")


def test_a_fork_is_installed_beside_the_wheel_and_stays_when_that_is_installed_again(
    built: Built, tmp_path: Path
) -> None:
    copy_contract(tmp_path)
    edit(tmp_path)
    assert main([str(tmp_path / "openapi.yaml"), "--output", str(tmp_path / "fork")]) == 0

    installed = Environment(built.wheel, tmp_path)
    installed.pip("install", "--quiet", tmp_path / "fork")
    installed.check_the_new_operation()

    installed.pip("install", "--quiet", "--force-reinstall", "--no-deps", built.wheel)
    installed.check_the_new_operation()
    installed.pip("uninstall", "--quiet", "--yes", "jsms-client-fork")
    has_it = "from jsms_client import JSMS; print(hasattr(JSMS('a' * 24, 'b' * 24).accounts, 'tally'))"
    assert installed.run(installed.python.name, "-c", has_it) == ("False\n", "")
