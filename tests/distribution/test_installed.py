"""The wheel in an environment that has nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from example_server import EXAMPLE_CREDENTIALS, ExampleServer

from .conftest import ROOT, Built

CONTRACT = ROOT / "generated" / "jsms_contract" / "openapi.json"
CORE = ("attrs", "httpx")
SEND = """
from jsms_client import JSMS

with JSMS() as jsms:
    print(jsms.codes.send("13800138000", temp_id=1).msg_id)
"""
SEND_ASYNC = """
import asyncio
from jsms_client import AsyncJSMS

async def main():
    async with AsyncJSMS() as jsms:
        print((await jsms.codes.send("13800138000", temp_id=1)).msg_id)

asyncio.run(main())
"""

pytestmark = pytest.mark.timeout(300)


class Empty:
    """An environment with the wheel, and what pip brought along for it."""

    def __init__(self, home: Path, wheel: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        self.python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.brought_before = self.distributions().keys()
        pip = [str(self.python), "-m", "pip", "install", "--quiet", "--no-input", str(wheel)]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def distributions(self) -> dict[str, Distribution]:
        """Return the installed distributions by name."""
        where = self.run("import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip()
        return {canonicalize_name(each.name): each for each in distributions(path=[where])}

    def run(self, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a program away from the project's folder."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("JSMS_", "PYTHON", "COV"))}
        return subprocess.run(
            [str(self.python), "-c", program],
            env=clean | environment,
            cwd=self.python.parent,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture(scope="module")
def empty(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Empty:
    return Empty(tmp_path_factory.mktemp("empty") / "venv", built.wheel)


@pytest.fixture
def server() -> Iterator[ExampleServer]:
    with ExampleServer(json.loads(CONTRACT.read_bytes())) as server:
        yield server


@pytest.mark.parametrize("program", [SEND, SEND_ASYNC], ids=["sync", "async"])
def test_core_dependencies_are_enough_to_send_a_code(empty: Empty, server: ExampleServer, program: str) -> None:
    key, secret = EXAMPLE_CREDENTIALS["appAuth"]
    done = empty.run(program, JSMS_APP_KEY=key, JSMS_MASTER_SECRET=secret, JSMS_BASE_URL=server.base_url)
    expected = server.routes["sendCode"].response().json()
    assert isinstance(expected, dict)
    assert (done.stdout.strip(), done.stderr) == (expected["msg_id"], "")
    assert [request.operation for request in server.requests] == ["sendCode"]
    assert server.violations == []


def test_only_httpx_and_attrs_and_what_they_need_come_along(empty: Empty) -> None:
    installed = empty.distributions()
    needed: set[str] = set()
    waiting = [canonicalize_name(name) for name in CORE]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            asked = map(Requirement, installed[name].requires or [])
            waiting += [
                canonicalize_name(each.name)
                for each in asked
                if each.marker is None or each.marker.evaluate({"extra": ""})
            ]
    assert set(installed) - empty.brought_before == {"jsms-client", *needed}


OF_EXTRAS = (
    "jsms_client.callbacks",
    "jsms_client._fast",
    "jsms_client._telemetry",
    "jsms_client.store._redis",
    "jsms_client.store._sqlalchemy",
)


def test_every_module_but_those_of_extras_can_be_imported(empty: Empty) -> None:
    done = empty.run(
        "import importlib, pkgutil, jsms_api, jsms_client, jsms_contract, jsms_runtime, jsms_surface\n"
        "for package in (jsms_api, jsms_client, jsms_contract, jsms_runtime, jsms_surface):\n"
        "    for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.', onerror=lambda name: None):\n"
        f"        if not found.name.startswith({OF_EXTRAS}) and not found.name.endswith('.fast'):\n"
        "            importlib.import_module(found.name)\n"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_callbacks_without_their_extra_say_what_to_install(empty: Empty) -> None:
    done = empty.run("from jsms_client.callbacks import CallbackReceiver\nCallbackReceiver('key', 'secret')")
    assert done.returncode == 1
    assert "pip install 'jsms-client[callbacks]'" in done.stderr.replace('"', "'").splitlines()[-1]


def test_the_command_without_its_extra_says_what_to_install(empty: Empty) -> None:
    done = empty.run("import sys; from jsms_cli.main import main; sys.exit(main(['balance']))")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "jsms: the command needs typer; install it with: pip install 'jsms-client[cli]'\n"


def test_the_installed_contract_is_found_as_package_data(empty: Empty) -> None:
    done = empty.run(
        "from importlib.resources import files\nprint(len((files('jsms_contract') / 'openapi.yaml').read_bytes()))"
    )
    assert done.stdout.strip() == str((ROOT / "openapi.yaml").stat().st_size)
