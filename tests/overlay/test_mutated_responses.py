"""Any changed response gives a result or a JSMSError, and shows nothing private."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from example_server import ExampleResponse, ExampleServer, RecordedRequest
from jsms_client import JSMSError
from jsms_contract.operations import OPERATIONS
from sample_sizes import sample_size
from servers.contract import load_document

from .calls import CALLS, CODE, MOBILE, PRIVATE, SECOND_MOBILE, Call
from .drivers import ATTEMPTS, DRIVERS, SECRETS, Driver

# Values that have surprised parsers, and everything private that a service might send back.
_ODD: list[object] = [
    *(None, True, False, 0, -1, 1.5, 1e308, 2**31, 2**63, 2**64, 10**30),
    *("", " ", "0", "50014", "null", "\x00", "\ud800", "２０３０", "2030-02-30 25:61:61", "-1"),
    *([], {}, [[]], {"": None}, list(PRIVATE), dict.fromkeys(PRIVATE, PRIVATE[0])),
]
ODD: st.SearchStrategy[object] = st.sampled_from(_ODD)
VALUES: st.SearchStrategy[object] = st.one_of(
    ODD,
    st.sampled_from(PRIVATE),
    st.recursive(
        ODD | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
)
SUCCESSES = [200, 200, 200, 201, 204, 206, 299]
FAILURES = [302, 400, 401, 403, 404, 418, 429, 451, 500, 503, 520, 599, 600]
STATUSES = st.sampled_from(SUCCESSES + FAILURES)
HEADER_NAMES = ["Content-Type", "Retry-After", "Location", "Set-Cookie", "Date", "X-Request-Id", "Server"]
HEADER_VALUES = [
    "text/html",
    "application/json; charset=utf-16",
    "0",
    "-1",
    "1e9",
    "Thu, 99 Foo 0000",
    MOBILE,
    *SECRETS,
]
HEADERS = st.dictionaries(
    st.sampled_from(HEADER_NAMES),
    st.sampled_from(HEADER_VALUES) | st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20),
    max_size=3,
)
ADDED = st.text(max_size=5) | st.sampled_from(["code", "error", "message", "d", "self"])
INSERTED = st.binary(max_size=4) | st.sampled_from([b"\\ud800", b"[" * 2000, b"9" * 400, b"\xef\xbb\xbf"])


@st.composite
def mutated_json(draw: st.DrawFn, example: object) -> object:
    """Draw an example with one or more changes."""
    value = example
    for _ in range(draw(st.integers(1, 3))):
        value = _change(draw, value)
    return value


@st.composite
def mutated_bytes(draw: st.DrawFn, body: bytes) -> bytes:
    """Draw a body with bytes removed, inserted or changed."""
    data = bytearray(body)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 8)))
        data[start:end] = draw(INSERTED)
    return bytes(data)


def _change(draw: st.DrawFn, value: object) -> object:
    if isinstance(value, dict) and value and draw(st.booleans()):
        record = dict(cast("dict[str, object]", value))
        name = draw(st.sampled_from(sorted(record)))
        match draw(st.sampled_from(["drop", "rename", "add", "change"])):
            case "drop":
                del record[name]
            case "rename":
                record[draw(st.text(max_size=5))] = record.pop(name)
            case "add":
                record[draw(st.text(max_size=5) | st.sampled_from(["code", "error", "message", "d", "self"]))] = draw(
                    VALUES
                )
            case _:
                record[name] = _change(draw, record[name])
        return record
    if isinstance(value, list) and value and draw(st.booleans()):
        items = list(cast("list[object]", value))
        place = draw(st.integers(0, len(items) - 1))
        items[place] = _change(draw, items[place])
        return items
    return draw(VALUES)


@st.composite
def responses(draw: st.DrawFn, good: list[ExampleResponse]) -> ExampleResponse:
    """Return what may come back instead of a good response."""
    response = draw(st.sampled_from(good))
    status = draw(st.just(response.status) | STATUSES)
    if response.body and draw(st.booleans()):
        body = draw(mutated_bytes(response.body))
    else:
        value = draw(mutated_json(response.json()))
        body = json.dumps(value, allow_nan=True).encode()
    if status == 204:
        body = b""
    return ExampleResponse(status, body, {"Content-Type": "application/json", **draw(HEADERS)})


@pytest.fixture(scope="module")
def server() -> Iterator[ExampleServer]:
    with ExampleServer(load_document()) as running:
        yield running


@pytest.fixture(scope="module")
def drivers(server: ExampleServer) -> Iterator[dict[str, Driver]]:
    with ExitStack() as stack:
        made: dict[str, Driver] = {name: DRIVERS[name](server.base_url) for name in ("sync", "asyncio")}
        for driver in made.values():
            stack.callback(driver.close)
        yield made


@pytest.mark.parametrize("operation", OPERATIONS)
@settings(max_examples=sample_size(60, 15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_mutated_response_ends_in_a_result_or_a_jsms_error(
    server: ExampleServer, drivers: dict[str, Driver], operation: str, data: st.DataObject
) -> None:
    good = list(server.routes[operation].responses.values())
    mutated = data.draw(responses(good))
    driver = drivers[data.draw(st.sampled_from(["sync", "asyncio"]))]

    def respond(_request: RecordedRequest, _response: ExampleResponse) -> ExampleResponse:
        return mutated

    server.reset()
    server.hook = respond
    outcome = _outcome(driver, CALLS[operation])
    repr(outcome).encode()
    if isinstance(outcome, JSMSError):
        assert (outcome.operation, outcome.attempts) == (operation, len(server.requests))
        assert "\n" not in str(outcome)
        shown = f"{outcome} {outcome!r} {outcome.args} {outcome.__dict__}"
        # Where an error code belongs, any number is one: it may happen to be the digits of a verification code.
        private = set(_private(server.requests[0])) - {str(outcome.code)}
        assert [secret for secret in private if secret in shown] == []
    allowed = 1 if OPERATIONS[operation].retry == "never" else ATTEMPTS
    assert 1 <= len(server.requests) <= allowed
    assert server.violations == []


def _outcome(driver: Driver, call: Call) -> object:
    try:
        return driver.make(call)
    except JSMSError as error:
        return error


def _private(request: RecordedRequest) -> Iterator[str]:
    """Return what must not be shown: numbers, codes and secrets, and other texts that the client sent."""
    yield from (MOBILE, SECOND_MOBILE, CODE, *SECRETS)
    sent = request.body.decode("utf-8", "replace")
    yield from (text for text in PRIVATE if text in sent)
