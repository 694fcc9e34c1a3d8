"""When a call is retried, how long it waits, and its message in the end."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator

import pytest

from jsms_client import JSMSError, RetryPolicy
from jsms_client.errors import (
    APIError,
    LostResponseError,
    NotSentError,
    OutOfFreqError,
    ServiceError,
    UnknownOutcomeError,
    WrongScheduleStatusError,
)
from jsms_contract.service import RULES
from servers.faults import http_response, sends
from servers.raw_socket_server import Connection, RawSocketServer, Script

from .calls import CALLS
from .drivers import DRIVERS, Driver

BALANCE = str(RULES["getAppBalance"].success).encode()


@pytest.fixture(params=["sync", "asyncio", "trio"])
def make(request: pytest.FixtureRequest, server: RawSocketServer) -> Iterator[Callable[[RetryPolicy], Driver]]:
    made: list[Driver] = []

    def maker(policy: RetryPolicy) -> Driver:
        made.append(DRIVERS[request.param](server.base_url, retry=policy))
        return made[-1]

    yield maker
    for driver in made:
        driver.close()


def one_after_another(*acts: Callable[[Connection], None]) -> Script:
    """Make a script that handles each request differently."""
    left = iter(acts)

    def act(connection: Connection) -> None:
        next(left)(connection)

    return Script(act)


def sending(data: bytes) -> Callable[[Connection], None]:
    return sends(data).act


def hanging_up(connection: Connection) -> None:
    connection.read_request()
    connection.close()


QUICK = RetryPolicy(attempts=3, backoff=0.01, max_backoff=0.05)


def test_a_read_is_retried_until_there_is_a_response(
    make: Callable[[RetryPolicy], Driver], server: RawSocketServer, caplog: pytest.LogCaptureFixture
) -> None:
    busy, good = sending(http_response(503, b"")), sending(http_response(200, BALANCE))
    counts = server.play(one_after_another(hanging_up, busy, good))
    with caplog.at_level(logging.DEBUG, logger="jsms_client"):
        assert make(QUICK).make(CALLS["getAppBalance"])
    assert counts.deliveries == 3
    said = [record.getMessage() for record in caplog.records if record.name == "jsms_client"]
    attempts = [(line.split(",")[0].split(" (")[0], "again in" in line) for line in said]
    assert attempts == [
        ("getAppBalance: no response", True),
        ("getAppBalance: HTTP 503", True),
        ("getAppBalance: HTTP 200", False),
        ("getAppBalance: HTTP 200", False),
    ]


@pytest.mark.parametrize(
    ("act", "kind"), [(hanging_up, LostResponseError), (sending(http_response(502, b"<html>")), ServiceError)]
)
def test_repeats_come_to_an_end(
    make: Callable[[RetryPolicy], Driver],
    server: RawSocketServer,
    act: Callable[[Connection], None],
    kind: type[JSMSError],
) -> None:
    counts = server.play(one_after_another(act, act, act))
    with pytest.raises(kind) as caught:
        make(QUICK).make(CALLS["getAppBalance"])
    assert caught.value.attempts == counts.deliveries == 3


def test_one_attempt_means_no_repeats(make: Callable[[RetryPolicy], Driver], server: RawSocketServer) -> None:
    counts = server.play(one_after_another(hanging_up))
    with pytest.raises(LostResponseError, match="1 attempt"):
        make(RetryPolicy(attempts=1)).make(CALLS["getAppBalance"])
    assert counts.deliveries == 1


@pytest.mark.parametrize("operation", ["sendMessage", "verifyCode", "createSign", "pollReports", "updateTemplate"])
def test_what_is_not_safe_to_retry_is_sent_once_with_any_policy(
    make: Callable[[RetryPolicy], Driver], server: RawSocketServer, operation: str
) -> None:
    for act in (hanging_up, sending(http_response(503, b"", "Retry-After: 0"))):
        counts = server.play(one_after_another(act))
        with pytest.raises(UnknownOutcomeError):
            make(RetryPolicy(attempts=9, backoff=0)).make(CALLS[operation])
        assert counts.deliveries == 1


@pytest.mark.parametrize("status", [403, 500])
def test_too_often_is_never_retried(
    make: Callable[[RetryPolicy], Driver], server: RawSocketServer, status: int
) -> None:
    counts = server.play(one_after_another(sending(http_response(status, b'{"error": {"code": 50009}}'))))
    with pytest.raises(OutOfFreqError):
        make(QUICK).make(CALLS["getAppBalance"])
    assert counts.deliveries == 1


def test_a_refusal_after_a_lost_response_says_that_the_first_may_have_worked(
    make: Callable[[RetryPolicy], Driver], server: RawSocketServer
) -> None:
    refusal = sending(http_response(403, b'{"error": {"code": 50029, "message": "wrong schedule status"}}'))
    server.play(one_after_another(hanging_up, refusal))
    with pytest.raises(WrongScheduleStatusError, match="an earlier attempt of this call may have been carried out"):
        make(QUICK).make(CALLS["deleteSchedule"])
    server.play(one_after_another(hanging_up, sending(http_response(403, b'{"error": {"code": 50008}}'))))
    with pytest.raises(APIError) as caught:
        make(QUICK).make(CALLS["getAppBalance"])
    assert "earlier" not in str(caught.value)


@pytest.mark.parametrize("flavour", DRIVERS)
@pytest.mark.parametrize(("operation", "sent"), [("deleteSchedule", "yes"), ("getAppBalance", "no")])
def test_what_cannot_be_sent_again_may_have_been_carried_out_the_first_time(
    server: RawSocketServer, flavour: str, operation: str, sent: str
) -> None:
    def act(connection: Connection) -> None:
        connection.read_request()
        server.refuse()
        connection.close()

    server.play(Script(act))
    driver = DRIVERS[flavour](server.base_url, retry=QUICK)
    with pytest.raises(JSMSError, match="not reached") as caught:
        driver.make(CALLS[operation])
    driver.close()
    assert (caught.value.sent, caught.value.attempts) == (sent, 1)
    assert isinstance(caught.value, NotSentError) is (sent == "no")
    assert ("earlier attempt" in str(caught.value)) is (sent == "yes")


def pauses(caplog: pytest.LogCaptureFixture) -> list[float]:
    """Return the pauses that the client logged."""
    said = (re.search(r"again in ([0-9.]+) s", record.getMessage()) for record in caplog.records)
    return [float(found[1]) for found in said if found]


def test_waits_grow_and_have_a_limit(server: RawSocketServer, caplog: pytest.LogCaptureFixture) -> None:
    server.play(one_after_another(*[hanging_up] * 4))
    driver = DRIVERS["sync"](server.base_url, retry=RetryPolicy(attempts=4, backoff=0.1, max_backoff=0.2))
    begun = time.monotonic()
    with pytest.raises(LostResponseError), caplog.at_level(logging.DEBUG, logger="jsms_client"):
        driver.make(CALLS["getAppBalance"])
    first, second, third = pauses(caplog)
    assert 0.05 <= first <= 0.1 <= second <= 0.2
    assert 0.1 <= third <= 0.2
    assert time.monotonic() - begun > 0.24
    driver.close()


@pytest.mark.parametrize(
    ("retry_after", "pause"), [("1", 1), ("0", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("-1", 0)]
)
def test_the_service_may_ask_for_a_longer_wait_up_to_the_limit(
    server: RawSocketServer, caplog: pytest.LogCaptureFixture, retry_after: str, pause: float
) -> None:
    busy = sending(http_response(503, b"", f"Retry-After: {retry_after}"))
    server.play(one_after_another(busy, sending(http_response(200, BALANCE))))
    driver = DRIVERS["sync"](server.base_url, retry=RetryPolicy(backoff=0, max_backoff=1))
    begun = time.monotonic()
    with caplog.at_level(logging.DEBUG, logger="jsms_client"):
        assert driver.make(CALLS["getAppBalance"])
    assert pauses(caplog) == [pause]
    assert time.monotonic() - begun >= pause
    driver.close()


@pytest.mark.parametrize("retry_after", ["2", "120", "99999", "9" * 5000])
def test_a_longer_wait_than_the_limit_is_left_to_the_caller(server: RawSocketServer, retry_after: str) -> None:
    busy = sending(http_response(503, b"", f"Retry-After: {retry_after}"))
    counts = server.play(one_after_another(busy))
    driver = DRIVERS["sync"](server.base_url, retry=RetryPolicy(attempts=3, backoff=0, max_backoff=1))
    with pytest.raises(ServiceError, match=f"not retried, as the service asks to wait {retry_after[:9]} s") as caught:
        driver.make(CALLS["getAppBalance"])
    assert (counts.deliveries, caught.value.attempts) == (1, 1)
    driver.close()
