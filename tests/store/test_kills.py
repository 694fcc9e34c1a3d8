"""A kill at any instant, with faults of every kind, never gives two messages under one key."""

from __future__ import annotations

from pathlib import Path

import pytest

from sample_sizes import sample_size
from sandbox.sandbox_process import Process

from .killing import OnceProof

KILLS = sample_size(6, 3)


@pytest.mark.timeout(180)
def test_processes_that_are_killed_never_send_twice_under_one_key(store_address: str, tmp_path: Path) -> None:
    with Process() as sandbox:
        findings = OnceProof(sandbox.url, sandbox.auth, store_address, tmp_path, 1).run(KILLS)
    assert findings.problems == []
    assert findings.kills >= KILLS
    assert findings.outcomes["accepted"] > 0
