"""Any fault raises the right error in every operation, and what is not safe to retry is sent once.

Each fault is played to all operations at once, each with a server and a client of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from example_server import read_routes
from jsms_client import JSMSError, Timeouts
from jsms_client._response import MAX_RESPONSE
from jsms_client.errors import (
    APIError,
    ConnectionFailedError,
    ConnectTimeoutError,
    DecodeError,
    InvalidRequestError,
    LostResponseError,
    LostResponseTimeoutError,
    RateLimitError,
    RedirectError,
    RequestTimeoutError,
    ServerError,
    ServiceError,
    UnconfirmedAPIError,
    UnconfirmedDecodeError,
    UnconfirmedRedirectError,
    UnconfirmedServerError,
    UnconfirmedServiceError,
    UnconfirmedStatusError,
    UnexpectedStatusError,
    UnknownOutcomeError,
    UnknownOutcomeTimeoutError,
)
from jsms_client.results import Records
from jsms_contract.errors import error_class
from jsms_contract.operations import OPERATIONS
from jsms_runtime.operation import Operation
from servers.contract import load_document
from servers.faults import FAULTS, Fault, Meaning, harmless, http_response, sends, too_long
from servers.raw_socket_server import Connection, Counts, RawSocketServer, Script, refusing_port, silent_port

from .calls import CALLS, Call
from .drivers import ATTEMPTS, DRIVERS, Driver
from .examples import expected, plain

GOOD = {route.operation: route.response() for route in read_routes(load_document())}
PATIENT = Timeouts(connect=30, read=30, write=30, pool=30)
HASTY = Timeouts(connect=30, read=0.4, write=30, pool=30)
FLAVOURS = ("sync", "asyncio", "sync-fast", "asyncio-fast")
ON_THE_NETWORK = (Meaning.LOST, Meaning.SLOW)
IN_THE_BODY = (Meaning.REFUSED, Meaning.FAILED, Meaning.WRONG_SHAPE)
NOT_BY_HTTPTOOLS = "same-length-twice"
"""An odd form of a good response that its parser takes for none: safe, if not generous."""
ONE_OF_A_KIND = (
    "verifyCode",
    "sendMessage",
    "updateSchedule",
    "getAppBalance",
    "createSign",
    "deleteSign",
    "pollReports",
)
"""An operation for each way to send, retry and read. Above the transport, a script makes the sync client from the
async one: what does not happen on the network is played to all of the one, and to these of the other."""


@dataclass(frozen=True, slots=True)
class Rig:
    """One operation with a server and a client of its own."""

    call: Call
    server: RawSocketServer
    driver: Driver

    @property
    def operation(self) -> Operation:
        return OPERATIONS[self.call.operation]

    def make(self, script: Script) -> tuple[object, Counts]:
        """Make a call against a script; return its result or error, and what the server saw."""
        counts = self.server.play(script)
        try:
            return self.driver.make(self.call), counts
        except Exception as error:  # noqa: BLE001 - anything at all may come out: that is the question
            return error, counts
        finally:
            # Or the next call may still find the connection that this script is about to end.
            self.server.settle()


class Rigs:
    """A rig for each operation, made when it is first asked for."""

    def __init__(self, flavour: str, stack: ExitStack) -> None:
        self.flavour = flavour
        self.stack = stack
        self.made: dict[Timeouts, list[Rig]] = {}
        self.threads = stack.enter_context(ThreadPoolExecutor(len(CALLS)))

    def with_timeouts(self, timeouts: Timeouts) -> list[Rig]:
        if timeouts not in self.made:
            self.made[timeouts] = [self._make(call, timeouts) for call in CALLS.values()]
        return self.made[timeouts]

    def _make(self, call: Call, timeouts: Timeouts) -> Rig:
        server = self.stack.enter_context(RawSocketServer())
        driver = DRIVERS[self.flavour](server.base_url, timeout=timeouts)
        self.stack.callback(driver.close)
        return Rig(call, server, driver)


@pytest.fixture(scope="module", params=FLAVOURS)
def rigs(request: pytest.FixtureRequest) -> Iterator[Rigs]:
    with ExitStack() as stack:
        yield Rigs(request.param, stack)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_operation_meets_a_fault(rigs: Rigs, fault: Fault) -> None:
    def meet(rig: Rig) -> list[str]:
        return [f"{rig.operation.id}: {problem}" for problem in _problems(rig, fault)]

    chosen = rigs.with_timeouts(HASTY if fault.meaning is Meaning.SLOW else PATIENT)
    if rigs.flavour != "sync" and fault.meaning not in ON_THE_NETWORK:
        chosen = [rig for rig in chosen if rig.call.operation in ONE_OF_A_KIND]
    found = rigs.threads.map(meet, chosen)
    assert not (problems := "\n".join(problem for each in found for problem in each)), problems


@pytest.mark.parametrize("number", range(len(harmless(b""))), ids=[name for name, _ in harmless(b"")])
def test_every_operation_understands_a_good_response_in_an_odd_form(rigs: Rigs, number: int) -> None:
    def meet(rig: Rig) -> list[str]:
        good = GOOD[rig.call.operation]
        name, script = harmless(good.body)[number]
        outcome, counts = rig.make(script)
        if rigs.flavour.endswith("fast") and name == NOT_BY_HTTPTOOLS:
            unusable = UnknownOutcomeError if rig.operation.retry == "never" else LostResponseError
            understood = isinstance(outcome, unusable) and outcome.attempts == counts.deliveries
            return [] if understood else [f"{rig.operation.id}: {outcome!r} after {counts}"]
        if counts.deliveries != 1 or isinstance(outcome, Exception) or plain(outcome) != expected(good.json()):
            return [f"{rig.operation.id}: {outcome!r} after {counts}"]
        return []

    found = rigs.threads.map(meet, rigs.with_timeouts(PATIENT))
    assert not (problems := "\n".join(problem for each in found for problem in each)), problems


@pytest.mark.parametrize("end", [Connection.close, Connection.reset], ids=["close", "reset"])
def test_a_connection_that_ends_at_once_costs_a_send_no_second_request(
    rigs: Rigs, end: Callable[[Connection], None]
) -> None:
    def meet(rig: Rig) -> list[str]:
        # Whether the connection counts as made is a race that only the network decides.
        outcome, counts = rig.make(Script(end, "accept"))
        lost = UnknownOutcomeError if rig.operation.retry == "never" else LostResponseError
        if not isinstance(outcome, (lost, ConnectionFailedError)):
            return [f"{rig.operation.id}: {outcome!r}"]
        if outcome.attempts > (1 if rig.operation.retry == "never" else ATTEMPTS):
            return [f"{rig.operation.id}: {outcome.attempts} attempts, {counts}"]
        return []

    found = rigs.threads.map(meet, rigs.with_timeouts(PATIENT))
    assert not (problems := "\n".join(problem for each in found for problem in each)), problems


@pytest.mark.parametrize("number", range(4), ids=[name for name, _ in too_long(0)])
@pytest.mark.parametrize("operation", ["sendMessage", "getSchedule", "deleteSign", "pollReports"])
def test_a_response_that_is_too_long_is_not_read(rigs: Rigs, operation: str, number: int) -> None:
    rig = next(rig for rig in rigs.with_timeouts(PATIENT) if rig.call.operation == operation)
    outcome, counts = rig.make(too_long(MAX_RESPONSE)[number][1])
    assert isinstance(outcome, JSMSError)
    unsure = rig.operation.retry == "never"
    assert isinstance(outcome, UnknownOutcomeError) == unsure
    assert counts.deliveries == outcome.attempts == 1


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_refused_connection_sends_nothing_and_says_so(flavour: str, call: Call) -> None:
    with refusing_port() as port:
        driver = DRIVERS[flavour](f"http://127.0.0.1:{port}/v1")
        with pytest.raises(ConnectionFailedError, match=f"{ATTEMPTS} attempts") as caught:
            driver.make(call)
        driver.close()
    assert type(caught.value) is ConnectionFailedError
    assert caught.value.attempts == 0


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_connection_that_takes_too_long_sends_nothing_and_says_so(flavour: str) -> None:
    with silent_port() as port:
        driver = DRIVERS[flavour](f"http://127.0.0.1:{port}/v1", timeout=Timeouts(connect=0.1))
        with pytest.raises(ConnectTimeoutError, match=f"{ATTEMPTS} attempts") as caught:
            driver.make(CALLS["sendMessage"])
        driver.close()
    assert caught.value.attempts == 0


def _problems(rig: Rig, fault: Fault) -> Iterator[str]:
    outcome, counts = rig.make(fault.script)
    never = rig.operation.retry == "never"
    kind = _expected_error(fault, rig.operation)
    attempts = ATTEMPTS if not never and kind is not None and _is_worth_repeating(fault, kind) else 1
    counts.settle(attempts)
    if isinstance(outcome, JSMSError):
        if kind not in (type(outcome), JSMSError):
            yield f"raised {type(outcome).__name__}, not {kind and kind.__name__}: {outcome}"
        if outcome.operation != rig.operation.id:
            yield f"names the operation {outcome.operation}"
        if outcome.attempts != counts.deliveries:
            yield f"counts {outcome.attempts} attempts where the server saw {counts}"
        if fault.code != outcome.code:
            yield f"has the code {outcome.code}"
        if fault.status is not None and outcome.http_status != fault.status:
            yield f"has the status {outcome.http_status}"
    elif isinstance(outcome, Exception):
        yield f"{outcome!r} escaped"
    elif kind not in (None, JSMSError) and not (isinstance(outcome, Records) and outcome.malformed):
        yield f"returned {outcome!r}"
    if counts.deliveries != attempts:
        yield f"the server saw {counts}, not {attempts} requests"
    if fault.meaning in IN_THE_BODY:
        return
    good = GOOD[rig.call.operation]
    after, _ = rig.make(sends(http_response(good.status, good.body)))
    end = time.monotonic() + 20
    while isinstance(after, RequestTimeoutError) and fault.meaning is Meaning.SLOW and time.monotonic() < end:
        # The timeout is short for this fault, and the machine may be busy.
        after, _ = rig.make(sends(http_response(good.status, good.body)))
    if isinstance(after, Exception) or plain(after) != expected(good.json()):
        yield f"could not be used afterwards: {after!r}"


def _is_worth_repeating(fault: Fault, kind: type[Exception]) -> bool:
    return fault.meaning in (Meaning.LOST, Meaning.SLOW, Meaning.FAILED) and not issubclass(kind, RateLimitError)


def _expected_error(fault: Fault, operation: Operation) -> type[Exception] | None:
    """Return the class to be raised; JSMSError where any will do, or a result; None for a result."""
    never = operation.retry == "never"
    match fault.meaning:
        case Meaning.LOST:
            return UnknownOutcomeError if never else LostResponseError
        case Meaning.SLOW:
            return UnknownOutcomeTimeoutError if never else LostResponseTimeoutError
        case Meaning.UNUSABLE:
            return UnconfirmedDecodeError if never else DecodeError
        case Meaning.ODD:
            return UnconfirmedStatusError if never else UnexpectedStatusError
        case Meaning.MOVED:
            return UnconfirmedRedirectError if never else RedirectError
        case Meaning.GIVEN_UP:
            return UnconfirmedStatusError if never else InvalidRequestError
        case Meaning.CONTRADICTORY:
            return UnconfirmedAPIError if never else APIError
        case Meaning.UNCERTAIN:
            return JSMSError
        case Meaning.WRONG_SHAPE:
            if operation.response is None:
                return None
            return UnconfirmedDecodeError if never else DecodeError
        case Meaning.REFUSED | Meaning.FAILED:
            assert fault.status is not None
            kind = error_class(fault.code, fault.status)
            if never and issubclass(kind, ServiceError):
                return UnconfirmedServerError if issubclass(kind, ServerError) else UnconfirmedServiceError
            # Without a code of JSMS, the response may be of something in between.
            return UnconfirmedAPIError if never and fault.code is None else kind
