"""A server that follows a script of any network behaviour, and counts what it received."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

HOLD_AT_MOST = 10.0
NO_LINGER = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Counts:
    """What reached the server since the last ``play``."""

    connections: int = 0
    """Connections accepted."""
    whole: int = 0
    """Requests read to the end."""
    partial: int = 0
    """Requests of which something was read, but not all."""
    unread: int = 0
    """Connections that were ended without reading what may have been sent."""

    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: Literal["connections", "whole", "partial", "unread"]) -> None:
        """Count one."""
        with self._lock:
            setattr(self, what, getattr(self, what) + 1)

    def settle(self, deliveries: int) -> None:
        """Give a server that is behind its client time to count what was sent."""
        end = time.monotonic() + 20
        while self.deliveries < deliveries and time.monotonic() < end:
            time.sleep(0.01)

    def __str__(self) -> str:
        return f"{self.whole} whole, {self.partial} partial, {self.unread} unread on {self.connections} connections"

    @property
    def deliveries(self) -> int:
        """How many requests may have been on the wire: the number that a careful client keeps at one."""
        return self.whole + self.partial + self.unread


@dataclass(frozen=True, slots=True)
class Script:
    """What to do with a request.

    Attributes:
        act: Does it; a connection that it does not end waits for the next request.
        begin: Whether to begin as soon as a connection is there, or when the first byte of a request is.
    """

    act: Callable[[Connection], None]
    begin: Literal["accept", "request"] = "request"


@dataclass(slots=True)
class Connection:
    """One connection, in the hands of a script."""

    socket: socket.socket
    server: RawSocketServer
    counts: Counts
    ended: bool = False
    read: bool = False
    left: bytes = b""

    def read_some(self, size: int = 1) -> bytes:
        """Read a few bytes of a request, and count it as partly read."""
        data = self.socket.recv(size)
        self._count("partial")
        return data

    def read_request(self) -> bytes:
        """Read a request to its end."""
        data, self.left = self.left, b""
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, _, body = data.partition(b"\r\n\r\n")
        length = _content_length(head)
        while len(body) < length:
            body += self._receive()
        self.left = body[length:]
        self._count("whole")
        return head + b"\r\n\r\n" + body[:length]

    def send(self, data: bytes) -> None:
        """Send bytes as they stand."""
        self.socket.sendall(data)

    def wait(self, seconds: float) -> None:
        """Do nothing for a while, or until the server stops."""
        self.server.stopping.wait(seconds)

    def hold(self) -> None:
        """Keep the connection open without a word until the client gives up."""
        for _ in range(int(HOLD_AT_MOST / 0.02)):
            readable, _, _ = select.select([self.socket], [], [], 0.02)
            if self.server.stopping.is_set() or (readable and not self.socket.recv(65536)):
                break
        self.close()

    def close(self) -> None:
        """End the connection the polite way."""
        self._end()

    def reset(self) -> None:
        """End the connection with a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self._end()

    def _play(self, script: Script) -> None:
        with self.server.playing():
            script.act(self)

    def _end(self) -> None:
        if not self.read:
            self._count("unread")
        self.ended = True
        self.socket.close()

    def _receive(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            self._count("partial")
            self.close()
            raise ConnectionError("the client went away in the middle of a request")
        return data

    def _count(self, what: Literal["whole", "partial", "unread"]) -> None:
        self.read = True
        self.counts.add(what)

    def serve(self) -> None:
        """Play the current script for each request until one of them ends the connection."""
        with suppress(OSError):
            if self.server.script.begin == "accept":
                self._play(self.server.script)
            while not self.ended and (self.left or self.socket.recv(1, socket.MSG_PEEK)):
                self.read = False
                script, self.counts = self.server.script, self.server.counts
                self._play(script)
        if not self.ended:
            self.socket.close()


class RawSocketServer:
    """Listens on 127.0.0.1 and a free port and plays a script for each request.

    Attributes:
        script: What to do with the next request; set by ``play``.
        counts: What reached it since.
        stopping: Set when it stops.
    """

    def __init__(self) -> None:
        """Open the socket; ``start`` accepts connections."""
        self.counts = Counts()
        self.script = Script(Connection.close, "accept")
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._quiet = threading.Condition()
        self._playing = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"

    def play(self, script: Script) -> Counts:
        """Play a script from now on, also on connections that are open, and count anew."""
        with self._lock:
            self.script, self.counts = script, Counts()
            return self.counts

    @contextmanager
    def playing(self) -> Generator[None]:
        """Count a script that is being played."""
        with self._quiet:
            self._playing += 1
        try:
            yield
        finally:
            with self._quiet:
                self._playing -= 1
                self._quiet.notify_all()

    def settle(self) -> None:
        """Wait until every script has come to its end, which may be after the client has its response."""
        with self._quiet:
            self._quiet.wait_for(lambda: not self._playing, 20)

    def refuse(self) -> None:
        """Accept no further connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stopping.set()
        self.refuse()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                counts = self.counts
            counts.add("connections")
            threading.Thread(target=Connection(accepted, self, counts).serve, daemon=True).start()


@contextmanager
def refusing_port() -> Generator[int]:
    """Yield a port on 127.0.0.1 that refuses every connection, and is reserved for this test."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@contextmanager
def silent_port() -> Generator[int]:
    """Yield a port on 127.0.0.1 whose queue is full, so that connecting to it times out."""
    with socket.socket() as listener, ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            caller = waiting.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
