"""The command on a terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from jsms_sandbox.pytest_plugin import Sandbox

if sys.platform == "win32":
    pytest.skip("a pseudo-terminal is a thing of POSIX", allow_module_level=True)

from .terminal import Terminal

NUMBERS = tuple(f"1380013{place:04}" for place in range(12))
MOBILE = "13800138000"


def test_missing_credentials_are_asked_for_without_echo(
    jsms_sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, secret = jsms_sandbox.settings["app_key"], jsms_sandbox.settings["master_secret"]
    monkeypatch.delenv("JSMS_APP_KEY")
    monkeypatch.delenv("JSMS_MASTER_SECRET")
    output = folder / "output"
    with Terminal("code", "send", MOBILE, "--json", output=output) as terminal:
        terminal.wait_for("appKey: ")
        terminal.type(f"{key}\n")
        terminal.wait_for("masterSecret: ")
        terminal.type(f"{secret}\n")
        assert terminal.end() == 0
    assert key not in terminal.seen
    assert secret not in terminal.seen
    assert json.loads(output.read_text(encoding="utf-8"))["msg_id"]
    jsms_sandbox.assert_sent(MOBILE, count=1)


@pytest.mark.parametrize(("typed", "code", "sent"), [("n\n", 22, 0), ("\n", 22, 0), ("y\n", 0, len(NUMBERS))])
def test_many_are_sent_to_only_after_a_yes(
    typed: str, code: int, sent: int, jsms_sandbox: Sandbox, parcel: int
) -> None:
    with Terminal("batch", "send", *NUMBERS, "--temp-id", str(parcel), "-p", "number=1") as terminal:
        terminal.wait_for("Send to 12 recipients? [y/N] ")
        terminal.type(typed)
        assert terminal.end() == code
    assert len(jsms_sandbox.messages) == sent
    assert ("nothing was sent" in terminal.seen) == (sent == 0)


def test_ctrl_c_at_a_question_sends_nothing(jsms_sandbox: Sandbox, parcel: int) -> None:
    with Terminal("batch", "send", *NUMBERS, "--temp-id", str(parcel), "-p", "number=1") as terminal:
        terminal.wait_for("[y/N] ")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert "jsms: interrupted." in terminal.seen
    assert jsms_sandbox.requests == []


def test_ctrl_c_while_a_send_is_on_its_way_says_that_it_may_have_been_sent(jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(kind="delay", delay=30)
    with Terminal("code", "send", MOBILE) as terminal:
        jsms_sandbox.wait_message(MOBILE)
        terminal.type("\x03")
        assert terminal.end() == 130
    assert "It may have been sent: do not send again before" in terminal.seen


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_are_for_terminals_whose_owner_wants_them(no_color: str, coloured: bool) -> None:
    with Terminal("error", "50014", variables={"NO_COLOR": no_color}) as terminal:
        assert terminal.end() == 0
    assert ("\x1b[" in terminal.seen) == coloured
    assert "含义" in terminal.seen


def test_a_long_text_is_broken_and_never_cut() -> None:
    with Terminal("error", "50038", variables={"COLUMNS": "40", "NO_COLOR": "1"}) as terminal:
        assert terminal.end() == 0
    assert max(len(line) for line in terminal.seen.splitlines()) <= 40
    assert "…" not in terminal.seen


def test_a_shell_completes_commands_and_words() -> None:
    asked = {"_JSMS_COMPLETE": "complete_bash", "COMP_WORDS": "jsms sched", "COMP_CWORD": "1"}
    with Terminal(variables=asked) as terminal:
        assert terminal.end() == 0
    assert terminal.seen.split() == ["schedule"]
    asked = {"_JSMS_COMPLETE": "complete_bash", "COMP_WORDS": "jsms template create x --type m", "COMP_CWORD": "5"}
    with Terminal(variables=asked) as terminal:
        assert terminal.end() == 0
    assert terminal.seen.split() == ["marketing"]
