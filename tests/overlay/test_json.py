"""JSON by Python's module and by msgspec: the same requests and the same results."""

from __future__ import annotations

import math
from datetime import date
from enum import IntEnum
from typing import Literal

import pytest

from jsms_client._decode import InvalidResponse
from jsms_client._request import open_json
from jsms_client.errors import ArgumentError
from jsms_contract.operations import OPERATIONS
from servers.faults import http_response, sends
from servers.raw_socket_server import RawSocketServer

from .drivers import sync_client

STANDARD, FAST = open_json(fast=False), open_json(fast=True)


class Number(IntEnum):
    ONE = 1


class Text(str):  # noqa: SLOT000 - as such classes are
    """As a framework's own kind of text."""


@pytest.mark.parametrize(
    "value",
    [
        {"mobile": "13800138000", "temp_para": {"名": '小明 😀\u2028\x00"\\/'}, "list": [1, True, None, -2.5]},
        {"temp_id": Number.ONE, "tag": Text("spring")},
        {"large": 2**70},
        {1: "a name that is a number"},
    ],
)
def test_both_write_the_same(value: object) -> None:
    written = STANDARD.encode(value)
    assert STANDARD.parse(FAST.encode(value)) == STANDARD.parse(written)


@pytest.mark.parametrize("value", [object(), "\ud800", {2j: "a name"}])
def test_both_refuse_what_is_not_json(value: object) -> None:
    for json in (STANDARD, FAST):
        with pytest.raises((TypeError, ValueError)):
            json.encode({"temp_para": value})


@pytest.mark.parametrize(
    "body",
    [
        b'{"msg_id": "1", "a": 1, "a": 2, "list": [1.5, -0.0, 1e5, true, null], "text": "\\u4e2d\\n\xe4\xb8\xad"}',
        b'\xef\xbb\xbf{"msg_id": 123456789012345678901234567890}',
        b"1e400",
        b"18446744073709551616",
        b'"\\ud83d\\ude00"',
    ],
)
def test_both_read_the_same(body: bytes) -> None:
    assert FAST.parse(body) == STANDARD.parse(body)


@pytest.mark.parametrize(
    "body", [b"", b" ", b"<html>", b"{", b"NaN", b"[1,]", b'"\\ud800"', b'"\xff"', b"[" * 100_000, b"9" * 5000, b"{} x"]
)
def test_both_refuse_the_same_in_the_same_words(body: bytes) -> None:
    said: list[str] = []
    for json in (STANDARD, FAST):
        with pytest.raises(InvalidResponse) as caught:
            json.parse(body)
        said.append(str(caught.value))
    assert said[0] == said[1]


@pytest.mark.parametrize("transport", ["httpx", "fast"])
@pytest.mark.parametrize("value", [math.nan, b"bytes", date(2030, 1, 1), {1, 2}, "\ud800"])
def test_a_generated_function_sends_nothing_but_json(value: object, transport: Literal["httpx", "fast"]) -> None:
    operation = OPERATIONS["sendMessage"]
    with RawSocketServer() as server, sync_client(server.base_url, transport=transport) as jsms:
        counts = server.play(sends(http_response(200, b'{"msg_id": "1"}')))
        http = jsms.api.get_httpx_client()
        with pytest.raises(ArgumentError, match="cannot be written as JSON"):
            http.request(operation.method, operation.path, json={"temp_para": {"n": value}})
        assert counts.deliveries == 0
        http.request(operation.method, operation.path, json={"temp_para": {"n": 1}})
        assert counts.deliveries == 1
