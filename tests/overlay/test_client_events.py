"""The hook for events, and the log that JSMS_LOG switches on."""

from __future__ import annotations

import asyncio
import logging
import re
import subprocess
import sys
from dataclasses import astuple

import pytest

from jsms_client import CallEvent, RetryPolicy
from jsms_client._events import switch_on_logging
from jsms_client.errors import ConfigurationError, ConnectionFailedError, NoMoneyError, UnknownOutcomeError
from servers.faults import http_response, sends
from servers.raw_socket_server import Connection, RawSocketServer, Script, refusing_port

from .drivers import APP_KEY, MASTER_SECRET, QUICK, SECRETS, async_client, sync_client

SENT = b'{"msg_id": "288193860302"}'
MOBILE = "13912345678"


def facts(event: CallEvent) -> tuple[object, ...]:
    return (event.kind, event.attempt, event.http_status, event.code, event.msg_id, event.sent, event.error)


def test_a_send_is_one_attempt_and_one_outcome(server: RawSocketServer) -> None:
    server.play(sends(http_response(200, SENT)))
    events: list[CallEvent] = []
    with sync_client(server.base_url, on_event=events.append) as jsms:
        jsms.codes.send(MOBILE, temp_id=1)

    assert [facts(event) for event in events] == [
        ("attempt", 1, 200, None, "288193860302", "yes", None),
        ("outcome", 1, 200, None, "288193860302", "yes", None),
    ]
    assert {event.operation for event in events} == {"sendCode"}
    assert all(0 < event.duration < 60 and event.retry_in is None for event in events)


def test_the_async_client_tells_the_same(server: RawSocketServer) -> None:
    server.play(sends(http_response(403, b'{"error": {"code": 50014, "message": "no money for 13912345678"}}')))
    events: list[CallEvent] = []

    async def run() -> None:
        async with async_client(server.base_url, on_event=events.append) as jsms:
            with pytest.raises(NoMoneyError):
                await jsms.codes.send(MOBILE, temp_id=1)

    asyncio.run(run())
    assert [facts(event) for event in events] == [
        (kind, 1, 403, 50014, None, "no", "NoMoneyError") for kind in ("attempt", "outcome")
    ]


def test_each_attempt_has_an_event_and_the_call_has_one(server: RawSocketServer) -> None:
    server.play(sends(http_response(503, b"{}")))
    events: list[CallEvent] = []
    with (
        sync_client(server.base_url, on_event=events.append, retry=RetryPolicy(attempts=3, backoff=0.01)) as jsms,
        pytest.raises(Exception, match="HTTP 503"),
    ):
        jsms.accounts.app()

    assert [(event.kind, event.attempt, event.retry_in is not None) for event in events] == [
        ("attempt", 1, True),
        ("attempt", 2, True),
        ("attempt", 3, False),
        ("outcome", 3, False),
    ]
    assert events[-1].duration >= sum(event.duration for event in events[:-1])


def test_what_did_not_leave_and_what_may_have_arrived_differ(server: RawSocketServer) -> None:
    events: list[CallEvent] = []
    with (
        refusing_port() as port,
        sync_client(f"http://127.0.0.1:{port}/v1", on_event=events.append) as jsms,
        pytest.raises(ConnectionFailedError),
    ):
        jsms.codes.send(MOBILE, temp_id=1)
    assert facts(events[-1]) == ("outcome", 2, None, None, None, "no", "ConnectionFailedError")

    def hangs_up(connection: Connection) -> None:
        connection.read_request()
        connection.close()

    server.play(Script(hangs_up))
    with sync_client(server.base_url, on_event=events.append) as jsms, pytest.raises(UnknownOutcomeError):
        jsms.codes.send(MOBILE, temp_id=1)
    assert facts(events[-1]) == ("outcome", 1, None, None, None, "unknown", "UnknownOutcomeError")


def test_a_cancelled_call_has_an_event(server: RawSocketServer) -> None:
    server.play(Script(Connection.hold))
    events: list[CallEvent] = []

    async def run() -> None:
        async with async_client(server.base_url, on_event=events.append) as jsms:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(jsms.codes.send(MOBILE, temp_id=1), 0.3)

    asyncio.run(run())
    assert facts(events[-1]) == ("outcome", 1, None, None, None, "unknown", "CancelledError")


def test_what_a_hook_raises_does_not_change_the_call(server: RawSocketServer, caplog: pytest.LogCaptureFixture) -> None:
    def breaks(event: CallEvent) -> None:
        raise RuntimeError("the app's own")

    server.play(sends(http_response(200, SENT)))
    with sync_client(server.base_url, on_event=breaks) as jsms:
        assert jsms.codes.send(MOBILE, temp_id=1).msg_id == "288193860302"
    assert [record.getMessage() for record in caplog.records] == ["on_event failed"] * 2


def test_no_event_holds_what_is_private(server: RawSocketServer) -> None:
    body = f'{{"error": {{"code": 50014, "message": "{MOBILE} {MASTER_SECRET}"}}}}'
    server.play(sends(http_response(403, body.encode())))
    events: list[CallEvent] = []
    with sync_client(server.base_url, on_event=events.append) as jsms, pytest.raises(NoMoneyError):
        jsms.messages.send(MOBILE, temp_id=1, temp_para={"code": "739152"})
    text = " ".join(str(value) for event in events for value in astuple(event))
    assert not [each for each in (MOBILE, "739152", *SECRETS) if each in text]


@pytest.mark.parametrize("hook", ["print", 7, test_a_send_is_one_attempt_and_one_outcome.__doc__ or ""])
def test_a_hook_that_cannot_be_called_is_refused(hook: object) -> None:
    with pytest.raises(ConfigurationError, match="plain function"):
        sync_client("http://127.0.0.1:1/v1", on_event=hook)  # type: ignore[arg-type] # what type checkers refuse


def test_an_async_hook_is_refused() -> None:
    async def hook(event: CallEvent) -> None:
        """Would never be awaited."""

    with pytest.raises(ConfigurationError, match="plain function"):
        async_client("http://127.0.0.1:1/v1", on_event=hook)

    class Hook:
        async def __call__(self, event: CallEvent) -> None:
            """Would never be awaited."""

    with pytest.raises(ConfigurationError, match="plain function"):
        async_client("http://127.0.0.1:1/v1", on_event=Hook())


def test_info_has_one_line_for_each_call(server: RawSocketServer, caplog: pytest.LogCaptureFixture) -> None:
    server.play(sends(http_response(503, b"{}")))
    with (
        caplog.at_level(logging.INFO, logger="jsms_client"),
        sync_client(server.base_url, retry=QUICK) as jsms,
        pytest.raises(Exception, match="HTTP 503"),
    ):
        jsms.accounts.app()
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("getAppBalance: HTTP 503, code None, ")
    assert re.search(r"attempts 2, sent [a-z]+, msg_id None$", line)


PROGRAM = """\
import logging, sys
from jsms_client import JSMS
if "own" in sys.argv:
    logging.basicConfig(stream=sys.stdout, level="WARNING")
jsms = JSMS(sys.argv[1], sys.argv[2], base_url=sys.argv[3])
jsms.codes.send("13912345678", temp_id=1)
JSMS(sys.argv[1], sys.argv[2], base_url=sys.argv[3]).codes.send("13912345678", temp_id=1)
"""


@pytest.mark.parametrize(
    ("value", "own", "lines"), [("", False, 0), ("info", False, 2), ("DEBUG", False, 4), ("info", True, 0)]
)
def test_jsms_log_switches_logging_on(server: RawSocketServer, value: str, own: bool, lines: int) -> None:
    server.play(sends(http_response(200, SENT)))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, APP_KEY, MASTER_SECRET, server.base_url, *(["own"] if own else [])],
        env={"JSMS_LOG": value},
        capture_output=True,
        text=True,
        check=True,
    )
    said = done.stderr.splitlines()
    assert len(said) == lines
    assert all("jsms_client: sendCode: HTTP 200" in line for line in said)
    assert not [each for each in (MOBILE, *SECRETS) if each in done.stderr]
    # An app that has set up logging gets the records with its own handlers, and only there.
    assert len(done.stdout.splitlines()) == (2 if own else 0)


def test_another_value_of_jsms_log_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSMS_LOG", "verbose")
    with pytest.raises(ConfigurationError, match="JSMS_LOG is neither debug nor info"):
        sync_client("http://127.0.0.1:1/v1")


@pytest.mark.parametrize(("wanted", "level"), [("info", logging.INFO), (" Debug ", logging.DEBUG)])
def test_the_log_is_switched_on_once(wanted: str, level: int, monkeypatch: pytest.MonkeyPatch) -> None:
    log = logging.getLogger("jsms_client")
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(log, "level", log.level)
    for _ in range(2):
        switch_on_logging({"JSMS_LOG": wanted})
    assert (len(log.handlers), log.level) == (1, level)
