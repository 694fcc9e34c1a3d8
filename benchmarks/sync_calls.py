"""Send verification codes one after another over one kept connection."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from http.client import HTTPConnection
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import httpx2
import pyqwest
import urllib3
from jsms import Jsms  # type: ignore[import-untyped]  # of 2020
from pyreqwest.client import SyncClientBuilder

from benchmarks.figures import Row, Section, Target
from benchmarks.profiles import profile
from benchmarks.server import RESPONSE, running
from benchmarks.timing import side_by_side
from jsms_client import JSMS

KEY, SECRET = "a" * 24, "b" * 24
MOBILE = "13800138000"
BODY = {"mobile": MOBILE, "temp_id": 1}
WRITTEN = json.dumps(BODY).encode()
HEADERS = {
    "Authorization": f"Basic {b64encode(f'{KEY}:{SECRET}'.encode()).decode()}",
    "Content-Type": "application/json",
}
_FAST_NOTE = (
    "It keeps what its peers do not have: a timeout for each step and for the whole, a check that the kept connection "
    "is quiet, a limit on the response, checks of arguments and response; see the profile."
)
OURS, FAST = "JSMS", 'JSMS(transport="fast")'
BARE, OFFICIAL = "httpx.Client", "official client (requests)"


def measure() -> Section:
    """Measure one call after another with each client."""
    ways: dict[str, Callable[[str, ExitStack], Callable[[], object]]] = {
        "raw socket": _raw_socket,
        "http.client": _http_client,
        "urllib3": _urllib3,
        "pyreqwest": _pyreqwest,
        "pyqwest": _pyqwest,
        "httpx2.Client": _httpx2,
        BARE: _httpx,
        OFFICIAL: _official,
        OURS: partial(_ours, transport="httpx"),
        FAST: partial(_ours, transport="fast"),
    }
    with running() as base_url, ExitStack() as stack:
        calls = {name: way(base_url, stack) for name, way in ways.items()}
        timings = side_by_side(calls, number=500, rounds=9)
        ours, fast, bare = timings[OURS].cpu, timings[FAST].cpu, timings[BARE].cpu
        targets = [
            Target(
                "a call, in CPU of bare `httpx.Client`",
                ours / bare,
                0.70,
                note="What httpx and httpcore do for each request and response is nearly all of it; see the profile.",
            ),
            Target('`transport="fast"`, in CPU of bare `httpx.Client`', fast / bare, 0.40, note=_FAST_NOTE),
            Target(
                '`transport="fast"`, in CPU of `http.client`', fast / timings["http.client"].cpu, 0.75, note=_FAST_NOTE
            ),
            Target(
                "a call, in CPU of the official client", ours / timings[OFFICIAL].cpu, 0.60, note="See the profile."
            ),
        ]
        missed = [name for name, target in zip((OURS, FAST, FAST, OURS), targets, strict=True) if not target.reached]
        where = profile(calls[missed[0]], number=2000) if missed else ""
    rows = [
        Row(
            name,
            {"of httpx": timing.cpu / bare, "CPU µs": timing.cpu, "wall µs": timing.wall},
            ours=name in (OURS, FAST),
        )
        for name, timing in timings.items()
    ]
    return Section(
        "One call after another",
        "`codes.send`, one connection, kept alive. CPU is of the client's process alone.",
        {"of httpx": "{:.2f}", "CPU µs": "{:.0f}", "wall µs": "{:.0f}"},
        rows,
        targets,
        where,
    )


def _raw_socket(base_url: str, stack: ExitStack) -> Callable[[], object]:
    parts = urlsplit(base_url)
    assert parts.hostname is not None
    assert parts.port is not None
    connection = stack.enter_context(socket.create_connection((parts.hostname, parts.port)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body = json.dumps(BODY).encode()
    lines = [f"POST {parts.path}/codes HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    request = "\r\n".join([*lines, "", ""]).encode() + body

    def call() -> object:
        connection.sendall(request)
        response = connection.recv(65536)
        assert response.endswith(RESPONSE)
        return json.loads(response.partition(b"\r\n\r\n")[2])

    return call


def _http_client(base_url: str, stack: ExitStack) -> Callable[[], object]:
    parts = urlsplit(base_url)
    connection = HTTPConnection(parts.netloc)
    stack.callback(connection.close)

    def call() -> object:
        connection.request("POST", f"{parts.path}/codes", json.dumps(BODY), HEADERS)
        return json.loads(connection.getresponse().read())

    return call


def _httpx(base_url: str, stack: ExitStack) -> Callable[[], object]:
    client = stack.enter_context(httpx.Client(auth=(KEY, SECRET)))
    return lambda: client.post(f"{base_url}/codes", json=BODY).json()


def _official(base_url: str, stack: ExitStack) -> Callable[[], object]:
    client: Any = Jsms(KEY, SECRET)
    client.BASE_URL = f"{base_url}/"
    stack.callback(client.session.close)
    return lambda: client.send_code(MOBILE, 1)


def _httpx2(base_url: str, stack: ExitStack) -> Callable[[], object]:
    client = stack.enter_context(httpx2.Client(auth=(KEY, SECRET)))
    return lambda: client.post(f"{base_url}/codes", json=BODY).json()


def _pyreqwest(base_url: str, stack: ExitStack) -> Callable[[], object]:
    client = stack.enter_context(SyncClientBuilder().build())

    def call() -> object:
        sent = client.post(f"{base_url}/codes").headers(HEADERS).body_bytes(json.dumps(BODY).encode()).build().send()
        return json.loads(bytes(sent.bytes()))

    return call


def _urllib3(base_url: str, stack: ExitStack) -> Callable[[], object]:
    pool = stack.enter_context(urllib3.PoolManager())
    return lambda: json.loads(pool.request("POST", f"{base_url}/codes", body=json.dumps(BODY), headers=HEADERS).data)


def _pyqwest(base_url: str, stack: ExitStack) -> Callable[[], object]:
    client = pyqwest.SyncClient(stack.enter_context(pyqwest.SyncHTTPTransport()))
    return lambda: client.post(f"{base_url}/codes", headers=HEADERS, content=json.dumps(BODY).encode()).json()


def _ours(base_url: str, stack: ExitStack, transport: Literal["httpx", "fast"]) -> Callable[[], object]:
    client = stack.enter_context(JSMS(KEY, SECRET, base_url=base_url, transport=transport))
    return lambda: client.codes.send(MOBILE, temp_id=1)
