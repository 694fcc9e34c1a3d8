"""Receive callbacks, verify them and show them as they come."""

from __future__ import annotations

import io
import logging
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from jsms_cli.output import OutputClosedError, as_record, note, write, write_json
from jsms_cli.tables import line_of
from jsms_cli.watch import stopping_at_signal
from jsms_client.results import DeliveryReport, UserReply

if TYPE_CHECKING:
    from jsms_client.callbacks import Event

PATIENCE = 10.0
"""Seconds for a whole request, however slowly it comes."""


class CallbackServer(ThreadingMixIn, WSGIServer):
    """Serves a WSGI app, each request in a thread of its own.

    Args:
        address: Host and port.
        patience: Seconds for a whole request.
    """

    # The last response is sent before the command ends.
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
        """Handle a connection, which is known until it is closed."""
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
        """Report errors, but not connections that are closed or send nothing."""
        error = sys.exception()
        if not isinstance(error, OSError):
            note(f"a request could not be served, {type(error).__name__}: {error}.")

    def server_close(self) -> None:
        """Respond to what has arrived, and close it."""
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
        """Drop the traceback of a response that cannot be sent: the service tries again."""
        return io.StringIO()


def read_no_more(connection: socket.socket) -> None:
    """Take what has arrived as the whole request; a response can still be sent.

    Args:
        connection: The connection; one that is closed already is left alone.
    """
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)


class _Refusals(logging.Handler):
    """Tells a person of what was refused."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of it."""
        note(record.getMessage())


class _Show:
    """Shows events one after the other, whichever thread they come from."""

    def __init__(self, count: int | None, stop: Callable[[], None], *, as_json: bool) -> None:
        self._count = count
        self._stop = stop
        self._as_json = as_json
        self._lock = threading.Lock()
        self._done = 0
        self.closed = False

    def __call__(self, event: Event) -> None:
        with self._lock:
            try:
                if self._as_json:
                    write_json({"type": _type(event), **as_record(event)})
                else:
                    write(f"{line_of(event)}\n")
            except OutputClosedError:
                # Raised on: the service gets 500 and tries again.
                self.closed = True
                self._stop()
                raise
            self._done += 1
            if self._count is not None and self._done >= self._count:
                self._stop()


def listen(
    address: tuple[str, int],
    app_key: str,
    master_secret: str,
    *,
    count: int | None,
    as_json: bool,
    ready: Callable[[str], None],
) -> None:
    """Serve until Ctrl-C, or until there were enough events.

    Args:
        address: Host and port.
        app_key: The app's key.
        master_secret: Its secret.
        count: How many events are enough.
        as_json: Whether a machine reads them.
        ready: Called with the address that the server listens on.

    Raises:
        OutputClosedError: The output was closed.
        OSError: The address is in use, or not one of this machine.
    """
    from jsms_client.callbacks import CallbackReceiver, WSGICallbackApp

    try:
        server = CallbackServer(address)
    except OSError as error:
        # The address tells several listeners apart.
        raise OSError(error.errno, error.strerror, f"{address[0]}:{address[1]}") from error

    def stop() -> None:
        # In a thread: shutdown() waits for the loop that calls this.
        threading.Thread(target=server.shutdown).start()

    show = _Show(count, stop, as_json=as_json)
    server.set_app(WSGICallbackApp(CallbackReceiver(app_key, master_secret), show))
    log = logging.getLogger("jsms_client.callbacks")
    refusals = _Refusals(logging.WARNING)
    log.addHandler(refusals)
    try:
        with stopping_at_signal(stop), server:
            host, port = server.server_name, server.server_port
            shown = f"[{host}]" if ":" in host else host
            ready(f"listening on http://{shown}:{port}/ for callbacks; Ctrl-C stops it.")
            server.serve_forever(poll_interval=0.1)
    finally:
        log.removeHandler(refusals)
    if show.closed:
        raise OutputClosedError


def _type(event: Event) -> str:
    if isinstance(event, DeliveryReport):
        return "SMS_REPORT"
    if isinstance(event, UserReply):
        return "SMS_REPLY"
    return "SMS_TEMPLATE" if hasattr(event, "temp_id") else "SMS_SIGN"
