"""After a kill at any instant, the same call continues: no recipient is sent to twice or left out.

``PYTHONPATH=tests .venv/bin/python -m campaigns --kills 300`` does the same at length, and prints figures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from sample_sizes import sample_size
from sandbox.sandbox_process import ROOT

KILLS = sample_size(15, 5)


@pytest.mark.timeout(240)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_killed_again_and_again_no_recipient_is_sent_to_twice_or_left_out() -> None:
    paths = [str(ROOT / folder) for folder in ("tests", "overlay", "generated", "sandbox", "scripts")]
    done = subprocess.run(
        [sys.executable, "-m", "campaigns", "--kills", str(KILLS), "--json"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["problems"] == []
    assert result["kills"] == KILLS
    assert result["states"].keys() <= {"accepted", "refused", "unknown"}
    assert sum(result["faults"].values()) > 0
