"""Every fault that can replace a response, each with what a client can know afterwards."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from jsms_contract.operations import OPERATIONS

from .raw_socket_server import Connection, Script

TRICKLE = 0.03


class Meaning(Enum):
    """What a client can know."""

    LOST = auto()
    """The request may have arrived; no response came."""
    SLOW = auto()
    """The same, found by a timeout."""
    UNUSABLE = auto()
    """The service says yes, in words that make no sense."""
    ODD = auto()
    """A status that is neither yes nor no."""
    MOVED = auto()
    """The response points elsewhere."""
    REFUSED = auto()
    """The service says no; the fault names status and code."""
    GIVEN_UP = auto()
    """A proxy timed out: no for what is safe to retry, otherwise neither yes nor no."""
    CONTRADICTORY = auto()
    """Yes by its status, no by an unknown code."""
    FAILED = auto()
    """The service failed; whether it carried the request out is unknown."""
    WRONG_SHAPE = auto()
    """JSON of another shape than the contract gives; right where the response is to be empty."""
    UNCERTAIN = auto()
    """Each operation may see it as usable or not."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        name: Its name in test ids.
        script: What the server does.
        meaning: What a client can know afterwards.
        status: The HTTP status, where a response has one.
        code: The service's error code, where the response has one.
    """

    name: str
    script: Script
    meaning: Meaning
    status: int | None = None
    code: int | None = None


def head(status: int | str, *headers: str) -> bytes:
    """Status line and headers, to the blank line."""
    return "\r\n".join((f"HTTP/1.1 {status} X", *headers, "", "")).encode()


def http_response(status: int | str, body: bytes, *headers: str) -> bytes:
    """Make a complete response with its correct length."""
    return head(status, f"Content-Length: {len(body)}", "Content-Type: application/json", *headers) + body


def sends(data: bytes, *, then: Callable[[Connection], None] | None = None) -> Script:
    """Read the request, send bytes, and end the connection or leave it open."""

    def act(connection: Connection) -> None:
        connection.read_request()
        connection.send(data)
        if then is not None:
            then(connection)

    return Script(act)


def _reads_then(end: Callable[[Connection], None]) -> Script:
    def act(connection: Connection) -> None:
        connection.read_request()
        end(connection)

    return Script(act)


def _resets_in_the_request(connection: Connection) -> None:
    connection.read_some(10)
    connection.reset()


def _trickles(connection: Connection) -> None:
    connection.read_request()
    connection.send(head(200, "Content-Length: 100000"))
    for _ in range(1000):
        connection.wait(TRICKLE)
        connection.send(b" ")


def _points_to_itself(connection: Connection, status: int) -> None:
    request = connection.read_request()
    target = request.split(b" ", 2)[1].decode()
    connection.send(http_response(status, b"", f"Location: {connection.server.base_url.removesuffix('/v1')}{target}"))


def _moved(status: int) -> Fault:
    return Fault(
        f"status-{status}", Script(lambda connection: _points_to_itself(connection, status)), Meaning.MOVED, status
    )


def _cut(data: bytes) -> Script:
    return sends(data, then=Connection.close)


def _error(code: object, message: object = "a message") -> bytes:
    return json.dumps({"error": {"code": code, "message": message}}).encode()


def _unusable(name: str, body: bytes, *headers: str) -> Fault:
    return Fault(name, sends(http_response(200, body, *headers)), Meaning.UNUSABLE, 200)


def _wrong_shape(name: str, body: bytes) -> Fault:
    return Fault(name, sends(http_response(200, body)), Meaning.WRONG_SHAPE, 200)


def _uncertain(name: str, body: bytes, *headers: str) -> Fault:
    return Fault(name, sends(http_response(200, body, *headers)), Meaning.UNCERTAIN, 200)


def _refused(name: str, status: int, body: bytes, code: int | None = None) -> Fault:
    return Fault(name, sends(http_response(status, body)), Meaning.REFUSED, status, code)


def _failed(name: str, status: int, body: bytes, code: int | None = None) -> Fault:
    return Fault(name, sends(http_response(status, body)), Meaning.FAILED, status, code)


HTML = b"<html><body>13800138000</body></html>"
RECORDS = [each.response for each in OPERATIONS.values() if each.response is not None]
NAMES = [field.name for record in RECORDS for field in record.fields]

CONNECTION: tuple[Fault, ...] = (
    Fault("close-before-reading", Script(Connection.close), Meaning.LOST),
    Fault("reset-before-reading", Script(Connection.reset), Meaning.LOST),
    Fault("reset-in-the-request", Script(_resets_in_the_request), Meaning.LOST),
    Fault("close-after-the-request", _reads_then(Connection.close), Meaning.LOST),
    Fault("reset-after-the-request", _reads_then(Connection.reset), Meaning.LOST),
    Fault("no-response", _reads_then(Connection.hold), Meaning.SLOW),
    Fault("hang-in-the-head", sends(b"HTTP/1.1 200 OK\r\nConte", then=Connection.hold), Meaning.SLOW),
    Fault("hang-in-the-body", sends(head(200, "Content-Length: 9") + b"{", then=Connection.hold), Meaning.SLOW),
    Fault("trickled-body", Script(_trickles), Meaning.SLOW),
)

FRAMING: tuple[Fault, ...] = (
    Fault("garbage", _cut(b"\x00\xff garbage\r\n\r\n"), Meaning.LOST),
    Fault("no-status", _cut(b"HTTP/1.1\r\n\r\n"), Meaning.LOST),
    Fault("another-protocol", _cut(b"SSH-2.0-OpenSSH_9.6\r\n"), Meaning.LOST),
    Fault("status-of-letters", _cut(head("abc")), Meaning.LOST),
    Fault("status-99", _cut(http_response(99, b"")), Meaning.LOST),
    Fault("status-199", _cut(http_response(199, b"")), Meaning.LOST),
    Fault("header-without-colon", _cut(head(200, "no colon") + b"{}"), Meaning.LOST),
    Fault("header-with-nul", _cut(head(200, "X: a\x00b") + b"{}"), Meaning.LOST),
    Fault("endless-header", _cut(head(200, "X: " + "a" * 300_000)), Meaning.LOST),
    Fault("length-of-letters", _cut(head(200, "Content-Length: two") + b"{}"), Meaning.LOST),
    Fault("two-lengths", _cut(head(200, "Content-Length: 2", "Content-Length: 3") + b"{} "), Meaning.LOST),
    Fault("truncated-body", _cut(head(200, "Content-Length: 99") + b'{"msg_id": "1"}'), Meaning.LOST),
    Fault("truncated-chunks", _cut(head(200, "Transfer-Encoding: chunked") + b"5\r\n{}"), Meaning.LOST),
    Fault("chunk-of-letters", _cut(head(200, "Transfer-Encoding: chunked") + b"xyz\r\n{}\r\n"), Meaning.LOST),
    Fault("truncated-refusal", _cut(head(403, "Content-Length: 99") + _error(50014)), Meaning.LOST),
)

STATUSES: tuple[Fault, ...] = (
    Fault("status-299", sends(http_response(299, b"{}")), Meaning.ODD, 299),
    Fault("status-202", sends(http_response(202, b'{"msg_id": "1"}')), Meaning.ODD, 202),
    *(_moved(status) for status in (301, 302, 303, 307, 308)),
    Fault("status-304", sends(http_response(304, b"")), Meaning.ODD, 304),
    Fault("redirect-to-nowhere", sends(http_response(302, b"")), Meaning.ODD, 302),
    *(_refused(f"status-{status}", status, b"") for status in (401, 403, 404, 405, 418, 429, 451)),
    *(_failed(f"status-{status}", status, b"") for status in (500, 502, 503, 504, 520, 599)),
    *(Fault(f"status-{status}", sends(http_response(status, b"")), Meaning.GIVEN_UP, status) for status in (408, 499)),
    Fault("status-600", sends(http_response(600, b"")), Meaning.ODD, 600),
    Fault("status-999", sends(http_response(999, b"")), Meaning.ODD, 999),
    _refused("html-404", 404, HTML),
    _failed("html-502", 502, HTML),
    _failed("html-503", 503, HTML),
)

BODIES: tuple[Fault, ...] = (
    Fault("html-200", sends(http_response(200, HTML, "X-Proxy: yes")), Meaning.UNUSABLE, 200),
    _unusable("bad-gzip", b"no gzip", "Content-Encoding: gzip"),
    _unusable("truncated-gzip", gzip.compress(b"{}" * 9)[:-12], "Content-Encoding: gzip"),
    _unusable("half-an-object", b'{"msg_id": '),
    _unusable("two-objects", b"{}{}"),
    _unusable("bytes", b"\xff\xfe\xfd"),
    _unusable("invalid-utf-8", b'{"msg_id": "\xff"}'),
    _unusable("utf-16", '{"msg_id": "1"}'.encode("utf-16")),
    _unusable("nan", b'{"msg_id": NaN}'),
    _unusable("infinity", b"[-Infinity]"),
    _unusable("digits-without-end", b'{"temp_id": ' + b"9" * 5000 + b"}"),
    _unusable("deep", b"[" * 100_000 + b"]" * 100_000),
    _wrong_shape("number", b"7"),
    _wrong_shape("text", b'"yes"'),
    _wrong_shape("true", b"true"),
    _unusable("deep-objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    _wrong_shape("list-of-null", b"[null]"),
    _wrong_shape("list-in-list", b"[[{}]]"),
    _wrong_shape("empty", b""),
    _uncertain("null", b"null"),
    _uncertain("list", b"[]"),
    _uncertain("object", b"{}"),
    _uncertain("list-of-objects", b"[{}]"),
    _uncertain("wrong-types", json.dumps({name: {"a": [1]} for name in NAMES}).encode()),
    _uncertain("texts", json.dumps(dict.fromkeys(NAMES, "no")).encode()),
    _uncertain("nulls", json.dumps(dict.fromkeys(NAMES)).encode()),
    _uncertain("infinite-number", b'{"msg_id": 1e999, "temp_id": 1e999, "is_valid": 1e999}'),
    _uncertain("byte-order-mark", b'\xef\xbb\xbf{"msg_id": "1"}'),
    _uncertain("half-a-character", b'{"msg_id": "\\ud800", "sign": "\\udfff"}'),
)

ERRORS: tuple[Fault, ...] = (
    _refused("known-code", 403, _error(50014), 50014),
    _refused("code-as-text", 403, _error("50014"), 50014),
    _refused("unknown-code", 403, _error(59999), 59999),
    _refused("unknown-code-400", 400, _error(59999), 59999),
    _refused("error-without-code", 403, b'{"error": {"message": "no"}}'),
    _refused("error-null", 403, b'{"error": null}'),
    _refused("error-text", 403, b'{"error": "13800138000"}'),
    _refused("error-list", 403, b"[]"),
    _refused("error-empty-object", 403, b"{}"),
    _refused("code-null", 403, _error(None)),
    _refused("code-true", 403, _error(code=True)),
    _refused("code-of-letters", 403, _error("many")),
    _refused("code-without-end", 403, b'{"error": {"code": ' + b"9" * 5000 + b"}}"),
    _refused("code-infinite", 403, b'{"error": {"code": 1e999}}'),
    _refused("message-null", 403, _error(50014, None), 50014),
    _refused("message-object", 403, _error(50014, {"a": 1}), 50014),
    _refused("message-with-lines", 403, _error(50014, "one\r\ntwo\x1b[31m\u2028three"), 50014),
    _refused("message-without-end", 403, _error(50014, "long " * 100_000), 50014),
    _refused("error-deep", 403, b"[" * 100_000),
    _refused("error-invalid-utf-8", 403, b'{"error": {"code": 50014, "message": "\xff"}}'),
    _refused("an-error-with-200", 200, _error(50014), 50014),
    Fault("unknown-code-with-200", sends(http_response(200, _error(59999))), Meaning.CONTRADICTORY, 200, 59999),
    _refused("too-often", 403, _error(50009), 50009),
    _refused("status-and-code-at-odds", 429, _error(50014), 50014),
    _failed("server-error", 500, _error(50019), 50019),
    _failed("too-often-with-500", 500, _error(50009), 50009),
    _failed("unknown-code-503", 503, _error(59999), 59999),
)

FAULTS = (*CONNECTION, *FRAMING, *STATUSES, *BODIES, *ERRORS)


def too_long(limit: int) -> tuple[tuple[str, Script], ...]:
    """Responses longer than a client should read."""
    body = b" " * limit + b"[{}]"
    bomb = gzip.compress(body)

    def endless(connection: Connection) -> None:
        connection.read_request()
        connection.send(head(200, "Transfer-Encoding: chunked"))
        while True:
            connection.send(b"10000\r\n" + b" " * 0x10000 + b"\r\n")

    return (
        ("long", sends(http_response(200, body))),
        ("long-refusal", sends(http_response(403, body))),
        ("endless", Script(endless)),
        ("bomb", sends(http_response(200, bomb, "Content-Encoding: gzip"))),
    )


def harmless(body: bytes) -> tuple[tuple[str, Script], ...]:
    """Odd ways to send a good response that a client has to understand."""
    extra = [f"X-Extra-{n}: {n}" for n in range(100)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (1, body[at : at + 1]) for at in range(len(body))) + b"0\r\n\r\n"

    def slowly(connection: Connection) -> None:
        connection.read_request()
        for byte in http_response(200, body):
            connection.send(bytes((byte,)))

    return (
        ("informational-first", sends(head(100) + head(103, "Link: </>") + http_response(200, body))),
        ("chunked", sends(head(200, "Transfer-Encoding: chunked") + chunks)),
        ("gzip", sends(http_response(200, gzip.compress(body), "Content-Encoding: gzip"))),
        ("until-the-end-of-the-connection", sends(head(200) + body, then=Connection.close)),
        ("extra-headers", sends(http_response(200, body, *extra, "Set-Cookie: a=b"))),
        ("same-length-twice", sends(http_response(200, body, f"Content-Length: {len(body)}"))),
        ("byte-by-byte", Script(slowly)),
        ("closed-afterwards", sends(http_response(200, body), then=Connection.close)),
        ("bare-line-feeds", sends(b"HTTP/1.1 200 OK\nContent-Length: %d\n\n%b" % (len(body), body))),
        ("http-1.0", sends(b"HTTP/1.0 200 OK\r\n\r\n" + body, then=Connection.close)),
        ("no-reason", sends(b"HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))),
    )
