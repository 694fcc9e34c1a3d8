"""Events: live, resumed after a disconnect, and ended when the sandbox stops."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from jsms_sandbox import server
from jsms_sandbox.state.events import EVENTS_KEPT
from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

from .api_client import API
from .document import Document
from .server_sent_events import events


def test_a_reader_gets_its_starting_point_and_then_events(api: API, app: AppUnderTest) -> None:
    with events(api) as stream:
        start = next(stream)
        assert start.kind == "start"
        msg_id, _ = app.sent_code()
        message = next(event for event in stream if event.kind == "message")
        assert (message.data["msg_id"], message.data["app_key"]) == (msg_id, app.app.app_key)
        assert message.data["number"] > start.data["number"]


def test_a_page_that_was_loaded_goes_on_from_there(alone: API) -> None:
    last = alone.get("/info")["last_event"]
    alone.post("/replies", {"mobile": "13800138000", "content": "好"})
    with events(alone, last) as stream:
        assert next(stream).kind == "reply"


def test_a_reader_that_comes_back_misses_nothing(api: API, app: AppUnderTest) -> None:
    with events(api) as stream:
        read = next(stream).id
    sent = [app.sent_code(f"1380013800{number}")[0] for number in range(3)]
    for again in (events(api, read), events(api, asked_after=read)):
        with again as stream:
            found = [next(event for event in stream if event.kind == "message").data["msg_id"] for _ in sent]
        assert found == sent


@pytest.mark.parametrize("last", ["0000-1", "nonsense", "-", "{run}-999999999", "{run}-x", "{run}-" + "9" * 30])
def test_a_reader_of_another_run_or_the_future_gets_a_gap_event(api: API, last: str) -> None:
    with events(api, last.format(run=api.get("/info")["run"])) as stream:
        gap = next(stream)
    assert gap.kind == "gap"
    assert gap.id.startswith(api.get("/info")["run"])


def test_a_reader_that_was_away_too_long_gets_a_gap_event(alone: API, whole_sandbox: RunningSandbox) -> None:
    last = alone.get("/info")["last_event"]
    whole_sandbox.look(lambda state: [state.events.publish("fault", {"app_key": None}) for _ in range(EVENTS_KEPT + 2)])
    with events(alone, last) as stream:
        assert next(stream).kind == "gap"
        alone.post("/replies", {"mobile": "13800138000", "content": "好"})
        assert next(stream).kind == "reply"


def test_a_reader_of_one_app_hears_of_no_other(api: API, app: AppUnderTest) -> None:
    other = app.sandbox.app()
    with events(api) as stream, other.http:
        next(stream)
        other.sent_code()
        msg_id, _ = app.sent_code()
        heard = next(event for event in stream if event.kind == "message")
    assert heard.data["msg_id"] == msg_id


def test_hostile_text_stays_inside_one_line_of_data(alone: API) -> None:
    with events(alone) as stream:
        next(stream)
        alone.post("/replies", {"mobile": "13800138000", "content": "a\n\nevent: x\r\u2028data: 1"})
        assert next(stream).kind == "reply"
        alone.post("/replies", {"mobile": "13800138000", "content": "b"})
        assert next(stream).kind == "reply"


def test_streams_and_waits_end_at_once_when_the_sandbox_stops(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A stop that waits for one of the readers takes as long as it is given.
    monkeypatch.setattr(server, "STOP_WITHIN", 25)
    assert _stop_with_readers(document) < 20


def _stop_with_readers(document: Document) -> float:
    with (
        ThreadPoolExecutor(2) as pool,
        RunningSandbox() as sandbox,
        API(sandbox.url, document) as api,
        API(sandbox.url, document) as other,
        events(api) as stream,
        _deaf_reader(sandbox.url),
    ):
        next(stream)
        reader = pool.submit(list, stream)
        waiter = pool.submit(other.send, "GET", "/messages", None, {"wait": 60})
        sandbox.look(lambda _: None)
        started = time.monotonic()
        sandbox.__exit__()
        assert reader.result(30) == []
        waiter.exception(30)
        return time.monotonic() - started


def _deaf_reader(url: str) -> socket.socket:
    """Open a connection that asks for events and reads nothing."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 80))
    connection.sendall(f"GET /_sandbox/api/events HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
    return connection
