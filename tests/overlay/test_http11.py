"""The parser of the extra `fast`: where a response ends, and how the rest is read."""

from __future__ import annotations

import httpcore
import httpx
import pytest

from jsms_client._config import read_config
from jsms_client._fast import MOST_HEAD, ResponseParser
from jsms_client._request import Request, RequestBuilder
from jsms_contract.operations import OPERATIONS

from .drivers import APP_KEY, MASTER_SECRET

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"


@pytest.mark.parametrize("behind", [b"", b"HTTP/1.1 20", b"garbage", HEAD + b"no"])
def test_what_comes_behind_a_response_closes_its_connection(behind: bytes) -> None:
    parser = ResponseParser()
    parser.feed(HEAD + b"hi" + behind)
    assert parser.is_complete
    assert parser.take() == b"hi"
    assert parser.can_stay_open == (not behind)


def test_a_response_that_announces_the_end_of_its_connection_ends_it() -> None:
    parser = ResponseParser()
    parser.feed(HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + b"hi")
    assert (parser.is_complete, parser.can_stay_open) == (True, False)


def test_interim_responses_come_before_the_one_that_counts() -> None:
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + HEAD + b"hi")
    assert (parser.status, parser.headers) == (200, {"content-length": "2"})


def test_a_head_without_end_is_not_read() -> None:
    parser = ResponseParser()
    with pytest.raises(httpx.RemoteProtocolError, match="too long"):
        parser.feed(b"HTTP/1.1 200 OK\r\nX: " + b"x" * MOST_HEAD)


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (b"", False),
        (HEAD, False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\n\r\nhi", True),
    ],
)
def test_the_end_of_the_connection_is_the_end_of_a_response_without_a_length(data: bytes, whole: bool) -> None:
    parser = ResponseParser()
    if data:
        parser.feed(data)
    if whole:
        parser.feed(b"")
        assert parser.is_complete
        assert not parser.can_stay_open
    else:
        with pytest.raises(httpx.RemoteProtocolError, match="closed the connection"):
            parser.feed(b"")


@pytest.mark.parametrize("method", ["on_header", "on_headers_complete", "on_body", "on_message_complete"])
def test_what_a_signal_handler_raises_in_between_passes_through(method: str) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    kind = type("Interrupted", (ResponseParser,), {method: interrupted})
    with pytest.raises(KeyboardInterrupt):
        kind().feed(HEAD + b"hi")


@pytest.mark.parametrize(("operation", "json"), [("sendCode", {"mobile": "13800138000"}), ("getAppBalance", None)])
def test_a_request_is_sent_as_httpx_would_send_it(operation: str, json: object) -> None:
    config = read_config(
        APP_KEY,
        MASTER_SECRET,
        dev_key=None,
        dev_secret=None,
        base_url="http://127.0.0.1:1/v1",
        timeout=None,
        retry=None,
    )._replace(headers=((b"X-Request-ID", b"1"),))
    known = OPERATIONS[operation]
    request = RequestBuilder(config).build(known, known.path, (json, None, None))
    assert request.as_bytes() == sent_by_httpx(request)
    for value in ("00", "01"):
        request.set_headers({"Traceparent": value, "X-Request-ID": value})
    assert request.as_bytes() == sent_by_httpx(request)
    assert request.as_bytes().count(b"\r\nTraceparent: 01\r\nX-Request-ID: 01\r\n") == 1
    assert b": 00\r\n" not in request.as_bytes()


class Recording(httpcore.MockStream):
    """Keeps what is written to it."""

    def __init__(self, responds: list[bytes]) -> None:
        super().__init__(responds)
        self.written: list[bytes] = []

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.written.append(buffer)


def sent_by_httpx(request: Request) -> bytes:
    stream, target = Recording([HEAD, b"hi"]), request.target
    made = httpx.Request(target.method, target.url, headers=request.headers, stream=httpx.ByteStream(request.body))
    with httpcore.HTTP11Connection(httpcore.Origin(b"http", b"127.0.0.1", 1), stream) as connection:
        url = httpcore.URL(scheme=b"http", host=b"127.0.0.1", port=1, target=made.url.raw_path)
        connection.handle_request(
            httpcore.Request(made.method, url, headers=made.headers.raw, content=made.read())
        ).close()
    return b"".join(stream.written)
