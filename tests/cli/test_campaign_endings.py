"""Campaigns that stop early: the message, and the exit code."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from campaigns.sandbox_record import Record
from engines import Engine
from jsms_sandbox.pytest_plugin import Sandbox

from .runner import run, start
from .test_campaigns import NUMBERS, write_list

LONG = 3.0
"""Seconds that a response takes, in which something is done to the command."""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are things of POSIX")


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of another process is a thing of Linux")
def test_a_disk_that_is_full_on_the_way_does_not_say_that_nothing_was_sent(
    jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    import resource

    jsms_sandbox.fail_next(kind="delay", delay=LONG, times=None, operation="sendMessageBatch")
    arguments = ("campaign", "send", write_list(folder, *NUMBERS), "--temp-id", str(parcel), "--yes")
    with start(*arguments) as process:
        jsms_sandbox.wait_message(NUMBERS[0])
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (21, ""), err
    assert "Sending had begun" in err
    assert f"go on with: jsms {' '.join(arguments)}" in err
    assert "othing was sent" not in err


@pytest.mark.parametrize("engine", ["PostgreSQL"], indirect=True)
def test_a_database_that_is_gone_on_the_way_does_not_say_that_nothing_was_sent(
    engine: Engine, jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    jsms_sandbox.fail_next(kind="delay", delay=LONG, times=None, operation="sendMessageBatch")
    address = f"{engine.database()}?campaign=spring"
    arguments = ("campaign", "send", write_list(folder, *NUMBERS), "--temp-id", str(parcel), "--yes")
    with start(*arguments, "--journal", address) as process:
        jsms_sandbox.wait_message(NUMBERS[0])
        engine.kill()
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (21, ""), err
    assert "Sending had begun" in err


def test_the_first_ctrl_c_says_what_is_waited_for_and_that_unknown_ones_can_be_settled(
    jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    jsms_sandbox.fail_next(kind="drop", delay=LONG, times=None, operation="sendMessageBatch")
    members = write_list(folder, *NUMBERS)
    with start("campaign", "send", members, "--temp-id", str(parcel), "--yes") as process:
        jsms_sandbox.wait_message(NUMBERS[0])
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "waiting for what is in flight; Ctrl-C again ends at once" in err
    assert "30 unknown, 0 waiting" in err
    assert f"with: jsms campaign settle {members}.journal" in err
    assert "campaign send" not in err


MANY = tuple(f"13800{place:06}" for place in range(3_000))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_signal_that_ends_a_command_waits_for_what_is_in_flight(
    jsms_sandbox: Sandbox, parcel: int, folder: Path, number: signal.Signals
) -> None:
    jsms_sandbox.fail_next(kind="delay", delay=0.5, times=None, operation="sendMessageBatch")
    arguments = ("campaign", "send", write_list(folder, *MANY[:100]), "--temp-id", str(parcel), "--yes")
    with start(*arguments, "--batch-size", "10", "--repeat-unknown") as process:
        jsms_sandbox.wait_message(MANY[0])
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert ", 0 unknown, " in err
    # The advised command does not send again to those that this run made unknown.
    assert err.endswith(f"Go on with: jsms {' '.join((*arguments, '--batch-size', '10'))}.\n")
    jsms_sandbox.clear_faults()
    assert run(*arguments).code == 0
    assert sorted(message.mobile for message in jsms_sandbox.messages) == list(MANY[:100])


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_the_command_at_any_moment(
    jsms_sandbox: Sandbox, parcel: int, folder: Path, first: signal.Signals
) -> None:
    jsms_sandbox.set_credit(industry=10_000)
    arguments = ("campaign", "send", write_list(folder, *MANY), "--temp-id", str(parcel), "--yes")
    for milliseconds in (0, 2, 5, 10, 20, 50):
        with start(*arguments, "--batch-size", "100") as process:
            before = len(jsms_sandbox.requests)
            while process.poll() is None and len(jsms_sandbox.requests) == before:
                time.sleep(0.005)
            process.send_signal(first)
            time.sleep(milliseconds / 1000)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        # Python itself ends by a signal that comes at its very end.
        assert process.returncode in (0, 15, 130, -signal.SIGINT), (milliseconds, process.returncode, err)
    assert run(*arguments).code in (0, 15)
    record = Record(jsms_sandbox.settings["base_url"].removesuffix("/v1"), jsms_sandbox.settings["app_key"])
    messages = record.messages()
    record.close()
    assert [mobile for mobile, ids in messages.items() if len(ids) > 1] == []


def test_the_same_command_is_never_advised_for_a_journal_that_is_gone(
    jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    jsms_sandbox.fail_next(kind="delay", delay=0.3, times=None, operation="sendMessageBatch")
    members = write_list(folder, *MANY[:100])
    arguments = ("campaign", "send", members, "--temp-id", str(parcel), "--yes", "--batch-size", "10")
    with start(*arguments) as process:
        jsms_sandbox.wait_message(MANY[0])
        Path(f"{members}.journal").unlink()
        _, err = process.communicate(timeout=30)
    assert process.returncode == 21, err
    assert f"move that file to {members}.journal" in err
    assert "campaign send" not in err
    sent = len(jsms_sandbox.messages)
    assert run(*arguments).code == 20
    assert len(jsms_sandbox.messages) == sent
