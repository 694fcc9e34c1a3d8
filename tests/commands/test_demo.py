"""scripts/demo: every operation shown, and a failure is one."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from demonstration.cli import tour
from example_server import Answer, ExampleServer, RecordedRequest
from jsms_contract.operations import OPERATIONS

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^(codes|messages|schedules|accounts|templates|signs|receipts)\.\w+\(.* \d+\.\d ms$", re.MULTILINE)


@pytest.fixture
def server() -> Iterator[ExampleServer]:
    document = json.loads((ROOT / "generated" / "jsms_contract" / "openapi.json").read_bytes())
    with ExampleServer(document) as server:
        yield server


def test_the_command_shows_every_operation() -> None:
    done = subprocess.run([ROOT / "scripts" / "demo"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(ROW.findall(done.stdout)) == len(OPERATIONS)
    assert f"{len(OPERATIONS)} of {len(OPERATIONS)} operations answered" in done.stdout


def test_rows_line_up_in_every_terminal(
    server: ExampleServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert tour(server) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if ROW.match(line)]
    assert {sum(1 + (ord(letter) > 0x2E7F) for letter in row) for row in rows} == {99}


def test_one_that_fails_is_shown_and_the_others_go_on(
    server: ExampleServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_balance(request: RecordedRequest, answer: Answer) -> Answer:
        refused = {"error": {"code": 50002, "message": "auth failed"}}
        return Answer.of_json(401, refused) if request.operation == "getAppBalance" else answer

    server.hook = no_balance
    assert tour(server) == 1
    said = capsys.readouterr()
    assert "AuthFailedError" in said.out
    assert f"{len(OPERATIONS) - 2} of {len(OPERATIONS)} operations answered" in said.out
    assert said.err.splitlines()[0].startswith("accounts.app(): ")
    assert said.err.splitlines()[1] == "getDevBalance was not called"


def test_a_request_that_breaks_the_contract_is_told(server: ExampleServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.credentials = {**server.credentials, "devAuth": ("another", "pair")}
    assert tour(server) == 1
    assert "GET /v1/accounts/dev" in capsys.readouterr().err
