"""The recipe for campaigns in cron jobs and pods: a lost response, a kill, another start, and nothing is sent twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jsms_client.campaigns import RecipientState, open_campaign
from jsms_sandbox.pytest_plugin import Sandbox

SCRIPT = Path(__file__).parents[2] / "examples" / "queues" / "campaign_job.py"
NUMBERS = [str(13800138000 + number) for number in range(60)]


def start(sandbox: Sandbox, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), "members.csv", "1"],
        cwd=folder,
        env={
            **os.environ,
            **sandbox.environment,
            "JOURNAL": "spring.db",
            "BATCH_SIZE": "5",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.mark.timeout(60)
def test_a_campaign_that_is_killed_and_started_again_reaches_everyone_once(
    jsms_sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "members.csv").write_text("\n".join(["mobile,code", *(f"{number},1234" for number in NUMBERS)]))
    jsms_sandbox.fail_next(operation="sendMessageBatch")
    jsms_sandbox.fail_next(operation="sendMessageBatch", kind="delay", delay=0.3, times=None)
    killed = start(jsms_sandbox, tmp_path)
    try:
        end = time.monotonic() + 30
        while len(jsms_sandbox.messages) < 15:
            assert time.monotonic() < end
            assert killed.poll() is None, killed.communicate()[0]
            time.sleep(0.02)
    finally:
        killed.kill()
        killed.communicate()
    time.sleep(0.5)  # what was on its way has come in
    assert open_campaign(tmp_path / "spring.db").counts.waiting > 0
    jsms_sandbox.clear_faults()
    for _ in range(2):  # the second one finds nothing to do
        again = start(jsms_sandbox, tmp_path)
        said = again.communicate(timeout=30)[0]
        assert again.returncode == 0, said
    sent = [message.mobile for message in jsms_sandbox.messages]
    campaign = open_campaign(tmp_path / "spring.db")
    accepted = {outcome.mobile for outcome in campaign.outcomes(RecipientState.ACCEPTED)}
    unknown = {outcome.mobile for outcome in campaign.outcomes(RecipientState.UNKNOWN)}
    assert len(sent) == len(set(sent))
    assert accepted <= set(sent) <= accepted | unknown
    assert unknown
    assert accepted | unknown == set(NUMBERS)
