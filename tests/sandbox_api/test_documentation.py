"""docs/sandbox.md: its commands run, and its tables match the code."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jsms_sandbox.assumptions import assumptions
from jsms_sandbox.service.request import Leniency
from jsms_sandbox.settings import Credentials
from jsms_sandbox.simulation.callbacks import RETRY_AFTER
from jsms_sandbox.simulation.faults import CARRIED_OUT
from pages.markdown import ROOT, Block, blocks, prose
from sandbox.sandbox_process import environment
from sandbox.threaded_sandbox import RunningSandbox

from .api_client import API

PAGE = ROOT / "docs" / "sandbox.md"
TEXT = prose(PAGE)
HERE = "127.0.0.1:5767"
FIRST_USE, ON_DEMAND, *CALLS = [block for block in blocks(PAGE) if block.language == "bash"]
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")


@pytest.fixture
def fresh() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


def shell(commands: str, sandbox: RunningSandbox, home: Path, *settings: str) -> list[str]:
    """Run commands of the page, which name the usual port; the lines that they print."""
    (home / ".curlrc").write_text("\n".join(("silent", "show-error", 'write-out = "\\n"', *settings)))
    commands = commands.replace(HERE, urlsplit(sandbox.url).netloc)
    here = environment() | {"CURL_HOME": str(home), "NO_PROXY": "*", "JSMS_BASE_URL": f"{sandbox.url}/v1"}
    done = subprocess.run(
        ["bash", "-euc", commands], env=here, cwd=home, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.splitlines()


def test_the_first_use_takes_five_lines_that_work(fresh: RunningSandbox, tmp_path: Path) -> None:
    install, start, *rest = FIRST_USE.code.strip().splitlines()
    assert install == 'pip install "jsms-client[sandbox]"'
    assert start == "jsms-sandbox &"
    assert len(rest) == 3
    python = shlex.quote(sys.executable)
    port = urlsplit(fresh.url).port
    command = f'jsms-sandbox() {{ JSMS_SANDBOX_PORT={port} {python} -m jsms_sandbox "$@"; }}\n'
    commands = command + "\n".join(line.replace("python -c", f"{python} -c") for line in rest)
    ready, msg_id = shell(commands, fresh, tmp_path)
    assert ready.endswith("is ready.")
    assert list(fresh.look(lambda state: state.messages)) == [msg_id]


@needs_curl
def test_errors_on_demand_have_the_documented_codes(fresh: RunningSandbox, tmp_path: Path) -> None:
    responses = shell(ON_DEMAND.code, fresh, tmp_path)
    assert [re.findall(r'"code": ?([0-9]{5})', response) for response in responses] == [["50024"], ["50008"]]


@needs_curl
@pytest.mark.parametrize("block", CALLS, ids=lambda block: f"line {block.line}")
def test_every_call_works_as_it_stands(fresh: RunningSandbox, tmp_path: Path, block: Block) -> None:
    responses = shell(block.code, fresh, tmp_path, "fail")
    assert len(responses) == len(re.findall("^curl ", block.code, re.MULTILINE))


def test_the_credentials_are_those_of_a_sandbox_without_options() -> None:
    keys = Credentials()
    for name, key in (
        ("appKey", keys.app_key),
        ("masterSecret", keys.master_secret),
        ("devKey", keys.dev_key),
        ("devSecret", keys.dev_secret),
    ):
        assert re.search(rf"{name}\s+`{key}`", TEXT), name


def test_every_kind_of_fault_is_listed_with_its_effect() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| .* \| (yes|no) \|$", TEXT, re.MULTILINE)
    assert rows == [(kind, "yes" if carried_out else "no") for kind, carried_out in CARRIED_OUT.items()]


def test_every_leniency_and_assumption_is_documented() -> None:
    tolerated = TEXT.partition("## What it tolerates")[2].partition("\n## ")[0]
    assert re.findall(r"^- (.*)$", tolerated, re.MULTILINE) == [leniency.value for leniency in Leniency]
    table = TEXT.partition("## What is assumed")[2].partition("\n## ")[0]
    rows = [tuple(row) for row in re.findall(r"^\| (.*?) \| (.*) \|$", table, re.MULTILINE)]
    assert rows[2:] == list(assumptions())


def test_every_cap_is_documented(alone: API) -> None:
    table = TEXT.partition("## What it keeps")[2].partition("\n## ")[0]
    numbers = re.findall(r"^\| .* \| ([0-9,]+) \|$", table, re.MULTILINE)
    assert [int(number.replace(",", "")) for number in numbers] == list(alone.get("/info")["caps"].values())


def test_callbacks_are_retried_when_it_says() -> None:
    intervals = re.search(r"after\s+([0-9]+)\s+minutes,\s+([0-9]+)\s+hour\s+and\s+([0-9]+)\s+hours", TEXT)
    assert intervals is not None
    assert (int(intervals[1]) * 60, int(intervals[2]) * 3_600, int(intervals[3]) * 3_600) == RETRY_AFTER


def test_every_path_that_is_named_is_there(alone: API) -> None:
    named = re.findall(r"`(GET|POST|PATCH) (?:/_sandbox/api)?/?([a-z][^`]*)`", TEXT)
    assert len(named) >= 8
    for method, path in named:
        if path not in ("openapi.json", "events") and not path.startswith("_sandbox"):
            alone.document.find(method, f"/{path}")
