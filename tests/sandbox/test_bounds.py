"""Memory is bounded: the oldest go."""

from __future__ import annotations

import pytest

from jsms_sandbox import clock as clocks
from jsms_sandbox import events as event_log
from jsms_sandbox.events import EventLog
from jsms_sandbox.state import windows as rolling
from jsms_sandbox.state import world as state
from jsms_sandbox.state.windows import Windows

from .running import RunningSandbox


def test_messages_and_journal_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MESSAGES_KEPT", 10)
    monkeypatch.setattr(state, "JOURNAL_KEPT", 5)
    with RunningSandbox() as sandbox:
        app = sandbox.app()
        sent = [app.sent_code(f"1380013800{number}")[0] for number in range(10)]
        sent += [app.sent_code(f"1380013801{number}")[0] for number in range(5)]
        app.http.close()
        assert sandbox.look(lambda world: list(world.messages)) == sent[-10:]
        assert sandbox.look(lambda world: len(world.journal)) == 5


def test_apps_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "APPS_KEPT", 2)
    with RunningSandbox() as sandbox:
        sandbox.app().http.close()
        with pytest.raises(ValueError, match="reset the sandbox first"):
            sandbox.app()


def test_events_are_capped_and_a_reader_that_fell_behind_is_told() -> None:
    log = EventLog()
    for number in range(event_log.EVENTS_KEPT + 2):
        log.publish("kind", {"number": number})
    assert log.since(1) is None
    assert len(log.since(2) or []) == event_log.EVENTS_KEPT


def test_windows_that_are_over_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling, "SWEEP_EVERY", 10)
    windows = Windows()
    for number in range(9):
        windows.add(f"old {number}", 20.0, 0.0)
    windows.add("new", 20.0, 100.0)
    assert windows.count("new", 20.0, 100.0) == 1
    assert len(windows) == 1


def test_windows_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling, "WINDOWS_KEPT", 10)
    windows = Windows()
    for number in range(20):
        windows.add(str(number), 86_400.0, float(number))
    assert len(windows) == 10
    assert (windows.count("9", 86_400.0, 20.0), windows.count("10", 86_400.0, 20.0)) == (0, 1)


def test_due_work_on_messages_that_went_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MESSAGES_KEPT", 10)
    monkeypatch.setattr(clocks, "PRUNE_FROM", 20)
    with RunningSandbox() as sandbox:
        sandbox.look(lambda world: world.clock.freeze())
        app = sandbox.app()
        sent = [app.sent_code(f"138001380{number:02}")[0] for number in range(50)]
        sandbox.advance(1)
        reported = [report["msgId"] for report in app.ok("GET", "/report")]
        app.http.close()
        assert reported == sent[-10:]
