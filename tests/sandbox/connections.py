"""Many light connections to a sandbox: httpx's pool would cost more than the sandbox."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterable
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

PATIENCE = 30


class Call(NamedTuple):
    """One request of a client that sends JSON."""

    method: str
    path: str
    body: object = None


class Response(NamedTuple):
    """What came back."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Return the body, read as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> int:
        """200, or the error code of a refusal."""
        if self.status == 200:
            return 200
        code: int = self.json()["error"]["code"]
        return code


class Connection:
    """One connection that is kept open; a context manager that closes it."""

    def __init__(self, url: str, auth: tuple[str, str]) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        basic = base64.b64encode(":".join(auth).encode()).decode()
        self._head = f"Host: {parts.netloc}\r\nAuthorization: Basic {basic}\r\nContent-Type: application/json\r\n"

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def send(self, call: Call) -> Response:
        """Send a request, and read the whole response."""
        body = b"" if call.body is None else json.dumps(call.body).encode()
        head = f"{call.method} /v1{call.path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        response = await self._reader.readuntil(b"\r\n\r\n")
        lines = response.lower().split(b"\r\n")
        size = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        return Response(int(lines[0].split()[1]), await self._reader.readexactly(size))


def at_once(url: str, auth: tuple[str, str], calls: Iterable[Call], connections: int = 64) -> list[Response]:
    """Send calls over many connections at once; the responses, in the order of the calls."""
    waiting = list(enumerate(calls))[::-1]
    responses: dict[int, Response] = {}
    open_ones = 0
    all_open = asyncio.Event()

    async def work() -> None:
        nonlocal open_ones
        async with Connection(url, auth) as connection:
            open_ones += 1
            if open_ones == connections:
                all_open.set()
            await all_open.wait()
            while waiting:
                number, call = waiting.pop()
                responses[number] = await connection.send(call)

    async def work_together() -> None:
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(work())

    asyncio.run(work_together())
    return [responses[number] for number in range(len(responses))]
