"""A minimal HTTP server in its own process: keep-alive, and each response in one piece.

It is here so that what is measured is the client: it responds in about 30 µs, and looks no closer at a request than it
must.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parent.parent
RESPONSE = b'{"msg_id":"288193860302"}'
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_MOBILE = re.compile(rb'"mobile": ?"(\d+)"')
_SENT = _HEAD % len(RESPONSE) + RESPONSE
_FOUND = b'{"temp_id":1,"template":"{{name}}","type":2,"ttl":null,"remark":null,"status":1}'
_TEMPLATE = _HEAD % len(_FOUND) + _FOUND


class Responder(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._left = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport of a new connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Respond to every complete request."""
        data = self._left + data
        while (end := data.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(data, 0, end)
            whole = end + 4 + (int(length[1]) if length is not None else 0)
            if len(data) < whole:
                break
            assert self._transport is not None
            if b"/batch" in data[:64]:
                self._transport.write(batch_response(data[end:whole]))
            else:
                self._transport.write(_TEMPLATE if b"/templates/" in data[:64] else _SENT)
            data = data[whole:]
        self._left = data


def batch_response(body: bytes) -> bytes:
    """Accept every recipient of a batch."""
    mobiles = _MOBILE.findall(body)
    recipients = b",".join(b'{"mobile":"%b","msg_id":"2%b"}' % (mobile, mobile) for mobile in mobiles)
    response = b'{"success_count":%d,"failure_count":0,"recipients":[%b]}' % (len(mobiles), recipients)
    return _HEAD % len(response) + response


@contextmanager
def running() -> Generator[str]:
    """Run it in a process of its own; gives the base URL."""
    command = [sys.executable, "-m", "benchmarks.server"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=_REPOSITORY, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            # It ends with its input, so that it is never left behind, however this process ends.
            assert process.stdin is not None
            process.stdin.close()


async def serve() -> None:
    """Print the port, and serve until the input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Responder, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve())
