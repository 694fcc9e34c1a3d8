"""Scripts that speak TLS, directly or behind a proxy's tunnel, with the self-signed certificate of 127.0.0.1."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from .raw_socket_server import Connection, Script

_T = TypeVar("_T")
CERTIFICATE = Path(__file__).parents[1] / "overlay" / "self_signed.pem"


def encrypted(response: bytes, *, behind_proxy: bool = False, requests: int = 2) -> Script:
    """Respond to requests over TLS.

    Args:
        response: What to respond.
        behind_proxy: Whether to make the tunnel first, as a proxy.
        requests: After how many to close the connection.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)

    def act(connection: Connection) -> None:
        if behind_proxy:
            assert connection.read_request().startswith(b"CONNECT ")
            connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
        # A client may not trust the certificate, or may have had enough.
        with suppress(OSError):
            connection.socket = context.wrap_socket(connection.socket, server_side=True)
            for _ in range(requests):
                connection.read_request()
                connection.send(response)
        connection.close()

    return Script(act)


def encrypted_together(*responses: bytes) -> Script:
    """Respond to each request with several responses in one packet, each in a record of TLS of its own."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)

    def act(connection: Connection) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        encryption = context.wrap_bio(incoming, outgoing, server_side=True)

        def wait_for(step: Callable[[], _T]) -> _T:
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    connection.send(outgoing.read())
                    if data := connection.socket.recv(65536):
                        incoming.write(data)
                    else:
                        incoming.write_eof()

        with suppress(OSError):
            wait_for(encryption.do_handshake)
            while wait_for(lambda: encryption.read(65536)):
                for response in responses:
                    encryption.write(response)
                connection.send(outgoing.read())
        connection.close()

    return Script(act, "accept")
