"""Memory is bounded: the oldest entries are removed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import httpx
import pytest

from jsms_sandbox.service.request import MORE_WARNINGS, MOST_WARNINGS
from jsms_sandbox.simulation import clock as clocks
from jsms_sandbox.state import events as event_log
from jsms_sandbox.state import rate_limits
from jsms_sandbox.state import state as state_module
from jsms_sandbox.state.events import EventLog
from jsms_sandbox.state.rate_limits import RateLimits

from .threaded_sandbox import RunningSandbox, refused


def test_messages_and_journal_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_module, "MESSAGES_KEPT", 10)
    monkeypatch.setattr(state_module, "JOURNAL_KEPT", 5)
    with RunningSandbox() as sandbox:
        app = sandbox.app()
        sent = [app.sent_code(f"1380013800{number}")[0] for number in range(10)]
        sent += [app.sent_code(f"1380013801{number}")[0] for number in range(5)]
        app.http.close()
        assert sandbox.look(lambda state: list(state.messages)) == sent[-10:]
        assert sandbox.look(lambda state: len(state.journal)) == 5


def test_apps_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_module, "APPS_KEPT", 2)
    with RunningSandbox() as sandbox:
        sandbox.app().http.close()
        with pytest.raises(ValueError, match="reset the sandbox first"):
            sandbox.app()


def test_events_are_capped_and_a_reader_that_fell_behind_learns_it() -> None:
    log = EventLog()
    for number in range(event_log.EVENTS_KEPT + 2):
        log.publish("kind", {"number": number})
    assert log.since(1) is None
    assert len(log.since(2) or []) == event_log.EVENTS_KEPT


def test_windows_that_are_over_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "SWEEP_EVERY", 10)
    windows = RateLimits()
    for number in range(9):
        windows.add(f"old {number}", 20.0, 0.0)
    windows.add("new", 20.0, 100.0)
    assert windows.count("new", 20.0, 100.0) == 1
    assert len(windows) == 1


def test_windows_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "WINDOWS_KEPT", 10)
    windows = RateLimits()
    for number in range(20):
        windows.add(str(number), 86_400.0, float(number))
    assert len(windows) == 10
    assert (windows.count("9", 86_400.0, 20.0), windows.count("10", 86_400.0, 20.0)) == (0, 1)


def test_due_work_on_messages_that_went_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_module, "MESSAGES_KEPT", 10)
    monkeypatch.setattr(clocks, "PRUNE_FROM", 20)
    with RunningSandbox() as sandbox:
        sandbox.look(lambda state: state.clock.freeze())
        app = sandbox.app()
        sent = [app.sent_code(f"138001380{number:02}")[0] for number in range(50)]
        sandbox.advance(1)
        reported = [report["msgId"] for report in app.ok("GET", "/report")]
        app.http.close()
        assert reported == sent[-10:]


def test_a_request_with_many_unknown_fields_holds_nothing_up(sandbox: RunningSandbox) -> None:
    app = sandbox.app()
    fields = {f"field {number}": 1 for number in range(40_000)}
    seconds = _seconds(lambda: app.ok("POST", "/messages", {"mobile": "13800138000", "temp_id": 1251, **fields}))
    warnings = app.last_entry().warnings
    assert len(warnings) == MOST_WARNINGS
    assert warnings[-1] == MORE_WARNINGS.english()
    assert seconds < 5
    app.http.close()


@pytest.mark.parametrize("form", ["many parts", "many headers", "large header"])
def test_a_form_is_read_within_bounds(sandbox: RunningSandbox, form: str) -> None:
    app = sandbox.app()
    part = b'--b\r\nContent-Disposition: form-data; name="x%d"\r\n'
    match form:
        case "many parts":
            body = b"".join(part % number + b"\r\nx\r\n" for number in range(300_000))
        case "many headers":
            body = part % 1 + b"".join(b"h%d: v\r\n" % number for number in range(500_000)) + b"\r\nx\r\n"
        case _:
            body = part % 1 + b"h: " + b";" * 2**23 + b"\r\n\r\nx\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    seconds = _seconds(lambda: refused(app.send("POST", "/sign", body + b"--b--\r\n", headers=headers)))
    assert app.last_entry().code == 50007
    assert seconds < 5
    app.http.close()


def test_large_headers_are_refused(sandbox: RunningSandbox) -> None:
    app = sandbox.app()
    for headers in ({"X-Large": "x" * 2**20}, {f"X-{number}": "x" * 100 for number in range(10_000)}):
        with contextlib.suppress(httpx.TransportError):  # the refusal may be lost with what was still being sent
            assert app.send("GET", "/accounts/app", headers=headers).status_code == 400
    app.ok("GET", "/accounts/app", headers={"X-Large": "x" * 2**14})
    app.http.close()


def _seconds(call: Callable[[], object]) -> float:
    """Return the processor's time of this process, the sandbox's thread included."""
    started = time.process_time()
    call()
    return time.process_time() - started
