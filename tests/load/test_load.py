"""Under load nothing fails and nothing is lost; memory stays within its bounds.

``PYTHONPATH=tests .venv/bin/python -m load`` does the same for half a minute, and prints figures.
"""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import pytest

from jsms_sandbox.simulation import clock
from jsms_sandbox.state import events, rate_limits, state

from .full_state import Filler
from .server import loaded
from .workload import Workload

SECONDS = 4.0
CONNECTIONS = 64


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kept", [False, True], ids=["memory", "db"])
def test_no_request_fails_and_no_message_is_lost(tmp_path: Path, *, kept: bool) -> None:
    arguments = ("--db", str(tmp_path / "state.db")) if kept else ()
    with loaded(*arguments) as sandbox:
        outcome = Workload(sandbox.url, sandbox.auth, CONNECTIONS).run(SECONDS / 2 if kept else SECONDS)
        assert outcome.problems == []
        assert len(outcome.by_connection) == CONNECTIONS
        assert min(outcome.by_connection) > 0
        assert len(set(outcome.msg_ids)) == len(outcome.msg_ids) == 2 * outcome.verified
        assert sorted(sandbox.kept()) == sorted(outcome.msg_ids)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, most in (
        (state, "MESSAGES_KEPT", 500),
        (state, "JOURNAL_KEPT", 200),
        (events, "EVENTS_KEPT", 500),
        (rate_limits, "WINDOWS_KEPT", 500),
        (clock, "PRUNE_FROM", 1_000),
    ):
        assert getattr(module, name) > most
        monkeypatch.setattr(module, name, most)
    filler = Filler()
    tracemalloc.start()
    try:
        filler.send(2_000)
        first = _taken()
        filler.send(2_000)
        assert _taken() < first * 1.1
    finally:
        tracemalloc.stop()
    assert len(filler.state.messages) == 500


def _taken() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
