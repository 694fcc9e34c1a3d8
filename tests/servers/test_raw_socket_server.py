"""The raw socket server follows its script, and counts what it received."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from .faults import FAULTS, harmless, http_response, sends
from .raw_socket_server import Connection, Counts, RawSocketServer, Script, refusing_port, silent_port


@pytest.fixture(scope="module")
def hostile() -> Iterator[RawSocketServer]:
    with RawSocketServer() as server:
        yield server


@pytest.fixture
def plain(hostile: RawSocketServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hostile.base_url, trust_env=False, timeout=0.2) as client:
        yield client


def seen(counts: Counts) -> tuple[int, int, int, int]:
    return counts.connections, counts.whole, counts.partial, counts.unread


def test_it_counts_whole_requests_on_one_connection(hostile: RawSocketServer, plain: httpx.Client) -> None:
    counts = hostile.play(sends(http_response(200, b"{}")))
    for _ in range(3):
        assert plain.post("/codes", content=b"x" * 100_000).json() == {}
    assert seen(counts) == (1, 3, 0, 0)
    assert counts.deliveries == 3


def test_a_new_script_holds_on_an_open_connection_too(hostile: RawSocketServer, plain: httpx.Client) -> None:
    hostile.play(sends(http_response(200, b"{}")))
    plain.get("/report")
    counts = hostile.play(sends(http_response(503, b"")))
    assert plain.get("/report").status_code == 503
    assert seen(counts) == (0, 1, 0, 0)


def test_a_reset_before_reading_is_counted_as_unread(hostile: RawSocketServer, plain: httpx.Client) -> None:
    counts = hostile.play(Script(Connection.reset))
    with pytest.raises((httpx.ReadError, httpx.WriteError)):
        plain.get("/report")
    assert seen(counts) == (1, 0, 0, 1)


def test_a_request_that_stops_half_way_is_counted_as_partial(hostile: RawSocketServer) -> None:
    counts = hostile.play(sends(http_response(200, b"{}")))

    def body() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the sender gives up")

    with httpx.Client(trust_env=False) as client, pytest.raises(OSError, match="gives up"):
        client.post(hostile.base_url + "/codes", content=body(), headers={"Content-Length": "8"})
    for _ in range(100):
        if counts.partial:
            break
        hostile.stopping.wait(0.02)
    assert seen(counts) == (1, 0, 1, 0)


def test_a_held_connection_runs_into_the_time_limit(hostile: RawSocketServer, plain: httpx.Client) -> None:
    def hold(connection: Connection) -> None:
        connection.read_request()
        connection.hold()

    counts = hostile.play(Script(hold))
    with pytest.raises(httpx.ReadTimeout):
        plain.get("/report")
    assert seen(counts) == (1, 1, 0, 0)


def test_a_refusing_port_refuses() -> None:
    with refusing_port() as port, pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}", trust_env=False)


def test_a_silent_port_runs_into_the_time_limit() -> None:
    with silent_port() as port, pytest.raises(httpx.ConnectTimeout):
        httpx.get(f"http://127.0.0.1:{port}", trust_env=False, timeout=0.2)


def test_the_names_of_the_faults_are_unique() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize(("name", "script"), harmless(b'{"msg_id": "1"}'))
def test_harmless_oddities_are_proper_http(
    hostile: RawSocketServer, plain: httpx.Client, name: str, script: Script
) -> None:
    hostile.play(script)
    assert plain.get("/report").json() == {"msg_id": "1"}, name
