"""A small server for callbacks, which nobody who connects to it can hold up or make it say more than it should."""

from __future__ import annotations

import io
import socket
import sys
import threading
from contextlib import suppress
from socketserver import ThreadingMixIn
from typing import cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from jsms_cli.writing import note

PATIENCE = 10.0
"""Seconds for a whole request, however slowly it comes."""


class CallbackServer(ThreadingMixIn, WSGIServer):
    """Serves a WSGI app, each request in a thread of its own.

    Args:
        address: Host and port.
        patience: Seconds for a whole request.
    """

    # The last answer is sent before the command ends.
    daemon_threads = False

    def __init__(self, address: tuple[str, int], patience: float = PATIENCE) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.patience = patience
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    # A slow name service would hold up the start.
    def server_bind(self) -> None:
        """Bind, without asking what this machine is called."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def get_request(self) -> tuple[socket.socket, object]:
        """A connection, which is known until it is closed."""
        connection, address = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close a connection."""
        with self._lock:
            self._open.discard(cast("socket.socket", request))
        super().shutdown_request(request)

    def handle_error(
        self,
        request: socket.socket | tuple[bytes, socket.socket],  # noqa: ARG002 - its signature in the base class
        client_address: object,  # noqa: ARG002 - as above
    ) -> None:
        """Say nothing of whoever connects and goes away, or sends nothing; a sentence about anything else."""
        error = sys.exception()
        if not isinstance(error, OSError):
            note(f"a request could not be served, {type(error).__name__}: {error}.")

    def server_close(self) -> None:
        """Close it, once what has arrived is answered; nothing more is waited for."""
        with self._lock:
            for connection in self._open:
                read_no_more(connection)
        super().server_close()


class _Handler(WSGIRequestHandler):
    timeout = PATIENCE

    def setup(self) -> None:
        """Begin to serve a connection, for as long as the server's patience lasts."""
        patience = cast("CallbackServer", self.server).patience
        self._deadline = threading.Timer(patience, read_no_more, (cast("socket.socket", self.request),))
        self._deadline.daemon = True
        self._deadline.start()
        super().setup()

    def finish(self) -> None:
        """End with a connection."""
        self._deadline.cancel()
        super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Say nothing: what matters is logged by the receiver."""

    def get_stderr(self) -> io.StringIO:
        """Where the traceback goes if an answer cannot be sent: nowhere, the service tries again."""
        return io.StringIO()


def read_no_more(connection: socket.socket) -> None:
    """Take what has arrived for all there is; the answer can be sent still.

    Args:
        connection: The connection; one that is closed already is left alone.
    """
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)


__all__ = ["PATIENCE", "CallbackServer", "read_no_more"]
