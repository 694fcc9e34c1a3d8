"""Compressed responses: one coding, decompressed within the limits of size and time."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from typing import Literal

import pytest

from jsms_client import JSMS, DecodeError
from jsms_contract.service import RULES
from servers.faults import http_response, sends
from servers.raw_socket_server import Connection, RawSocketServer, Script

from .calls import CALLS
from .drivers import APP_KEY, DRIVERS, MASTER_SECRET

BALANCE = str(RULES["getAppBalance"].success).encode()


def _raw(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", gzip.compress(BALANCE, mtime=0)),
        ("x-gzip", gzip.compress(BALANCE, mtime=0)),
        ("deflate", zlib.compress(BALANCE)),
        ("deflate", _raw(BALANCE)),
        ("identity", BALANCE),
        ("", BALANCE),
    ],
    ids=["gzip", "x-gzip", "zlib", "deflate", "identity", "none"],
)
def test_one_coding_is_read(server: RawSocketServer, coding: str, data: bytes) -> None:
    server.play(sends(http_response(200, data, f"Content-Encoding: {coding}")))
    with JSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url) as jsms:
        assert jsms.accounts.app().app_balance == json.loads(BALANCE)["app_balance"]


@pytest.mark.parametrize("transport", ["httpx", "fast"])
@pytest.mark.parametrize("first", [0, 1, 2, 5])
@pytest.mark.parametrize(
    ("coding", "data"),
    [("gzip", gzip.compress(BALANCE, mtime=0)), ("deflate", zlib.compress(BALANCE)), ("deflate", _raw(BALANCE))],
    ids=["gzip", "zlib", "deflate"],
)
def test_it_is_read_whatever_comes_first_of_it(
    server: RawSocketServer, transport: Literal["httpx", "fast"], first: int, coding: str, data: bytes
) -> None:
    response = http_response(200, data, f"Content-Encoding: {coding}")

    def act(connection: Connection) -> None:
        connection.read_request()
        begun = len(response) - len(data) + first
        connection.send(response[:begun])
        connection.wait(0.1)
        connection.send(response[begun:])

    server.play(Script(act))
    with JSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url, transport=transport) as jsms:
        assert jsms.accounts.app().app_balance == json.loads(BALANCE)["app_balance"]


@pytest.mark.parametrize("flavour", DRIVERS)
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_an_empty_body_is_empty_whatever_its_coding(server: RawSocketServer, flavour: str, coding: str) -> None:
    server.play(sends(http_response(200, b"", f"Content-Encoding: {coding}")))
    driver = DRIVERS[flavour](server.base_url)
    driver.make(CALLS["deleteTemplate"])
    driver.close()


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip, gzip", gzip.compress(gzip.compress(b"0" * 20_000_000, mtime=0), mtime=0)),
        ("gzip", gzip.compress(b"0" * 200_000_000, mtime=0)),
        ("br", b"x"),
        ("br", b""),
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(BALANCE, mtime=0)[:-9]),
    ],
    ids=["twice", "a bomb", "not asked for", "not asked for, and empty", "none", "cut off"],
)
def test_what_is_compressed_otherwise_is_an_error_soon(server: RawSocketServer, coding: str, data: bytes) -> None:
    server.play(sends(http_response(200, data, f"Content-Encoding: {coding}")))
    began = time.monotonic()
    with JSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url) as jsms, pytest.raises(DecodeError):
        jsms.accounts.app()
    assert time.monotonic() - began < 5
