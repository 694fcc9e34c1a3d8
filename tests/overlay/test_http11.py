"""The parser of the extra `fast`: where a response ends, and how the rest is read."""

from __future__ import annotations

import httpx
import pytest

from jsms_client._config import read_config
from jsms_client._fast import MOST_HEAD, ResponseParser
from jsms_client._request import PreparedRequest, RequestBuilder, as_bytes
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
def test_a_prepared_request_is_what_httpx_makes_of_it(operation: str, json: object) -> None:
    config = read_config(
        APP_KEY,
        MASTER_SECRET,
        dev_key=None,
        dev_secret=None,
        base_url="http://127.0.0.1:1/v1",
        timeout=None,
        retry=None,
        transport="fast",
    )._replace(headers=((b"X-Request-ID", b"1"),))
    known = OPERATIONS[operation]
    request, plain = (
        RequestBuilder(each).build(known, known.path, (json, None, None))
        for each in (config, config._replace(fast=False))
    )
    assert isinstance(request, PreparedRequest)
    assert not isinstance(plain, PreparedRequest)
    sent = as_bytes(request)
    assert sent == as_bytes(plain)
    assert (request.method, request.url, request.read()) == (plain.method, plain.url, plain.read())
    assert request.data is None
    assert as_bytes(request) == sent
    request.headers["traceparent"] = "00"
    assert b"\r\ntraceparent: 00\r\n" in as_bytes(request)
    assert not hasattr(request, "what httpx does not have")
