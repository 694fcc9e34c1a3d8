"""Campaigns that end before their end: what a person is told, and what the exit code says."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from jsms_sandbox.pytest_plugin import Sandbox

from .running import start
from .test_campaigns import NUMBERS, write_list

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are things of POSIX")


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of another process is a thing of Linux")
def test_a_disk_that_is_full_on_the_way_does_not_say_that_nothing_was_sent(
    jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    import resource

    jsms_sandbox.fail_next(kind="delay", delay=1.0, times=None, operation="sendMessageBatch")
    arguments = ("campaign", "send", write_list(folder, *NUMBERS), "--temp-id", str(parcel), "--yes")
    with start(*arguments) as process:
        jsms_sandbox.wait_message(NUMBERS[0])
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (21, ""), err
    assert "Sending had begun" in err
    assert f"go on with: jsms {' '.join(arguments)}" in err
    assert "othing was sent" not in err


def test_the_first_ctrl_c_says_what_is_waited_for_and_that_unknown_ones_can_be_settled(
    jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    jsms_sandbox.fail_next(kind="drop", delay=1.0, times=None, operation="sendMessageBatch")
    members = write_list(folder, *NUMBERS)
    with start("campaign", "send", members, "--temp-id", str(parcel), "--yes") as process:
        jsms_sandbox.wait_message(NUMBERS[0])
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "waiting for what is on its way; Ctrl-C again ends at once" in err
    assert "30 unknown, 0 waiting" in err
    assert f"with: jsms campaign settle {members}.journal" in err
    assert "campaign send" not in err
