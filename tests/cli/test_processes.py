"""Behaviour that only a process shows."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from jsms_contract.errors import ERRORS
from jsms_sandbox.pytest_plugin import Sandbox

from .runner import Command, run, start

NUMBERS = tuple(f"1380013{place:04}" for place in range(30))


def test_the_sandbox_runs_with_its_own_arguments_until_ctrl_c() -> None:
    with start("sandbox", "--port", "0", "--strict", "--app-key", "mine", "--code", "123456") as process:
        assert process.stdout is not None
        welcome = ""
        while "Ctrl-C" not in welcome:
            line = process.stdout.readline()
            assert line, welcome
            welcome += line
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert "appKey mine, " in welcome


def test_what_the_sandbox_refuses_is_its_own_sentence() -> None:
    done = run("sandbox", "--code", "12")
    assert (done.code, done.out) == (2, "")
    assert "'12' is no code: six digits" in done.err


def test_json_is_json_in_every_encoding() -> None:
    info = ERRORS[50014].info
    assert info is not None
    done = run("error", "50014", "--json", variables={"PYTHONIOENCODING": "latin-1"})
    assert done.data == info._asdict()


def test_a_terminal_without_chinese_shows_code_points() -> None:
    done = run("error", "50014", variables={"PYTHONIOENCODING": "ascii"})
    assert (done.code, done.err) == (0, "")
    assert "\\u542b\\u4e49" in done.out


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM is a thing of POSIX")
def test_a_campaign_that_is_asked_to_end_waits_for_requests_in_flight(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    members = folder / "members.csv"
    members.write_text("\n".join(("mobile,number", *(f"{number},1" for number in NUMBERS))), encoding="utf-8")
    journal = folder / "spring.db"
    jsms_sandbox.fail_next(kind="delay", delay=1.0, times=None, operation="sendMessageBatch")
    arguments = ("campaign", "send", str(members), "--temp-id", str(parcel), "--journal", str(journal), "--yes")
    with start(*arguments, "--max-rate", "10") as process:
        jsms_sandbox.wait_message(NUMBERS[0])
        status = jsms("campaign", "status", str(journal), "--json")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "0 unknown" in err
    assert f"Go on with: jsms {' '.join(arguments)} --max-rate 10" in err
    assert status.code == 0
    assert json.loads(status.out)["counts"]["total"] == len(NUMBERS)
    jsms_sandbox.clear_faults()
    assert jsms(*arguments).code == 0
    assert sorted(message.mobile for message in jsms_sandbox.messages) == list(NUMBERS)
    assert json.loads(jsms("campaign", "status", str(journal), "--json").out)["complete"] is True
