"""Resume a campaign: what the command shows and asks before it sends anything more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jsms_sandbox.pytest_plugin import Sandbox

from .runner import Command
from .test_campaigns import NUMBERS, counts, sent, write_list


@pytest.fixture
def unknown(jsms: Command, jsms_sandbox: Sandbox, parcel: int, folder: Path) -> tuple[str, ...]:
    """Provide the command of a campaign whose thirty recipients are all unknown."""
    command = ("campaign", "send", write_list(folder, *NUMBERS), "--temp-id", str(parcel))
    jsms_sandbox.fail_next(kind="drop", operation="sendMessageBatch")
    assert jsms(*command, "--yes").code == 15
    return command


@pytest.fixture
def waiting(jsms: Command, jsms_sandbox: Sandbox, parcel: int, folder: Path) -> tuple[str, ...]:
    """Return the command of a campaign whose thirty recipients are all still waiting."""
    command = ("campaign", "send", write_list(folder, *NUMBERS), "--temp-id", str(parcel))
    jsms_sandbox.switch(allowed_ips=["10.0.0.1"])
    assert jsms(*command, "--yes").code == 21
    jsms_sandbox.switch(allowed_ips=[])
    return command


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is a thing of POSIX")
def test_sending_to_unknown_ones_again_is_asked_about(unknown: tuple[str, ...], jsms_sandbox: Sandbox) -> None:
    from .terminal import Terminal

    with Terminal(*unknown, "--repeat-unknown") as terminal:
        terminal.wait_for("30 recipients need 30 SMS of credit; the balance is ")
        terminal.wait_for("Go on with it and send to 30 recipients, of whom 30 may get it twice? [y/N] ")
        terminal.type("n\n")
        assert terminal.end() == 22
    assert sent(jsms_sandbox) == list(NUMBERS)


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is a thing of POSIX")
def test_there_is_no_question_where_no_recipient_is_left(unknown: tuple[str, ...], jsms_sandbox: Sandbox) -> None:
    from .terminal import Terminal

    with Terminal(*unknown) as terminal:
        assert terminal.end() == 15
    assert "[y/N]" not in terminal.seen
    assert sent(jsms_sandbox) == list(NUMBERS)


def test_a_dry_run_counts_those_who_are_still_to_be_sent_to(jsms: Command, unknown: tuple[str, ...]) -> None:
    estimate = jsms(*unknown, "--dry-run", "--json")
    assert (estimate.code, estimate.lines[0]["recipients"], estimate.lines[0]["credit"]) == (0, 0, 0)
    assert "30 unknown, 0 waiting; this is for 0 recipients." in estimate.err
    again = jsms(*unknown, "--dry-run", "--repeat-unknown", "--json")
    assert (again.code, again.lines[0]["recipients"], again.lines[0]["credit"]) == (0, 30, 30)
    assert "this is for 30 recipients, of whom 30 may get it twice." in again.err


def test_a_dry_run_of_those_who_wait_knows_their_texts_and_sends_nothing(
    jsms: Command, waiting: tuple[str, ...], jsms_sandbox: Sandbox
) -> None:
    done = jsms(*waiting, "--dry-run")
    assert done.code == 0
    assert "30 waiting; this is for 30 recipients." in done.err
    assert "138****0000: 【…】您的包裹甲00已到达。" in done.out
    assert sent(jsms_sandbox) == []
    assert counts(jsms(*waiting, "--yes", "--json")) == {"accepted": 30}


def test_unknown_ones_are_sent_to_once_more_and_not_again_until_they_were_settled(
    jsms: Command, unknown: tuple[str, ...], jsms_sandbox: Sandbox
) -> None:
    for _ in range(3):
        jsms_sandbox.fail_next(kind="drop", operation="sendMessageBatch")
        done = jsms(*unknown, "--repeat-unknown", "--yes")
        assert done.code == 15
        assert "wait an hour" in done.err
        assert "--repeat-unknown" not in done.err
        jsms_sandbox.clear_faults()
    assert sent(jsms_sandbox) == sorted(NUMBERS * 2)


def test_a_restored_copy_is_made_safe(jsms: Command, waiting: tuple[str, ...], jsms_sandbox: Sandbox) -> None:
    journal = f"{waiting[2]}.journal"
    assert counts(jsms("campaign", "restored", journal, "--json")) == {"unknown": 30}
    assert counts(jsms(*waiting, "--yes", "--json")) == {"unknown": 30}
    assert sent(jsms_sandbox) == []
