"""scripts/demo: every operation on a sandbox; a failure is reported."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from jsms_contract.operations import OPERATIONS
from local_sandbox import LocalSandbox, tour

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^(codes|messages|schedules|accounts|templates|signs|receipts)\.\w+\(.* \d+\.\d ms$", re.MULTILINE)


@pytest.fixture
def sandbox() -> Iterator[LocalSandbox]:
    with LocalSandbox() as running:
        yield running


def test_the_command_shows_every_operation_and_where_the_inbox_is() -> None:
    done = subprocess.run([ROOT / "scripts" / "demo"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(ROW.findall(done.stdout)) == len(OPERATIONS)
    assert f"{len(OPERATIONS)} of {len(OPERATIONS)} operations succeeded" in done.stdout
    page = re.search(r"inbox with all of it: (http://127\.0\.0\.1:\d+/_sandbox/)$", done.stdout, re.MULTILINE)
    assert page is not None
    with pytest.raises(httpx.ConnectError):
        httpx.get(page[1], trust_env=False)


def test_it_stays_where_asked_to_until_it_is_interrupted() -> None:
    command = [str(ROOT / "scripts" / "demo"), "--stay"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        said = ""
        for line in demo.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        page = re.search(r"inbox with all of it: (\S+)", said)
        try:
            assert page is not None, said
            assert httpx.get(f"{page[1]}readyz", trust_env=False, timeout=20).json() == {"ready": True}
            messages = httpx.get(f"{page[1]}api/messages", trust_env=False, timeout=20).json()["messages"]
            assert len(messages) >= 5
        finally:
            demo.send_signal(signal.SIGINT)
            _, err = demo.communicate(timeout=30)
        assert (demo.returncode, err) == (0, "")


def test_rows_line_up_in_every_terminal(
    sandbox: LocalSandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert tour(sandbox) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if ROW.match(line)]
    assert {sum(1 + (ord(letter) > 0x2E7F) for letter in row) for row in rows} == {99}


def test_one_that_fails_is_shown_and_the_others_go_on(
    sandbox: LocalSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.post("faults", {"kind": "code", "code": 50002, "operation": "getAppBalance"})
    assert tour(sandbox) == 1
    said = capsys.readouterr()
    assert "AuthFailedError" in said.out
    assert f"{len(OPERATIONS) - 1} of {len(OPERATIONS)} operations succeeded" in said.out
    assert said.err.splitlines()[0].startswith("accounts.app(): ")
    assert said.err.splitlines()[-1] == "getAppBalance: fault 1: code 50002, not carried out."


def test_a_refusal_of_a_strict_sandbox_is_shown(sandbox: LocalSandbox, capsys: pytest.CaptureFixture[str]) -> None:
    sandbox.post("words", {"word": "741627"})
    assert tour(sandbox) == 1
    said = capsys.readouterr()
    assert "HasBlackWordError" in said.out
    assert "sendMessage: The text holds the blocked word 741627." in said.err.splitlines()


def test_a_port_that_is_taken_is_said(sandbox: LocalSandbox) -> None:
    port = sandbox.base_url.partition(":")[2].partition(":")[2].partition("/")[0]
    command = [str(ROOT / "scripts" / "demo"), "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} is not available: ")
    assert len(done.stderr.splitlines()) == 1
