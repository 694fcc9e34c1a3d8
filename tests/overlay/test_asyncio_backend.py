"""The network backend for asyncio: connecting, TLS, reading and writing, over real sockets."""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
import time
from typing import Any

import httpcore
import pytest

from jsms_client._asyncio_backend import connect_tcp
from servers.raw_socket_server import Connection, RawSocketServer, Script, refusing_port, silent_port


def port_of(server: RawSocketServer) -> int:
    return int(server.base_url.rpartition(":")[2].removesuffix("/v1"))


def resolves_to(monkeypatch: pytest.MonkeyPatch, *ports: int) -> None:
    """Let a name have several addresses: the same one, with several ports."""

    def getaddrinfo(*_: object, flags: int = 0, **__: object) -> list[tuple[Any, ...]]:
        if flags & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_the_next_address_is_tried_when_one_refuses_or_is_silent(
    server: RawSocketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refusing_port() as refusing, silent_port() as silent:
        resolves_to(monkeypatch, refusing, silent, port_of(server))

        async def main() -> None:
            stream = await connect_tcp("two.example", 1, timeout=1)
            await stream.aclose()

        asyncio.run(main())


def test_an_address_of_one_network_interface_is_reached_over_that(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    async def sock_connect(_: socket.socket, address: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    async def main() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", sock_connect)
        with pytest.raises(httpcore.ConnectError):
            await connect_tcp("fe80::1%1", 80)

    asyncio.run(main())
    assert tried == [("fe80::1", 80, 0, 1)]


@pytest.mark.parametrize("host", ["no-such-host.invalid", "127.0.0.1"])
def test_what_cannot_be_reached_is_an_error_of_httpcore(host: str) -> None:
    with refusing_port() as port, pytest.raises(httpcore.ConnectError):
        asyncio.run(connect_tcp(host, port))


def test_a_connection_that_takes_too_long_is_a_timeout() -> None:
    with silent_port() as port, pytest.raises(httpcore.ConnectTimeout):
        asyncio.run(connect_tcp("127.0.0.1", port, timeout=0.1))


def hang_up(connection: Connection) -> None:
    connection.read_some()
    connection.close()


def say_something_else(connection: Connection) -> None:
    connection.read_some()
    connection.send(b"220 mail.example ESMTP\r\n" * 10)
    connection.hold()


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (Script(Connection.hold), httpcore.ConnectTimeout),
        (Script(hang_up), httpcore.ConnectError),
        (Script(say_something_else), httpcore.ConnectError),
    ],
    ids=["silent", "hangs up", "no TLS"],
)
def test_tls_that_fails_is_a_connection_that_failed(
    server: RawSocketServer, script: Script, kind: type[Exception]
) -> None:
    server.play(script)

    async def main() -> None:
        stream = await connect_tcp("127.0.0.1", port_of(server))
        with pytest.raises(kind):
            await stream.start_tls(ssl.create_default_context(), "127.0.0.1", timeout=0.3)
        await stream.aclose()

    asyncio.run(main())


def test_a_connection_that_is_lost_at_the_end_of_the_handshake_failed(
    server: RawSocketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.play(Script(Connection.hold))

    async def main() -> None:
        stream = await connect_tcp("127.0.0.1", port_of(server))

        async def start_tls(*_: object, **__: object) -> None:
            """Return nothing, as asyncio does when the connection is lost."""

        monkeypatch.setattr(asyncio.get_running_loop(), "start_tls", start_tls)
        with pytest.raises(httpcore.ConnectError, match="TLS handshake"):
            await stream.start_tls(ssl.create_default_context(), "127.0.0.1")
        await stream.aclose()

    asyncio.run(main())


def test_what_is_not_read_in_time_is_a_timeout_of_writing(server: RawSocketServer) -> None:
    server.play(Script(lambda connection: connection.wait(5)))

    async def main() -> None:
        stream = await connect_tcp("127.0.0.1", port_of(server))
        with pytest.raises(httpcore.WriteTimeout):
            await stream.write(bytes(50_000_000), timeout=0.2)
        await stream.aclose()

    asyncio.run(main())
    server.stopping.set()


def test_the_sender_waits_while_nothing_is_read(server: RawSocketServer) -> None:
    size = 5_000_000

    def act(connection: Connection) -> None:
        connection.read_some(4)
        connection.send(bytes(size))
        connection.close()

    server.play(Script(act))

    async def main() -> None:
        stream = await connect_tcp("127.0.0.1", port_of(server))
        await stream.write(b"more")
        await asyncio.sleep(0.2)
        received = 0
        while data := await stream.read(65536, timeout=5):
            received += len(data)
        assert received == size
        await stream.aclose()

    asyncio.run(main())


def test_a_reset_is_an_error_and_not_an_end(server: RawSocketServer) -> None:
    def act(connection: Connection) -> None:
        connection.read_some(4)
        connection.reset()

    server.play(Script(act))

    async def main() -> None:
        stream = await connect_tcp("127.0.0.1", port_of(server))
        await stream.write(b"more")
        with pytest.raises(httpcore.ReadError):
            await stream.read(100, timeout=5)
        await stream.write(b"more")
        await stream.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("poll", [True, False])
def test_an_idle_connection_is_readable_when_there_is_something_or_its_end(
    server: RawSocketServer, monkeypatch: pytest.MonkeyPatch, poll: bool
) -> None:
    if not poll:
        monkeypatch.delattr(select, "poll", raising=False)

    def act(connection: Connection) -> None:
        connection.read_some(4)
        connection.send(b"unasked")
        connection.hold()

    server.play(Script(act))

    async def main() -> None:
        stream = await connect_tcp("127.0.0.1", port_of(server))
        assert stream.get_extra_info("is_readable") is False
        await stream.write(b"more")
        # The event loop is blocked.
        time.sleep(0.3)  # noqa: ASYNC251 - for that
        assert stream.get_extra_info("is_readable") is True
        assert await stream.read(100) == b"unasked"
        assert stream.get_extra_info("is_readable") is False
        await stream.aclose()
        await asyncio.sleep(0)
        assert stream.get_extra_info("is_readable") is True

    asyncio.run(main())
