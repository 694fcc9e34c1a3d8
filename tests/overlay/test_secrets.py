"""No log, repr, exception, traceback or pickle shows a secret, a code, a parameter or a whole number."""

from __future__ import annotations

import copy
import html
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import quote

import pytest

from example_server import EXAMPLE_CREDENTIALS, ExampleResponse, ExampleServer, Hook, RecordedRequest
from jsms_client import JSMS, AsyncJSMS, JSMSError
from jsms_client.errors import ArgumentError, UnknownOutcomeError
from jsms_client.results import BatchResult, ScheduleBatchResult
from jsms_runtime.errors import APIError
from servers.faults import http_response, sends
from servers.raw_socket_server import Connection, RawSocketServer, Script

from .calls import CALLS, CODE, MOBILE, PARAMETER, PERSON, PRIVATE, SECOND_MOBILE, Call
from .drivers import DRIVERS, SECRETS, Driver, async_client, sync_client

HIDDEN = (*PRIVATE, *SECRETS)
MASKED = "139****5678"


def always(status: int, value: object) -> Hook:
    def hook(_request: RecordedRequest, _response: ExampleResponse) -> ExampleResponse:
        return ExampleResponse.of_json(status, value)

    return hook


def responding(response: ExampleResponse) -> Hook:
    def hook(_request: RecordedRequest, _response: ExampleResponse) -> ExampleResponse:
        return response

    return hook


def shown_in(text: str) -> list[str]:
    """Return the secrets that a text shows."""
    return [secret for secret in HIDDEN if secret in text]


@pytest.fixture(params=["sync", "asyncio"])
def driver(request: pytest.FixtureRequest, example_server: ExampleServer) -> Iterator[Driver]:
    made = DRIVERS[request.param](example_server.base_url)
    yield made
    made.close()


def echoes_everything(request: RecordedRequest, _response: ExampleResponse) -> ExampleResponse:
    """Respond with a refusal that echoes what the client sent, credentials included."""
    said = f"{request.headers.get('authorization')} {request.target} {request.body.decode('utf-8', 'replace')}"
    return ExampleResponse.of_json(403, {"error": {"code": 50007, "message": f"cannot read: {said}"}})


def echoes_everything_as_a_page(request: RecordedRequest, _response: ExampleResponse) -> ExampleResponse:
    """Respond with the same as an HTML page with status 200."""
    said = f"{request.headers.get('authorization')} {request.body.decode('utf-8', 'replace')}"
    return ExampleResponse(
        200,
        f"<html>{said}</html>".encode(),
        {"X-Debug": said.encode("ascii", "ignore").decode()[:500].replace("\r", " ").replace("\n", " ")},
    )


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_nothing_private_is_logged_at_any_level(driver: Driver, call: Call, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        driver.make(call)
    ours = [record for record in caplog.records if record.name.startswith("jsms_client")]
    assert any(call.operation in record.getMessage() for record in ours)
    for record in ours:
        assert shown_in(f"{record.getMessage()} {record.args} {record.__dict__}") == []


@pytest.mark.parametrize(
    ("msg_id", "shown"),
    [
        ("288193860302", "288193860302"),
        (288193860302, "288193860302"),
        ("1" * 21, "****"),
        ("Parcel-K7Q2", "****"),
        ("1\nINJECTED", "None"),
        ("１２３", "None"),
        (PERSON, "None"),
    ],
)
def test_an_id_is_logged_only_where_it_is_one(
    driver: Driver, example_server: ExampleServer, msg_id: object, shown: str, caplog: pytest.LogCaptureFixture
) -> None:
    example_server.hook = always(200, {"msg_id": msg_id})
    with caplog.at_level(logging.DEBUG, logger="jsms_client"), suppress(UnknownOutcomeError):
        driver.make(CALLS["sendCode"])
    assert caplog.records[-1].getMessage().endswith(f", msg_id {shown}")


@pytest.mark.parametrize("hook", [echoes_everything, echoes_everything_as_a_page])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_error_shows_nothing_private_even_where_the_service_repeats_it(
    driver: Driver,
    example_server: ExampleServer,
    call: Call,
    hook: Hook,
    caplog: pytest.LogCaptureFixture,
) -> None:
    example_server.hook = hook
    with caplog.at_level(logging.DEBUG, logger="jsms_client"), pytest.raises(JSMSError) as caught:
        driver.make(call)
    error = caught.value
    assert shown_in(f"{error} {error!r} {error.args} {error.__dict__}") == []
    assert shown_in("".join(traceback.format_exception(error))) == []
    assert shown_in(caplog.text) == []
    assert shown_in(pickle.dumps(error, protocol=0).decode("latin-1")) == []
    cause: BaseException | None = error
    while cause is not None:
        assert shown_in(f"{cause!r} {cause.args}") == []
        cause = cause.__cause__ or cause.__context__


@pytest.mark.parametrize("name", ["王明", 'O\'Neil "<b>"', "王小明，北京市朝阳区" * 100])
@pytest.mark.parametrize("escape", [json.dumps, html.escape, quote])
def test_an_error_shows_no_parameter_however_it_is_echoed(
    driver: Driver, example_server: ExampleServer, name: str, escape: Callable[[str], str]
) -> None:
    echoed = escape(name)
    call = Call("sendMessage", "messages", "send", (MOBILE,), {"temp_id": 1, "temp_para": {"name": name}})
    page = ExampleResponse(200, echoed.encode(), {"X-Name": quote(name) if len(name) < 50 else "-"})
    for response in (page, ExampleResponse.of_json(403, {"error": {"code": 50007, "message": echoed}})):
        example_server.hook = responding(response)
        with pytest.raises(JSMSError) as caught:
            driver.make(call)
        text = f"{caught.value!r} {caught.value.__dict__}"
        assert "****" in text
        assert [form for form in (name, echoed) if form[:12].strip('"') in text] == []


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_error_survives_pickle_and_copy_and_can_be_hashed(
    driver: Driver, example_server: ExampleServer, call: Call
) -> None:
    example_server.hook = always(500, {"error": {"code": 50019, "message": "oops"}})
    with pytest.raises(APIError) as caught:
        driver.make(call)
    error = caught.value
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        unpickled: object = pickle.loads(pickle.dumps(error, protocol))
        assert type(unpickled) is type(error)
        assert (str(unpickled), unpickled.__dict__) == (str(error), error.__dict__)
    assert str(copy.copy(error)) == str(error)
    assert {error: 1}[error] == 1


def test_a_lost_response_shows_nothing_private(driver: Driver) -> None:
    with RawSocketServer() as server:
        lost = DRIVERS["sync"](server.base_url)
        for script in (
            Script(Connection.reset, "accept"),
            sends(f"HTTP/1.1 {MOBILE} {CODE}\r\n\r\n".encode(), then=Connection.close),
            sends(f"{MOBILE} {SECRETS[1]}\r\n\r\n".encode(), then=Connection.close),
            sends(http_response(302, b"", f"Location: https://u:{SECRETS[1]}@example.com/{MOBILE}?code={CODE}")),
            sends(http_response(200, b"x", "Content-Encoding: gzip")),
        ):
            server.play(script)
            with pytest.raises(JSMSError) as caught:
                lost.make(CALLS["sendVoiceCode"])
            text = "".join(traceback.format_exception(caught.value))
            assert shown_in(f"{caught.value} {caught.value!r} {caught.value.__dict__}") == []
            assert [secret for secret in SECRETS if secret in caught.value.__str__()] == []
            assert SECRETS[0] not in text
        lost.close()


def test_a_result_shows_no_more_than_the_ends_of_a_number(driver: Driver, example_server: ExampleServer) -> None:
    recipients = [
        {"mobile": MOBILE, "msg_id": "1"},
        {
            "mobile": SECOND_MOBILE,
            "error_code": "50024",
            "error_message": f"unsubscribed {SECOND_MOBILE}",
            "temp_para": {"number": PARAMETER},
        },
    ]
    batch = {"success_count": 1, "failure_count": 1, "recipients": recipients}
    example_server.hook = always(200, batch)
    result = driver.make(CALLS["sendMessageBatch"])
    assert MASKED in repr(result)
    assert shown_in(f"{result!r} {result}") == []


@pytest.mark.parametrize(
    ("operation", "response"),
    [
        ("sendMessageBatch", {"recipients": [], "success_count": 0, "failure_count": 1}),
        ("createScheduleBatch", {"schedule_id": "1", "success_count": 0, "failure_count": 1}),
    ],
)
def test_a_refusal_does_not_repeat_the_parameters_of_its_recipient(
    driver: Driver, example_server: ExampleServer, operation: str, response: dict[str, object]
) -> None:
    refused = {
        "mobile": MOBILE,
        "error_code": "50041",
        "error_message": f"{PERSON}: bad value {PARAMETER}",
        "temp_para": {"name": PERSON, "number": PARAMETER},
    }
    example_server.hook = always(200, {**response, "recipients": [refused], "failure_recipients": [refused]})
    result = driver.make(CALLS[operation])
    assert isinstance(result, BatchResult | ScheduleBatchResult)
    (recipient,) = result.refused if isinstance(result, BatchResult) else result.failure_recipients
    assert shown_in(f"{result!r} {recipient!r} {recipient.error} {recipient.error!r}") == []
    assert "****: bad value ****" in repr(recipient)
    assert "****: bad value ****" in str(recipient.error)


def test_received_texts_and_numbers_are_not_shown(driver: Driver, example_server: ExampleServer) -> None:
    reply = [{"phone": MOBILE, "replyTime": 1492150740274, "content": f"my code is {CODE}"}]
    example_server.hook = always(200, reply)
    result = driver.make(CALLS["pollReplies"])
    assert MASKED in repr(result)
    assert shown_in(repr(result)) == []


def test_a_client_shows_its_address_and_no_secret() -> None:
    client: JSMS | AsyncJSMS
    for client in (sync_client("http://127.0.0.1:1/v1"), async_client("http://127.0.0.1:1/v1")):
        parts = [client, client.api, client.codes, client.receipts]
        assert "127.0.0.1" in repr(client)
        for part in parts:
            assert shown_in(f"{part!r} {part}") == []
        with pytest.raises(TypeError, match="secrets"):
            pickle.dumps(client)
        with pytest.raises(TypeError, match="secrets"):
            copy.copy(client)


@pytest.mark.parametrize(
    "call",
    [
        Call("sendCode", "codes", "send", (f"{MOBILE}0",), {"temp_id": 1}),
        Call("sendMessage", "messages", "send", (MOBILE,), {"temp_id": 1, "temp_para": {"number": object()}}),
        Call("sendMessage", "messages", "send", (MOBILE,), {"temp_id": MOBILE + "x", "temp_para": {"n": PARAMETER}}),
        Call("verifyCode", "codes", "verify", (f"{MOBILE}/..", CODE)),
        Call("sendMessageBatch", "messages", "send_batch", ([(MOBILE, {"n": "x"}), (CODE, None)],), {"temp_id": 1}),
        Call("sendVoiceCode", "codes", "send_voice", (MOBILE,), {"code": f"{CODE}{CODE}"}),
    ],
    ids=lambda call: call.operation,
)
def test_a_refused_argument_is_not_shown(driver: Driver, example_server: ExampleServer, call: Call) -> None:
    with pytest.raises(ArgumentError) as caught:
        driver.make(call)
    assert shown_in(f"{caught.value} {caught.value!r}") == []
    assert example_server.requests == []


def test_the_environment_is_not_shown_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSMS_APP_KEY", f"{EXAMPLE_CREDENTIALS['appAuth'][0]} x")
    monkeypatch.setenv("JSMS_MASTER_SECRET", EXAMPLE_CREDENTIALS["appAuth"][1])
    with pytest.raises(JSMSError, match="JSMS_APP_KEY") as caught:
        JSMS()
    assert shown_in(str(caught.value)) == []
