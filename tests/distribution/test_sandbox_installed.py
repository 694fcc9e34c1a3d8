"""The wheel with the extra sandbox in an empty environment: one command starts what the client sends to."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Built, environment, install

STOPS = 30
SEND = """
import json, sys, urllib.request
from jsms_client import JSMS

with JSMS() as jsms:
    sent = jsms.codes.send("13800138000", temp_id=1)
    with urllib.request.urlopen(f"{sys.argv[1]}/_sandbox/api/codes/latest?mobile=13800138000&wait=20") as response:
        code = json.load(response)["code"]
    print(bool(jsms.codes.verify(sent.msg_id, code)), end="")
"""

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def python(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Provide the Python of an environment with the wheel and its extra."""
    return install(built.wheel, "sandbox", tmp_path_factory.mktemp("sandbox") / "venv")


@pytest.fixture
def running(python: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the sandbox's process; return it and what it printed when it was ready."""
    command = [str(python), "-m", "jsms_sandbox", "--port", "0", "--tls"]
    with subprocess.Popen(
        command, env=environment(), cwd=python.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            welcome = ""
            for line in process.stdout or ():
                welcome += line
                if "Ctrl-C" in line:
                    break
            yield process, welcome
        finally:
            if process.poll() is None:
                process.kill()


def printed(pattern: str, welcome: str) -> str:
    found = re.search(pattern, welcome)
    assert found is not None, welcome
    return found[1]


def test_one_command_starts_what_the_client_sends_to(python: Path, running: tuple[subprocess.Popen[str], str]) -> None:
    process, welcome = running
    base = printed(r"Base URL +(\S+)/v1", welcome)
    settings = {
        "JSMS_BASE_URL": f"{base}/v1",
        "JSMS_APP_KEY": printed(r"appKey (\S+),", welcome),
        "JSMS_MASTER_SECRET": printed(r"masterSecret (\S+)", welcome),
    }
    sent = subprocess.run(
        [str(python), "-c", SEND, base],
        env=environment(**settings),
        cwd=python.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (sent.stdout, sent.stderr) == ("True", "")
    with urllib.request.urlopen(f"{base}/_sandbox/api/openapi.json") as response:
        assert json.load(response)["openapi"] == "3.1.0"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=STOPS) == ("", "")
    assert process.returncode == 0


def test_without_the_extra_it_says_what_to_install(python: Path) -> None:
    hide = "import sys; sys.modules['uvicorn'] = None; from jsms_sandbox.cli import main; sys.exit(main([]))"
    done = subprocess.run(
        [str(python), "-c", hide], env=environment(), cwd=python.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        "jsms-sandbox: The package uvicorn is missing; install it with: pip install 'jsms-client[sandbox]'\n"
    )
