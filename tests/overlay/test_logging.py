"""The log line of each call."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextlib import suppress

import pytest

from jsms_client.errors import ConnectionFailedError, UnknownOutcomeError
from servers.faults import http_response, sends
from servers.raw_socket_server import Connection, RawSocketServer, Script, refusing_port

from .calls import CALLS, MSG_ID
from .drivers import ATTEMPTS, DRIVERS


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[str, str], list[str]]:
    def make(base_url: str, operation: str) -> list[str]:
        driver = DRIVERS["sync"](base_url)
        with (
            caplog.at_level(logging.DEBUG, logger="jsms_client"),
            suppress(ConnectionFailedError, UnknownOutcomeError),
        ):
            driver.make(CALLS[operation])
        driver.close()
        return [
            record.getMessage()
            for record in caplog.records
            if record.name == "jsms_client" and record.levelno == logging.DEBUG
        ]

    return make


def hangs_up(connection: Connection) -> None:
    connection.read_request()
    connection.close()


def test_a_call_without_a_response_is_logged_with_its_cause(
    server: RawSocketServer, logged: Callable[[str, str], list[str]]
) -> None:
    server.play(Script(hangs_up))
    (line,) = logged(server.base_url, "sendCode")
    assert re.fullmatch(r"sendCode: no response \(RemoteProtocolError\), \d+ ms", line)


def test_each_attempt_that_does_not_reach_the_service_is_logged(logged: Callable[[str, str], list[str]]) -> None:
    with refusing_port() as port:
        lines = logged(f"http://127.0.0.1:{port}/v1", "sendCode")
    assert len(lines) == ATTEMPTS
    assert all(
        re.fullmatch(r"sendCode: no response \(ConnectError\), \d+ ms(, attempt 1, again in 0\.00 s)?", line)
        for line in lines
    )


@pytest.mark.parametrize(
    ("operation", "body", "msg_id"),
    [("sendCode", b'{"msg_id": "7"}', "7"), ("verifyCode", b'{"is_valid": true}', MSG_ID)],
)
def test_the_message_that_a_call_is_about_is_logged(
    server: RawSocketServer, logged: Callable[[str, str], list[str]], operation: str, body: bytes, msg_id: str
) -> None:
    server.play(sends(http_response(200, body)))
    (line,) = logged(server.base_url, operation)
    assert re.fullmatch(rf"{operation}: HTTP 200, code None, \d+ ms, msg_id {msg_id}", line)
