"""Every operation, sync and async, returns the contract's example and sends what the contract allows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import TypedDict, cast

import pytest

from example_server import ExampleResponse, ExampleServer, RecordedRequest, read_routes
from jsms_api.models import ErrorCode
from jsms_client import VerificationReason
from jsms_client.errors import APIError, InvalidCodeError, ServiceError, UnknownOutcomeError
from jsms_client.results import Verification
from jsms_contract.errors import error_class
from jsms_contract.operations import MAPS, OPERATIONS
from jsms_contract.service import RULES
from servers.contract import load_document
from servers.faults import http_response, sends
from servers.raw_socket_server import RawSocketServer

from .calls import CALLS, Call
from .drivers import ATTEMPTS, DRIVERS, Driver, async_client, sync_client
from .examples import as_json, expected, plain

REASONS = {
    ErrorCode.INVALID_CODE: VerificationReason.WRONG,
    ErrorCode.EXPIRED_CODE: VerificationReason.EXPIRED,
    ErrorCode.VERIFIED_CODE: VerificationReason.USED,
}
WITH_BODY = {operation: call for operation, call in CALLS.items() if OPERATIONS[operation].response}
WITH_FIELDS = {
    name: call
    for name, call in WITH_BODY.items()
    if (response := OPERATIONS[name].response) and (response.of or response).type == "object"
}
SUCCESSES = [
    (route.operation, status, name)
    for route in read_routes(load_document())
    for status, name in route.responses
    if status < 300
]
REFUSALS = [
    (route.operation, status, name)
    for route in read_routes(load_document())
    for status, name in route.responses
    if status >= 400
]


class _ErrorDetail(TypedDict):
    code: int
    message: str


class _ErrorBody(TypedDict):
    error: _ErrorDetail


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest, example_server: ExampleServer) -> Iterator[Driver]:
    made = DRIVERS[request.param](example_server.base_url)
    yield made
    made.close()


@pytest.fixture(params=["sync", "asyncio"])
def usual_driver(request: pytest.FixtureRequest, example_server: ExampleServer) -> Iterator[Driver]:
    made = DRIVERS[request.param](example_server.base_url)
    yield made
    made.close()


def test_the_table_of_calls_covers_every_operation() -> None:
    assert set(CALLS) == set(OPERATIONS)


@pytest.mark.parametrize(("operation", "status", "example"), SUCCESSES)
def test_an_operation_returns_the_contracts_example(
    driver: Driver, example_server: ExampleServer, operation: str, status: int, example: str
) -> None:
    response = example_server.choose(operation, status=status, example=example)
    result = driver.make(CALLS[operation])
    assert example_server.violations == []
    assert [request.operation for request in example_server.requests] == [operation]
    assert plain(result) == expected(response.json())


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_generated_function_works_with_the_client(driver: Driver, example_server: ExampleServer, call: Call) -> None:
    parsed = driver.make_generated(call)
    assert example_server.violations == []
    assert [request.operation for request in example_server.requests] == [call.operation]
    response = example_server.routes[call.operation].response().json()
    assert as_json(parsed) == response


@pytest.mark.parametrize(("operation", "status", "example"), REFUSALS)
def test_a_refusal_is_raised_as_the_class_of_its_code(
    usual_driver: Driver, example_server: ExampleServer, operation: str, status: int, example: str
) -> None:
    body = cast("_ErrorBody", example_server.choose(operation, status=status, example=example).json())
    code = body["error"]["code"]
    if code in REASONS:
        verification = usual_driver.make(CALLS[operation])
        assert isinstance(verification, Verification)
        assert not verification
        assert (verification.reason, verification.code) == (REASONS[ErrorCode(code)], code)
        assert len(example_server.requests) == 1
        return
    with pytest.raises(APIError) as caught:
        usual_driver.make(CALLS[operation])
    error = caught.value
    assert isinstance(error, error_class(code, status))
    assert (error.operation, error.code, error.http_status) == (operation, code, status)
    assert error.name == ErrorCode(code).name
    assert error.message.startswith(body["error"]["message"])
    never = OPERATIONS[operation].retry == "never"
    assert isinstance(error, UnknownOutcomeError) == (never and isinstance(error, ServiceError))
    retried = not never and isinstance(error, ServiceError)
    assert len(example_server.requests) == error.attempts == (ATTEMPTS if retried else 1)
    assert example_server.violations == []


@pytest.mark.parametrize("call", WITH_FIELDS.values(), ids=WITH_FIELDS)
def test_an_unknown_field_of_a_response_is_kept(
    usual_driver: Driver, example_server: ExampleServer, call: Call
) -> None:
    def add(_request: RecordedRequest, response: ExampleResponse) -> ExampleResponse:
        return ExampleResponse.of_json(response.status, _with_field(response.json()))

    example_server.hook = add
    result = usual_driver.make(call)
    found = list(_extras(result))
    assert found
    assert all(extra == {"brand_new": {"a": [1]}} for extra in found)


def _with_field(value: object) -> object:
    if isinstance(value, list):
        return [_with_field(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        record = cast("dict[str, object]", value)
        inner = {name: _with_field(item) if name not in MAPS else item for name, item in record.items()}
        return {**inner, "brand_new": {"a": [1]}}
    return value


def _extras(result: object) -> Iterator[object]:
    if isinstance(result, (list, tuple)):
        for item in cast("list[object]", result):
            yield from _extras(item)
    elif is_dataclass(result):
        for each in fields(result):
            value: object = getattr(result, each.name)
            if each.name == "extra":
                yield value
            else:
                yield from _extras(value)


def test_only_a_verification_takes_a_wrong_code_for_a_result() -> None:
    body = b'{"error": {"code": 50010, "message": "invalid code"}}'

    async def run(address: str) -> None:
        async with async_client(address) as jsms:
            with pytest.raises(InvalidCodeError):
                await jsms.codes.send("13800138000", temp_id=1)
            assert not await jsms.codes.verify("1", "123456")

    with RawSocketServer() as server:
        server.play(sends(http_response(403, body)))
        with sync_client(server.base_url) as jsms:
            with pytest.raises(InvalidCodeError):
                jsms.codes.send("13800138000", temp_id=1)
            assert not jsms.codes.verify("1", "123456")
        asyncio.run(run(server.base_url))


def test_an_operation_of_receipts_that_is_no_poll_has_no_pace() -> None:
    # As one that a fork of the contract adds has none.
    body = str(RULES["getAppBalance"].success).encode()

    async def run(address: str) -> None:
        async with async_client(address) as jsms:
            request_json = jsms.receipts._request_json  # pyright: ignore[reportPrivateUsage] - as a generated method does
            assert await request_json("getAppBalance")

    with RawSocketServer() as server:
        counts = server.play(sends(http_response(200, body)))
        with sync_client(server.base_url) as jsms:
            request_json = jsms.receipts._request_json  # pyright: ignore[reportPrivateUsage] - as a generated method does
            assert request_json("getAppBalance")
        asyncio.run(run(server.base_url))
        assert counts.whole == 2
