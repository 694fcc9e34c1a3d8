"""Callbacks, verified and shown as they come."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from jsms_cli.callback_server import CallbackServer
from jsms_cli.lines import line_of
from jsms_cli.plain_data import as_record
from jsms_cli.writing import OutputClosedError, note, write, write_json
from jsms_client.results import DeliveryReport, UserReply

if TYPE_CHECKING:
    from types import FrameType

    from jsms_client.callbacks import Event


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
                # Raised on: the service is answered 500 and tries again.
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
        ready: Told where the server listens.

    Raises:
        OutputClosedError: Nobody reads them any more.
        OSError: The address is in use, or not one of this machine.
    """
    from jsms_client.callbacks import CallbackReceiver, WSGICallbackApp

    try:
        server = CallbackServer(address)
    except OSError as error:
        # Without the address nobody knows which of several listeners is meant.
        raise OSError(error.errno, error.strerror, f"{address[0]}:{address[1]}") from error
    # In a thread: shutdown() waits for the loop that calls this.
    show = _Show(count, lambda: threading.Thread(target=server.shutdown).start(), as_json=as_json)
    server.set_app(WSGICallbackApp(CallbackReceiver(app_key, master_secret), show))
    log = logging.getLogger("jsms_client.callbacks")
    refusals = _Refusals(logging.WARNING)
    log.addHandler(refusals)

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        # A second one ends it at once, whatever is still being shown.
        restore()
        threading.Thread(target=server.shutdown).start()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, stop)
    try:
        with server:
            host, port = server.server_name, server.server_port
            shown = f"[{host}]" if ":" in host else host
            ready(f"listening on http://{shown}:{port}/ for callbacks; Ctrl-C stops it.")
            server.serve_forever(poll_interval=0.1)
    finally:
        log.removeHandler(refusals)
        restore()
    if show.closed:
        raise OutputClosedError


def _type(event: Event) -> str:
    if isinstance(event, DeliveryReport):
        return "SMS_REPORT"
    if isinstance(event, UserReply):
        return "SMS_REPLY"
    return "SMS_TEMPLATE" if hasattr(event, "temp_id") else "SMS_SIGN"


__all__ = ["listen"]
