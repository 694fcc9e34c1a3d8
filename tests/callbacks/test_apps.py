"""The ASGI and the WSGI app over sockets: the same rules, the same responses."""

from __future__ import annotations

import functools
import http.client
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import ExitStack
from wsgiref.validate import validator

import anyio
import pytest
from werkzeug.serving import make_server

from jsms_client.callbacks import (
    CallbackApp,
    CallbackError,
    CallbackReason,
    CallbackReceiver,
    DeliveryReport,
    Event,
    WSGICallbackApp,
)
from jsms_client.errors import ConfigurationError

from .app_servers import asgi_server, wsgi_server
from .signed_posts import APP_KEY, MASTER_SECRET, PHONE, REPLY, REPORT, Clock, encoded, form

FORM = "application/x-www-form-urlencoded"
Handler = Callable[[Event], object]


class Served:
    """An app on a socket."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address

    def request(
        self, method: str, path: str = "/", body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return response.status, response.read(), response.headers
        finally:
            connection.close()

    def post(self, body: bytes, content_type: str = FORM) -> tuple[int, bytes]:
        status, response, _ = self.request("POST", "/", body, Content_Type=content_type)
        return status, response

    def raw(self, data: bytes, *, leave: bool = False) -> bytes:
        """Send bytes as they are, and see how the response begins; ``leave`` says that nothing more will come."""
        with socket.create_connection(self.address, timeout=30) as connection:
            connection.sendall(data)
            if leave:
                connection.shutdown(socket.SHUT_WR)
            return connection.recv(65536)


Serve = Callable[[Handler], Served]


@pytest.fixture(params=["asgi", "wsgi"])
def serve(request: pytest.FixtureRequest, receiver: CallbackReceiver) -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(handler: Handler) -> Served:
            if request.param == "asgi":
                return Served(stack.enter_context(asgi_server(CallbackApp(receiver, handler))))
            return Served(stack.enter_context(wsgi_server(validator(WSGICallbackApp(receiver, handler)))))

        yield start


@pytest.fixture
def body(clock: Clock) -> bytes:
    return encoded(form(REPORT, timestamp=clock.milliseconds))


def test_a_callback_is_handled_and_gets_an_empty_response(serve: Serve, body: bytes) -> None:
    seen: list[Event] = []
    app = serve(seen.append)

    status, response, headers = app.request("POST", "/", body, Content_Type=f"{FORM.upper()}; charset=UTF-8")

    assert (status, response) == (200, b"")
    assert headers["Content-Length"] == "0"
    assert [type(event) for event in seen] == [DeliveryReport]


def test_every_record_of_a_list_is_handled(serve: Serve, clock: Clock) -> None:
    seen: list[Event] = []
    data = [REPLY | {"content": str(number)} for number in range(600)]

    status, _ = serve(seen.append).post(encoded(form(data, "SMS_REPLY", timestamp=clock.milliseconds)))

    assert status == 200
    assert len(seen) == 600


def test_the_check_of_the_service_gets_its_text_back(serve: Serve) -> None:
    status, response, headers = serve(print).request("GET", "/?echostr=a1B2c3D4")

    assert (status, response) == (200, b"a1B2c3D4")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?echostr=",
        "?other=1",
        "?echostr=a&echostr=b",
        "?echostr=%3Cscript%3E",
        "?echostr=%ff",
        f"?echostr={'a' * 65}",
    ],
)
def test_a_check_without_a_short_plain_text_is_refused(serve: Serve, query: str) -> None:
    status, response, _ = serve(print).request("GET", f"/{query}")

    assert (status, response) == (400, b"")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_not_allowed(serve: Serve, method: str) -> None:
    status, response, headers = serve(print).request(method, "/?echostr=a")

    assert (status, response) == (405, b"")
    assert headers["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        ({"signature": "0" * 40}, 403),
        ({"signature": ""}, 403),
        ({"timestamp": "1"}, 403),
        ({"nonce": "x"}, 400),
        ({"type": "SMS_NEW"}, 400),
        ({"data": "{"}, 400),
    ],
)
def test_a_refusal_is_a_status_and_nothing_else(
    serve: Serve, clock: Clock, spoil: dict[str, str], expected: int
) -> None:
    seen: list[Event] = []

    response = serve(seen.append).post(encoded(form(REPORT, timestamp=clock.milliseconds) | spoil))

    assert response == (expected, b"")
    assert not seen


def test_old_and_replayed_callbacks_look_the_same_as_badly_signed_ones(serve: Serve, clock: Clock) -> None:
    app = serve(lambda event: None)
    fields = form(REPORT, timestamp=clock.milliseconds)
    forged = fields | {"data": json.dumps(REPORT | {"status": 4003})}
    old = encoded(form(REPORT, timestamp=clock.milliseconds - 15 * 3600 * 1000))

    assert app.post(encoded(fields)) == (200, b"")
    assert app.post(encoded(forged)) == (403, b"")
    assert app.post(old) == (403, b"")


def test_a_copy_of_a_handled_callback_is_acknowledged_and_not_handled_again(serve: Serve, clock: Clock) -> None:
    seen: list[Event] = []
    app = serve(seen.append)
    body = encoded(form(REPORT, timestamp=clock.milliseconds))

    assert [app.post(body) for _ in range(3)] == [(200, b"")] * 3
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("age", "sentence"),
    [
        (15 * 3600 * 1000, "signed too long ago: is this machine's clock right?"),
        (-6 * 60 * 1000, "signed in the future: is this machine's clock right?"),
    ],
)
def test_the_log_says_why_a_callback_is_refused(
    serve: Serve, clock: Clock, caplog: pytest.LogCaptureFixture, age: int, sentence: str
) -> None:
    app = serve(lambda event: None)

    with caplog.at_level(logging.WARNING, "jsms_client.callbacks"):
        app.post(encoded(form(REPORT, timestamp=clock.milliseconds - age)))

    assert sentence in caplog.text
    assert "138" not in caplog.text


def test_a_bad_record_in_a_list_is_logged_and_costs_none_of_the_others(
    serve: Serve, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Event] = []
    app = serve(seen.append)

    assert app.post(encoded(form([REPORT, {"msgId": "1"}], timestamp=clock.milliseconds))) == (200, b"")
    assert len(seen) == 1
    assert "a record of a callback cannot be read: SMS_REPORT" in caplog.text


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "", "text/plain"])
def test_only_forms_are_read(serve: Serve, body: bytes, content_type: str) -> None:
    assert serve(print).post(body, content_type)[0] == 415


@pytest.mark.parametrize("declared", ["1048577", "9" * 19])
def test_a_body_that_says_it_is_too_large_is_not_read(serve: Serve, declared: str) -> None:
    head = (
        f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {declared}\r\nConnection: close\r\n\r\n"
    )

    response = serve(print).raw(head.encode())

    assert response.split(b" ")[1] == b"413"


def test_the_response_asks_for_another_attempt_when_the_handler_fails(
    serve: Serve, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    failures = [KeyError(f"no user for {PHONE}"), CallbackError("from elsewhere", reason=CallbackReason.MALFORMED)]
    seen: list[Event] = []

    def handler(event: Event) -> None:
        if failures:
            raise failures.pop()
        seen.append(event)

    app = serve(handler)
    with caplog.at_level(logging.DEBUG, "jsms_client"):
        statuses = [app.post(body)[0] for _ in range(4)]

    assert statuses == [500, 500, 200, 200]
    assert len(seen) == 1
    assert "KeyError in handler" in caplog.text
    assert __file__ in caplog.text


def test_nothing_that_is_logged_tells_on_anyone(serve: Serve, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    def handler(event: Event) -> None:
        raise ValueError(f"{PHONE} {event}")

    fields = form(REPLY, "SMS_REPLY", timestamp=clock.milliseconds)
    with caplog.at_level(logging.DEBUG, "jsms_client"):
        app = serve(handler)
        for posted in (fields, fields | {"signature": "0" * 40}, fields | {"type": PHONE}, fields | {"data": PHONE}):
            app.post(encoded(posted))

    assert len(caplog.records) == 4
    for secret in (PHONE, MASTER_SECRET, APP_KEY, "TD", fields["nonce"], fields["signature"]):
        assert secret not in caplog.text


def test_what_went_well_is_logged_by_type_and_number(
    serve: Serve, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "jsms_client"):
        serve(lambda event: None).post(body)

    assert "callback handled: SMS_REPORT, records: 1" in caplog.text


async def async_function(event: Event, seen: list[tuple[Event, int]]) -> None:
    seen.append((event, threading.get_ident()))


class AsyncCallable:
    def __init__(self, seen: list[tuple[Event, int]]) -> None:
        self.seen = seen

    async def __call__(self, event: Event) -> None:
        await async_function(event, self.seen)


@pytest.mark.parametrize("kind", ["function", "object", "function that returns a coroutine"])
def test_async_handlers_are_awaited(receiver: CallbackReceiver, body: bytes, kind: str) -> None:
    seen: list[tuple[Event, int]] = []
    handlers: dict[str, Handler] = {
        "function": functools.partial(async_function, seen=seen),
        "object": AsyncCallable(seen),
        "function that returns a coroutine": lambda event: async_function(event, seen),
    }

    with asgi_server(CallbackApp(receiver, handlers[kind])) as address:
        assert Served(address).post(body)[0] == 200

    assert len(seen) == 1


def test_plain_handlers_do_not_stop_the_event_loop(receiver: CallbackReceiver, clock: Clock) -> None:
    both = threading.Barrier(2)

    def handler(event: Event) -> None:
        both.wait(30)

    with asgi_server(CallbackApp(receiver, handler)) as address:
        bodies = [encoded(form(REPORT, timestamp=clock.milliseconds)) for _ in range(2)]
        statuses: list[int] = []

        def post(body: bytes) -> None:
            statuses.append(Served(address).post(body)[0])

        threads = [threading.Thread(target=post, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert statuses == [200, 200]


def test_a_wsgi_app_takes_no_async_handler(receiver: CallbackReceiver) -> None:
    with pytest.raises(ConfigurationError, match="async"):
        WSGICallbackApp(receiver, AsyncCallable([]))
    with pytest.raises(ConfigurationError, match="async"):
        WSGICallbackApp(receiver, functools.partial(async_function, seen=[]))


def chunked(body: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = (
        f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    size = 4096
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return head.encode() + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + end


def test_a_body_in_chunks_is_read_up_to_the_limit(receiver: CallbackReceiver, body: bytes) -> None:
    seen: list[Event] = []
    with asgi_server(CallbackApp(receiver, seen.append)) as address:
        app = Served(address)
        assert app.raw(chunked(body)).split(b" ")[1] == b"200"
        assert app.raw(chunked(b"x" * 1_100_000)).split(b" ")[1] == b"413"
    assert len(seen) == 1


def test_a_client_that_leaves_half_way_changes_nothing(receiver: CallbackReceiver, body: bytes) -> None:
    seen: list[Event] = []
    with asgi_server(CallbackApp(receiver, seen.append)) as address:
        app = Served(address)
        assert app.raw(chunked(body, end=b""), leave=True) == b""
        assert app.post(body)[0] == 200
    assert len(seen) == 1


def test_a_websocket_is_turned_away(receiver: CallbackReceiver) -> None:
    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: MutableMapping[str, object]) -> None:
        sent.append(message)

    scope: dict[str, object] = {"type": "websocket"}
    anyio.run(CallbackApp(receiver, print), scope, receive, send)

    assert sent == [{"type": "websocket.close", "code": 1000}]


def test_a_wsgi_body_that_ends_early_is_refused(receiver: CallbackReceiver, body: bytes) -> None:
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body) + 1}\r\n\r\n"
    with wsgi_server(WSGICallbackApp(receiver, print)) as address:
        assert b" 400 " in Served(address).raw(head.encode() + body, leave=True).splitlines()[0]


def test_a_wsgi_length_that_is_no_number_is_refused(receiver: CallbackReceiver, body: bytes) -> None:
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: -5\r\n\r\n"
    with wsgi_server(WSGICallbackApp(receiver, print)) as address:
        assert b" 400 " in Served(address).raw(head.encode() + body, leave=True).splitlines()[0]


def test_a_wsgi_body_without_a_length_is_read_where_the_server_ends_it(receiver: CallbackReceiver, body: bytes) -> None:
    seen: list[Event] = []
    server = make_server("127.0.0.1", 0, WSGICallbackApp(receiver, seen.append), threaded=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        app = Served(("127.0.0.1", server.server_port))
        assert app.raw(chunked(body)).split(b" ")[1] == b"200"
        assert app.raw(chunked(b"x" * 1_100_000)).split(b" ")[1] == b"413"
        # No length and no chunks: there is no body.
        head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nConnection: close\r\n\r\n"
        assert app.raw(head.encode()).split(b" ")[1] == b"400"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

    assert len(seen) == 1
